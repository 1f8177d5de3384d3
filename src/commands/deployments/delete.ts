import {openApis} from '../../aws/apis.js'
import {openHistory} from '../../aws/deployment-history.js'
import {ApigwCommand} from '../../cli/command.js'
import {deploymentsArg} from '../../cli/deployment-flags.js'
import {apiFlag, confirmFlag, dryRunFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {deletionQuestion, planDeletions} from '../../domain/deployments/history.js'
import {historyView} from '../../views/deployment-history.js'

export default class DeploymentsDelete extends ApigwCommand {
  static override summary = 'Delete deployments that neither a stage nor a canary serves'
  static override description =
    'They cannot be brought back. To confirm, say the id of the deployment, or of several deployments how many they are.'
  static override examples = [
    '<%= config.bin %> deployments delete 46bce8 --api petstore --confirm 46bce8',
    '<%= config.bin %> deployments delete - --confirm 12 < ids.txt',
  ]
  static override args = {...deploymentsArg}
  static override flags = {...apiFlag, ...confirmFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(DeploymentsDelete)
    const refs = await this.refs(args.deployment)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    const plan = await planDeletions(await openHistory(this.session), api, refs)
    const isReal = !flags['dry-run'] && plan.changes.length > 0
    if (isReal) await this.prompt.confirmName({...deletionQuestion(plan, api), given: flags.confirm})
    await this.carryOutAll(plan, flags, historyView)
  }
}
