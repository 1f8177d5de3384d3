import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openHistory} from '../../aws/deployment-history.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, yesFlag} from '../../cli/flags.js'
import {durationFlag} from '../../cli/logs.js'
import {resolveApi} from '../../domain/apis.js'
import {deletionQuestion, planPruning} from '../../domain/deployments/history.js'
import {historyView, keptText} from '../../views/deployment-history.js'

export default class DeploymentsPrune extends ApigwCommand {
  static override summary = 'Delete old deployments that neither a stage nor a canary serves'
  static override description =
    'What is served stays, and of the others the newest, as many as you say. They are deleted one by one, the oldest ' +
    'first, within the rates of the service; run again, it goes on where it stopped. To confirm, say how many they are.'
  static override examples = [
    '<%= config.bin %> deployments prune --api petstore --keep 10 --dry-run',
    '<%= config.bin %> deployments prune --api petstore --keep 10 --older-than 30d --confirm 84',
    '<%= config.bin %> deployments prune --api petstore --keep 10 --yes',
  ]
  static override flags = {
    ...apiFlag,
    keep: Flags.integer({
      description: 'how many stay besides those that are served',
      required: true,
      min: 0,
      helpValue: 'N',
    }),
    'older-than': durationFlag({description: 'only those made longer ago than that: 12h, 30d'}),
    confirm: Flags.string({description: 'go on without asking: how many are to be deleted', helpValue: 'COUNT'}),
    ...yesFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(DeploymentsPrune)
    const {keep, 'older-than': age, confirm, yes, 'dry-run': isDry} = flags
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    const before = age === undefined ? undefined : this.session.clock.now() - age
    const plan = await planPruning(await openHistory(this.session), api, {keep, before})
    if (plan.size === 0) return this.note(`Nothing to do: ${keptText(plan.kept)}`)
    const {message, name} = deletionQuestion(plan, api)
    const question = {message: `${message} ${keptText(plan.kept)}`, name}
    if (!isDry) await this.prompt.confirmName({...question, given: yes ? name : confirm})
    await this.carryOutAll(plan, flags, historyView)
    if (!isDry) this.note(`${plan.size} deleted. ${keptText(plan.kept)}`)
  }
}
