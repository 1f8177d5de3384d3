import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {ApigwCommand} from '../../cli/command.js'
import {endpointFlags, endpointTypeFrom} from '../../cli/endpoint-flags.js'
import {dryRunFlag} from '../../cli/flags.js'
import {inputName} from '../../cli/input.js'
import {planApiImport} from '../../domain/apis.js'
import {MAX_DEFINITION, readDefinition} from '../../domain/definitions.js'
import {notLive} from '../../domain/deployments.js'
import {apiView, warningTexts} from '../../views/apis.js'

export default class ApisImport extends ApigwCommand {
  static override summary = 'Create a REST API from an OpenAPI document, regional unless you say otherwise'
  static override description =
    'Takes OpenAPI 3.x and Swagger 2.0, JSON or YAML, with the x-amazon-apigateway extensions. What the service remarks ' +
    'on goes to stderr.'
  static override examples = [
    '<%= config.bin %> apis import petstore.yaml',
    '<%= config.bin %> apis import petstore.yaml --edge --fail-on-warnings',
    'cat petstore.json | <%= config.bin %> apis import - --name petstore-next --output id',
  ]
  static override args = {file: Args.string({description: 'OpenAPI document, or - for stdin', required: true})}
  static override flags = {
    ...endpointFlags,
    name: Flags.string({description: 'name of the API, instead of the title of the document', helpValue: 'NAME'}),
    'base-path': Flags.option({
      options: ['ignore', 'prepend', 'split'] as const,
      description:
        'what to do with the base path of the document: nothing, put it before every path, or all but its first part',
    })(),
    'fail-on-warnings': Flags.boolean({description: 'create nothing if the service has anything to remark on'}),
    'allow-duplicate': Flags.boolean({description: 'create it even if another API has that name'}),
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ApisImport)
    const definition = await readDefinition(await this.readInput(args.file, MAX_DEFINITION), inputName(args.file))
    const plan = await planApiImport(await openApis(this.session), definition, {
      name: flags.name,
      endpointType: endpointTypeFrom(flags) ?? 'REGIONAL',
      basePath: flags['base-path'],
      failOnWarnings: flags['fail-on-warnings'],
      onNamesake: flags['allow-duplicate'] ? 'allow' : 'refuse',
    })
    const api = await this.carryOut(plan, flags)
    if (!api) return
    for (const warning of warningTexts(api.warnings)) this.note(warning)
    await this.show(api, apiView)
    this.note(notLive(api, []))
  }
}
