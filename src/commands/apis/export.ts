import {openApis} from '../../aws/apis.js'
import {openStages} from '../../aws/stages.js'
import {openTemporaryStages} from '../../aws/temporary-stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {exportFlags} from '../../cli/export-flags.js'
import {apiArg, apiFlag, stageFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {during} from '../../domain/session.js'
import {withTemporaryStage} from '../../domain/snapshots/temporary-stage.js'
import {resolveStage} from '../../domain/stages.js'

export default class ApisExport extends ApigwCommand {
  static override summary = 'Print the OpenAPI document of what a stage serves, or of what is edited'
  static override description =
    'The service exports stages only. With --edited a deployment and a stage are made for that, under a name that nobody ' +
    'can guess, and deleted again.'
  static override examples = [
    '<%= config.bin %> apis export petstore --stage prod > petstore.yaml',
    '<%= config.bin %> apis export petstore --stage prod --format swagger --as json',
    '<%= config.bin %> apis export petstore --edited --extensions integrations,authorizers',
  ]
  static override args = {...apiArg}
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    ...exportFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(ApisExport)
    const apis = await openApis(this.session)
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stages = await (await openStages(this.session)).list(api.id)
    const extensions = flags.extensions.filter(name => name !== 'none')
    const request = {format: flags.format, as: flags.as ?? this.documentFormat(), extensions}
    const exportOf = ({name}: {name: string}) =>
      during(this.session, `exporting ${api.name}`, () => apis.export(api.id, name, request))
    const text = flags.edited
      ? await withTemporaryStage(await openTemporaryStages(this.session, this.undoing), api, {stages}, exportOf)
      : await exportOf(await resolveStage(stages, this.context.stage, this.choose, api))
    await this.print(text.endsWith('\n') ? text : `${text}\n`)
  }
}
