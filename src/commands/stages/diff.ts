import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openComparison} from '../../aws/comparisons.js'
import {openTemporaryStages} from '../../aws/temporary-stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {diffFlags} from '../../cli/diff-flags.js'
import {apiFlag, stageArg, stageFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {compareStage} from '../../domain/snapshots/comparison.js'
import {resolveStage, stageNamed} from '../../domain/stages.js'

export default class StagesDiff extends ApigwCommand {
  static override summary = 'Show what a deployment would change on a stage, or what another stage has otherwise'
  static override description =
    'Without --against: from what the stage serves to the API as it is edited now. With it: what would change on that ' +
    'other stage if it got what this one has, its settings included. Values that look like credentials are compared ' +
    'and not shown.'
  static override examples = [
    '<%= config.bin %> stages diff prod --api petstore',
    '<%= config.bin %> stages diff --stage prod --output markdown',
    '<%= config.bin %> stages diff --stage beta --against prod',
    '<%= config.bin %> stages diff prod --exit-code > /dev/null || echo "something is not live"',
  ]
  static override args = {...stageArg}
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    against: Flags.string({description: 'another stage, instead of the API as it is edited', helpValue: 'STAGE'}),
    'snapshot-only': Flags.boolean({
      description: 'leave variables, throttles and other settings of the stages alone',
      dependsOn: ['against'],
    }),
    canary: Flags.boolean({description: 'what the canary of the stage serves, instead of what the stage does'}),
    ...diffFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(StagesDiff)
    const {canary, 'snapshot-only': snapshotOnly} = flags
    const [apis, ports] = await Promise.all([openApis(this.session), openComparison(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stages = await ports.stages.list(api.id)
    const stage = await resolveStage(stages, this.context.stage, this.choose, api)
    const against = flags.against === undefined ? undefined : stageNamed(stages, flags.against, api)
    const temporary = flags['temporary-stage'] ? await openTemporaryStages(this.session, this.undoing) : undefined
    const request = {stage, stages, against, canary, snapshotOnly, temporary}
    await this.showDifference(await compareStage(ports, api, request), flags)
  }
}
