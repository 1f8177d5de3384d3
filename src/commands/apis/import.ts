import * as Args from '@oclif/core/args'
import {openApis} from '../../aws/apis.js'
import {openImportInto} from '../../aws/imports.js'
import {writeBackup} from '../../cli/backup.js'
import {ApigwCommand} from '../../cli/command.js'
import {type IntoFlags, importFlags, importOptionsFrom, newApiFrom} from '../../cli/import-flags.js'
import {inputName} from '../../cli/input.js'
import {planApiImport, resolveApi} from '../../domain/apis.js'
import {type Definition, MAX_DEFINITION, readDefinition} from '../../domain/definitions.js'
import {type ImportIntoOptions, planImportInto} from '../../domain/imports/into.js'
import {sizeRemarks} from '../../domain/imports/resources.js'
import {during} from '../../domain/session.js'
import {liveNote, noStageNote} from '../../domain/undeployed.js'
import {apiView, warningTexts} from '../../views/apis.js'
import {backupTexts, outcomeReport, previewReport} from '../../views/imports.js'

export default class ApisImport extends ApigwCommand {
  static override summary = 'Create a REST API from an OpenAPI document, or import it into one that is there'
  static override description =
    'Takes OpenAPI 3.x and Swagger 2.0, JSON or YAML, with the x-amazon-apigateway extensions. A new API is regional, ' +
    'unless you say otherwise. With --mode you see first what that changes, and a backup is kept to go back to.'
  static override examples = [
    '<%= config.bin %> apis import petstore.yaml --edge --fail-on-warnings',
    '<%= config.bin %> apis import petstore.yaml --api petstore --mode merge --dry-run --output markdown',
    'cat petstore.json | <%= config.bin %> apis import - --name petstore-next --output id',
  ]
  static override args = {file: Args.string({description: 'OpenAPI document, or - for stdin', required: true})}
  static override flags = importFlags

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ApisImport)
    const {mode, ...options} = importOptionsFrom(flags)
    const definition = await readDefinition(await this.readInput(args.file, MAX_DEFINITION), inputName(args.file))
    if (mode) return this.#into(definition, {...options, mode}, {...flags, ...args})
    const plan = await planApiImport(await openApis(this.session), definition, {...options, ...newApiFrom(flags)})
    this.noteAll(sizeRemarks(definition, options.basePath))
    const api = await during(this.session, `importing ${definition.name}`, () => this.carryOut(plan, flags))
    if (!api) return
    this.noteAll(warningTexts(api.warnings))
    await this.show(api, apiView)
    this.note(noStageNote(api))
  }

  async #into(definition: Definition, options: ImportIntoOptions, flags: IntoFlags): Promise<void> {
    const ports = await openImportInto(this.session, this.undoing)
    const api = await resolveApi(ports.apis, this.context.api, this.choose)
    const plan = await planImportInto(ports, api, definition, options)
    if (flags['dry-run']) return this.showDifference(plan, flags)
    this.noteReport(plan, previewReport)
    if (plan.question) await this.prompt.confirm({message: plan.question, yes: flags.yes})
    const backup = flags['no-backup'] ? undefined : await plan.backup()
    const file = backup && (await writeBackup(backup.text, {...flags, api, cwd: this.cwd, now: new Date()}))
    if (!flags['no-backup']) this.noteAll(backupTexts(api, backup, file))
    const outcome = await plan.apply(file)
    this.noteReport(outcome, outcomeReport)
    await this.show(outcome.api, apiView)
    this.note(await liveNote(outcome.live, outcome.api))
  }
}
