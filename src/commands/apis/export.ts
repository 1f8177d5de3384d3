import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiArg, apiFlag, stageFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {resolveStage} from '../../domain/stages.js'

const EXTENSIONS = ['apigateway', 'integrations', 'authorizers', 'postman', 'none'] as const

export default class ApisExport extends ApigwCommand {
  static override summary = 'Print the OpenAPI document of what a stage serves'
  static override examples = [
    '<%= config.bin %> apis export petstore --stage prod > petstore.yaml',
    '<%= config.bin %> apis export petstore --stage prod --format swagger --as json',
    '<%= config.bin %> apis export petstore --stage prod --extensions integrations,authorizers',
  ]
  static override args = {...apiArg}
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    format: Flags.option({
      options: ['oas30', 'swagger'] as const,
      default: 'oas30',
      description: 'OpenAPI 3.0, or Swagger 2.0',
    })(),
    as: Flags.option({
      options: ['yaml', 'json'] as const,
      description: 'how the document is written',
      exclusive: ['output', 'json', 'query'],
      defaultHelp: async () => 'yaml; json with --json',
    })(),
    extensions: Flags.option({
      options: EXTENSIONS,
      multiple: true,
      delimiter: ',',
      default: ['apigateway'],
      description: 'extensions in the document; apigateway stands for all that an import needs',
    })(),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(ApisExport)
    const apis = await openApis(this.session)
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stages = await (await openStages(this.session)).list(api.id)
    const stage = await resolveStage(stages, this.context.stage, this.choose)
    const extensions = flags.extensions.filter(name => name !== 'none')
    const as = flags.as ?? this.documentFormat()
    const text = await apis.export(api.id, stage.name, {format: flags.format, as, extensions})
    await this.print(text.endsWith('\n') ? text : `${text}\n`)
  }
}
