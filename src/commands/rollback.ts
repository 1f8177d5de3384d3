import {openApis} from '../aws/apis.js'
import {openDeployPorts} from '../aws/deployments.js'
import {openCaller} from '../aws/serving.js'
import {openTemporaryStages} from '../aws/temporary-stages.js'
import {rollbackFlags} from '../cli/deploy-flags.js'
import {apiFlag, dryRunFlag, stageFlag, yesFlag} from '../cli/flags.js'
import {RepointingCommand} from '../cli/repointing-command.js'
import {resolveApi} from '../domain/apis.js'
import {editedStill, planRollback} from '../domain/deployments/rollback.js'
import {parseProbe, prepareWait} from '../domain/serving.js'
import {resolveStage} from '../domain/stages.js'
import {rolledBackRemarks, rolledBackView} from '../views/deployments.js'

export default class Rollback extends RepointingCommand {
  static override summary = 'Let a stage serve an older deployment again'
  static override description =
    'One call, all or nothing; settings, variables, tags and usage plans stay, which is looked at before and after. The ' +
    'API as edited is not touched: the next deploy brings it back. "previous" is the newest deployment that is older ' +
    'than the served one; where a newer one is on no stage --yes wants --to ID, so that a script that runs again does not ' +
    'go further back. A canary that gets requests has to end first, or ends in the same step with --force.'
  static override examples = [
    '<%= config.bin %> rollback --api petstore --stage prod',
    '<%= config.bin %> rollback --stage prod --to 46bce8 --yes --wait',
    '<%= config.bin %> rollback --stage prod --dry-run --temporary-stage',
  ]
  static override flags = {...apiFlag, ...stageFlag, ...rollbackFlags, ...yesFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(Rollback)
    const [apis, ports] = await Promise.all([openApis(this.session), openDeployPorts(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stages = await ports.stages.list(api.id)
    const stage = await resolveStage(stages, this.context.stage, this.choose, api)
    const temporary = flags['temporary-stage'] ? await openTemporaryStages(this.session, this.undoing) : undefined
    const isUnattended = flags.yes && !flags['dry-run']
    const request = {api, stage, stages, to: flags.to, force: flags.force, isUnattended, temporary}
    const plan = await planRollback(ports, request)
    const probe = flags.probe === undefined ? undefined : parseProbe(flags.probe, plan.wait.after)
    if (flags['dry-run']) return this.preview(plan, flags['exit-code'])
    const isWaiting = flags.wait && plan.changes.length > 0
    if (plan.changes.length > 0) await this.agree(plan, stage.name, flags)
    const caller = openCaller(this.session)
    const answers = isWaiting ? await prepareWait(caller, {...plan.wait, probe}, this.session) : undefined
    const rolledBack = await this.carryOut(plan, flags)
    if (!rolledBack) return
    await this.show(rolledBack, rolledBackView)
    for (const remark of rolledBackRemarks(rolledBack)) this.note(remark)
    await answers?.(rolledBack)
    if (plan.changes.length > 0) this.note(await editedStill(ports, api, rolledBack))
  }
}
