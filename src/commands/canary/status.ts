import {openApis} from '../../aws/apis.js'
import {openFigures} from '../../aws/canary.js'
import {openDeployments} from '../../aws/deployments.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {momentFlag} from '../../cli/logs.js'
import {resolveApi} from '../../domain/apis.js'
import {withCanary} from '../../domain/canary/canary.js'
import {canaryStatus} from '../../domain/canary/status.js'
import {MINUTE} from '../../domain/metrics.js'
import {resolveStage} from '../../domain/stages.js'
import {canaryReport} from '../../views/canary.js'

export default class CanaryStatus extends ApigwCommand {
  static override summary = 'How a canary does beside its stage: share, requests, errors, latencies'
  static override description =
    'From the metrics of CloudWatch, which come one to three minutes late and cost 0.01 USD per 1,000 series (this reads ' +
    '10), or, where these do not tell the canary apart, from the access or execution log of the stage.'
  static override examples = [
    '<%= config.bin %> canary status --api petstore --stage prod',
    '<%= config.bin %> canary status --stage prod --since 1h',
    "<%= config.bin %> canary status --stage prod --json | jq '.canary.traffic.serverErrors'",
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    since: momentFlag({description: 'figures from then on: 10m, 1h30m, an ISO time [default: 15m]'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(CanaryStatus)
    const {session} = this
    const [apis, stages, deployments] = await Promise.all([
      openApis(session),
      openStages(session),
      openDeployments(session),
    ])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = withCanary(api, await resolveStage(await stages.list(api.id), this.context.stage, this.choose, api))
    const since = flags.since ?? session.clock.now() - 15 * MINUTE
    const {remarks, ...status} = await canaryStatus({...openFigures(session), deployments}, api, stage, since)
    await this.report({...status, remarks}, canaryReport)
    for (const remark of remarks) this.note(remark)
  }
}
