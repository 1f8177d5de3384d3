import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openStagePorts} from '../../aws/stage-ports.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageArg, stageFlag, yesFlag} from '../../cli/flags.js'
import {stageUpdateFlags, stageUpdateFrom} from '../../cli/stage-flags.js'
import {resolveApi} from '../../domain/apis.js'
import {awaitCache} from '../../domain/stage-cache.js'
import {planStageUpdate} from '../../domain/stage-changes.js'
import {resolveStage} from '../../domain/stages.js'
import {ownSettingRemarks, stageDetails, stageRemarks} from '../../views/stages.js'

export default class StagesUpdate extends ApigwCommand {
  static override summary = 'Change settings of a stage: all that is named, and nothing else'
  static override description =
    'Everything but the tags and the web ACL is changed by one call, all or nothing. It holds within a minute, without a ' +
    'deployment. For logging: apigw logs enable.'
  static override examples = [
    '<%= config.bin %> stages update prod --api petstore --var table=pets --unset-var debug',
    "<%= config.bin %> stages update prod --throttle 100/200 --throttle 'GET /pets=10/20'",
    '<%= config.bin %> stages update prod --method "GET /pets" --caching --cache-refresh deny',
    '<%= config.bin %> stages update prod --cache-size 0.5 --caching --cache-ttl 60 --wait',
    '<%= config.bin %> stages update prod --deployment 46bce8',
  ]
  static override args = {...stageArg}
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    ...stageUpdateFlags,
    wait: Flags.boolean({description: 'wait until the cache cluster is made, as long as --max-wait says'}),
    ...yesFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(StagesUpdate)
    const wanted = await stageUpdateFrom(flags, (file, limit) => this.readInput(file, limit))
    const [apis, ports] = await Promise.all([openApis(this.session), openStagePorts(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await resolveStage(await ports.stages.list(api.id), this.context.stage, this.choose, api)
    const plan = await planStageUpdate(ports, api, stage, wanted)
    if (wanted.deployment !== undefined) await this.guard(stage.name, flags)
    const updated = await this.carryOut(plan, flags)
    if (!updated) return
    const shown = flags.wait ? await awaitCache(ports.stages, api, updated, this.session) : updated
    await this.show(shown, stageDetails)
    for (const remark of [...stageRemarks(shown, api), ...ownSettingRemarks(stage, shown)]) this.note(remark)
  }
}
