import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openCanary} from '../../aws/canary.js'
import {canaryChangesFrom, percentFlag} from '../../cli/canary-flags.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, pairsFlag, stageFlag, yesFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {withCanary} from '../../domain/canary/canary.js'
import {planCanaryChanges} from '../../domain/canary/changes.js'
import {resolveStage} from '../../domain/stages.js'
import {canaryView} from '../../views/canary.js'

export default class CanarySet extends ApigwCommand {
  static override summary = 'Change how many requests a canary gets, its variables, or its cache'
  static override description = 'By one call, all or nothing. It holds within a minute, without a deployment.'
  static override examples = [
    '<%= config.bin %> canary set --api petstore --stage prod --percent 25',
    '<%= config.bin %> canary set --stage prod --var backend=blue --unset-var debug',
    '<%= config.bin %> canary set --stage prod --use-stage-cache',
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    percent: percentFlag({flag: '--percent', description: 'of the requests that the canary gets'}),
    var: pairsFlag({description: 'a stage variable that the canary sees otherwise; as often as wanted'}),
    'unset-var': Flags.string({
      description: 'let the canary see this variable as the stage does',
      helpValue: 'NAME',
      multiple: true,
    }),
    'use-stage-cache': Flags.boolean({description: 'answer from the cache of the stage', allowNo: true}),
    ...yesFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(CanarySet)
    const wanted = canaryChangesFrom(flags)
    const [apis, ports] = await Promise.all([openApis(this.session), openCanary(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = withCanary(
      api,
      await resolveStage(await ports.stages.list(api.id), this.context.stage, this.choose, api),
    )
    const plan = planCanaryChanges(ports, api, stage, wanted)
    await this.guard(stage.name, flags)
    const changed = await this.carryOut(plan, flags)
    if (changed) await this.show(changed, canaryView)
  }
}
