import {openApis} from '../../aws/apis.js'
import {openCanary} from '../../aws/canary.js'
import {bakeFlags, bakeFrom} from '../../cli/canary-flags.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageFlag, yesFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {withCanary} from '../../domain/canary/canary.js'
import {planPromotion} from '../../domain/canary/promote.js'
import {resolveStage} from '../../domain/stages.js'
import {promotedRemarks, promotedView} from '../../views/canary.js'

export default class CanaryPromote extends ApigwCommand {
  static override summary = 'Let a stage serve to all what its canary serves, at once or if it does well'
  static override description =
    'Deployment and variables of the canary come over by one call, all or nothing, and the canary is gone then.\n' +
    'With --bake it is watched before: the first limit that is crossed aborts it (exit code 1). When the time is over, ' +
    'and the metrics of its last minute are there, it is promoted; with too few requests it is left as it is (exit code ' +
    '6), or what --if-few says. Errors count against --min-requests at least. Ctrl-C leaves the canary as it is.'
  static override examples = [
    '<%= config.bin %> canary promote --api petstore --stage prod',
    '<%= config.bin %> canary promote --stage prod --bake 10m --max-5xx 1% --max-p99 800ms',
    '<%= config.bin %> canary promote --stage prod --bake 1h --max-5xx 0.5% --min-requests 1000 --if-few abort --yes',
  ]
  static override flags = {...apiFlag, ...stageFlag, ...bakeFlags, ...yesFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(CanaryPromote)
    const bake = bakeFrom(flags)
    const [apis, ports] = await Promise.all([openApis(this.session), openCanary(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = withCanary(
      api,
      await resolveStage(await ports.stages.list(api.id), this.context.stage, this.choose, api),
    )
    const plan = planPromotion(ports, api, stage, bake)
    await this.guard(stage.name, flags)
    const promoted = await this.carryOut(plan, flags)
    if (!promoted) return
    await this.show(promoted, promotedView)
    for (const remark of promotedRemarks(promoted)) this.note(remark)
  }
}
