import {openApis} from '../../aws/apis.js'
import {openCanary} from '../../aws/canary.js'
import {openLive} from '../../aws/undeployed.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageFlag, yesFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {withCanary} from '../../domain/canary/canary.js'
import {planAbortion} from '../../domain/canary/changes.js'
import {resolveStage} from '../../domain/stages.js'
import {liveNote} from '../../domain/undeployed.js'
import {abortedRemark, abortedView} from '../../views/canary.js'

export default class CanaryAbort extends ApigwCommand {
  static override summary = 'Take a canary back: all requests are served what the stage serves'
  static override description =
    'Its share and its variables are lost; what it served stays as a deployment, and the API as it is edited is not changed.'
  static override examples = [
    '<%= config.bin %> canary abort --api petstore --stage prod',
    '<%= config.bin %> canary abort --stage prod --yes',
  ]
  static override flags = {...apiFlag, ...stageFlag, ...yesFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(CanaryAbort)
    const [apis, ports] = await Promise.all([openApis(this.session), openCanary(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = withCanary(
      api,
      await resolveStage(await ports.stages.list(api.id), this.context.stage, this.choose, api),
    )
    const plan = planAbortion(ports, api, stage)
    await this.guard(stage.name, flags)
    const aborted = await this.carryOut(plan, flags)
    if (!aborted) return
    await this.show(aborted, abortedView)
    this.note(abortedRemark(aborted))
    this.note(await liveNote(await openLive(this.session), api))
  }
}
