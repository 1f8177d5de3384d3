import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openCanaryStart} from '../../aws/canary.js'
import {percentFlag} from '../../cli/canary-flags.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, pairsFlag, recordOf, stageFlag, yesFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {planCanary} from '../../domain/canary/start.js'
import {resolveStage} from '../../domain/stages.js'
import {canaryRemarks, canaryView} from '../../views/canary.js'

export default class CanaryStart extends ApigwCommand {
  static override summary = 'Give a part of the requests to a stage the API as it is edited now'
  static override description =
    'A new deployment, which only the canary of the stage serves: to requests picked at random. The stage goes on serving ' +
    'the others as before, with all of its settings. Nothing is started where nothing would be different, unless with ' +
    '--force, or where a canary gets requests already.'
  static override examples = [
    '<%= config.bin %> canary start --api petstore --stage prod --percent 10',
    '<%= config.bin %> canary start --stage prod --percent 0.5 --var backend=blue --description "new prices"',
    '<%= config.bin %> canary start --stage prod --percent 10 --dry-run',
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    percent: percentFlag({flag: '--percent', description: 'of the requests that the canary gets', required: true}),
    var: pairsFlag({description: 'a stage variable that the canary sees otherwise; as often as wanted'}),
    'use-stage-cache': Flags.boolean({
      description: 'let it answer from the cache of the stage, not from one of its own',
    }),
    description: Flags.string({char: 'd', description: 'what the deployment is about', helpValue: 'TEXT'}),
    force: Flags.boolean({description: 'also where nothing is different'}),
    ...yesFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(CanaryStart)
    const {percent: percentTraffic, description, force} = flags
    const [apis, ports] = await Promise.all([openApis(this.session), openCanaryStart(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await resolveStage(await ports.stages.list(api.id), this.context.stage, this.choose, api)
    const canary = {percentTraffic, variables: recordOf(flags.var), useStageCache: flags['use-stage-cache']}
    const plan = await planCanary(ports, {api, stage, canary, description, force})
    await this.guard(stage.name, flags)
    const started = await this.carryOut(plan, flags)
    if (!started) return
    await this.show(started, canaryView)
    for (const remark of canaryRemarks(started)) this.note(remark)
  }
}
