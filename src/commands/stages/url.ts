import {openApis} from '../../aws/apis.js'
import {openLocation} from '../../aws/location.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageArg, stageFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {resolveStage} from '../../domain/stages.js'
import {caveatsOf, stageUrls} from '../../domain/urls.js'
import {urlView} from '../../views/apis.js'

export default class StagesUrl extends ApigwCommand {
  static override summary = 'Print where a stage is called'
  static override examples = [
    '<%= config.bin %> stages url prod --api petstore',
    'curl "$(<%= config.bin %> stages url prod)/pets"',
  ]
  static override args = {...stageArg}
  static override flags = {...apiFlag, ...stageFlag}

  async run(): Promise<void> {
    await this.parse(StagesUrl)
    const {session} = this
    const [apis, stages, location] = await Promise.all([openApis(session), openStages(session), openLocation(session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await resolveStage(await stages.list(api.id), this.context.stage, this.choose, api)
    for (const caveat of caveatsOf(api)) this.note(caveat)
    await this.show(stageUrls(api, [stage.name], location), urlView)
  }
}
