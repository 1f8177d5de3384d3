import * as Args from '@oclif/core/args'
import {openApis} from '../../aws/apis.js'
import {openLive} from '../../aws/undeployed.js'
import {ApigwCommand} from '../../cli/command.js'
import {endpointTypeFrom} from '../../cli/endpoint-flags.js'
import {importFlags} from '../../cli/import-flags.js'
import {inputName} from '../../cli/input.js'
import {planApiImport, planApiPut, resolveApi} from '../../domain/apis.js'
import {MAX_DEFINITION, readDefinition} from '../../domain/definitions.js'
import {liveNote, noStageNote} from '../../domain/undeployed.js'
import {apiView, warningTexts} from '../../views/apis.js'

export default class ApisImport extends ApigwCommand {
  static override summary = 'Create a REST API from an OpenAPI document, regional unless you say otherwise'
  static override description =
    'Takes OpenAPI 3.x and Swagger 2.0, JSON or YAML, with the x-amazon-apigateway extensions. What the service remarks ' +
    'on goes to stderr. With --mode the document is imported into an API that is there.'
  static override examples = [
    '<%= config.bin %> apis import petstore.yaml',
    '<%= config.bin %> apis import petstore.yaml --edge --fail-on-warnings',
    '<%= config.bin %> apis import petstore.yaml --api petstore --mode overwrite',
    'cat petstore.json | <%= config.bin %> apis import - --name petstore-next --output id',
  ]
  static override args = {file: Args.string({description: 'OpenAPI document, or - for stdin', required: true})}
  static override flags = importFlags

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ApisImport)
    const {mode, 'base-path': basePath, 'fail-on-warnings': failOnWarnings} = flags
    const definition = await readDefinition(await this.readInput(args.file, MAX_DEFINITION), inputName(args.file))
    const apis = await openApis(this.session)
    const target = mode && (await resolveApi(apis, this.context.api, this.choose))
    const plan =
      mode && target
        ? planApiPut(apis, target, definition, {mode, basePath, failOnWarnings})
        : await planApiImport(apis, definition, {
            name: flags.name,
            endpointType: endpointTypeFrom(flags) ?? 'REGIONAL',
            basePath,
            failOnWarnings,
            onNamesake: flags['allow-duplicate'] ? 'allow' : 'refuse',
          })
    const {question} = plan
    if (question && !flags['dry-run']) await this.prompt.confirm({message: question, yes: flags.yes})
    const api = await this.carryOut(plan, flags)
    if (!api) return
    for (const warning of warningTexts(api.warnings)) this.note(warning)
    await this.show(api, apiView)
    this.note(target ? await liveNote(await openLive(this.session), api) : noStageNote(api))
  }
}
