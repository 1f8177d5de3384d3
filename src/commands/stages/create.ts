import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openDeployments} from '../../aws/deployments.js'
import {openStageReferences, openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, recordOf} from '../../cli/flags.js'
import {stageSettingFlags, variablesFrom} from '../../cli/stage-flags.js'
import {resolveApi} from '../../domain/apis.js'
import {planStageCreation} from '../../domain/stage-changes.js'
import {CACHE_SIZES} from '../../domain/stages.js'
import {stageView} from '../../views/stages.js'

export default class StagesCreate extends ApigwCommand {
  static override summary = 'Make a stage that serves a deployment there is already'
  static override description = 'To deploy the API as it is edited now to a new stage: apigw deploy --stage NAME.'
  static override examples = [
    '<%= config.bin %> stages create beta --api petstore',
    '<%= config.bin %> stages create rollback --deployment 46bce8 --var table=pets-old',
  ]
  static override args = {name: Args.string({description: 'name of the stage', required: true})}
  static override flags = {
    ...apiFlag,
    deployment: Flags.string({description: 'what it serves', helpValue: 'ID|latest', default: 'latest'}),
    ...stageSettingFlags,
    tracing: Flags.boolean({description: 'trace requests with X-Ray'}),
    'cache-size': Flags.option({
      description: 'GB of a cache cluster, which is billed by the hour',
      options: CACHE_SIZES,
    })(),
    'documentation-version': Flags.string({
      description: 'publish this version of the documentation',
      helpValue: 'VERSION',
    }),
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(StagesCreate)
    const {deployment, description, tracing, 'cache-size': cacheSize, 'documentation-version': version} = flags
    const variables = (await variablesFrom(flags, (file, limit) => this.readInput(file, limit))) ?? {}
    const settings = {deployment, description, tracing, cacheSize, documentationVersion: version, variables}
    const {session} = this
    const [apis, stages, deployments, references] = await Promise.all([
      openApis(session),
      openStages(session),
      openDeployments(session),
      openStageReferences(session),
    ])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const request = {name: args.name, ...settings, tags: recordOf(flags.tag)}
    const stage = await this.carryOut(await planStageCreation({stages, deployments, references}, api, request), flags)
    if (stage) await this.show(stage, stageView)
  }
}
