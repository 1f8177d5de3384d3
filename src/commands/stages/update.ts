import {openApis} from '../../aws/apis.js'
import {openDeployments} from '../../aws/deployments.js'
import {openRoutes} from '../../aws/routes.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageArg, stageFlag, yesFlag} from '../../cli/flags.js'
import {stageUpdateFlags, stageUpdateFrom} from '../../cli/stage-flags.js'
import {resolveApi} from '../../domain/apis.js'
import {planStageUpdate} from '../../domain/stage-changes.js'
import {resolveStage} from '../../domain/stages.js'
import {stageDetails, stageRemarks} from '../../views/stages.js'

export default class StagesUpdate extends ApigwCommand {
  static override summary = 'Change settings of a stage: all that is named, and nothing else'
  static override description =
    'Everything but the tags is changed by one call, all or nothing. It holds within a minute, without a deployment. ' +
    'For logging: apigw logs enable.'
  static override examples = [
    '<%= config.bin %> stages update prod --api petstore --var table=pets --unset-var debug',
    '<%= config.bin %> stages update prod --throttle-rate 100 --throttle-burst 200',
    '<%= config.bin %> stages update prod --method "GET /pets" --throttle-rate 10 --throttle-burst 20',
    '<%= config.bin %> stages update prod --cache-size 0.5 --caching --cache-ttl 60',
    '<%= config.bin %> stages update prod --deployment 46bce8',
  ]
  static override args = {...stageArg}
  static override flags = {...apiFlag, ...stageFlag, ...stageUpdateFlags, ...yesFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(StagesUpdate)
    const wanted = stageUpdateFrom(flags)
    const {apis, ...ports} = await this.#open()
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await resolveStage(await ports.stages.list(api.id), this.context.stage, this.choose)
    const plan = await planStageUpdate(ports, api, stage, wanted)
    if (wanted.deployment !== undefined) await this.guard(stage.name, flags)
    const updated = await this.carryOut(plan, flags)
    if (!updated) return
    await this.show(updated, stageDetails)
    for (const remark of stageRemarks(updated, api)) this.note(remark)
  }

  async #open() {
    const {session} = this
    const [apis, stages, deployments, routes] = await Promise.all([
      openApis(session),
      openStages(session),
      openDeployments(session),
      openRoutes(session),
    ])
    return {apis, stages, deployments, routes}
  }
}
