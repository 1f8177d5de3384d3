import {openApis} from '../../aws/apis.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {stageView} from '../../views/stages.js'

export default class StagesList extends ApigwCommand {
  static override summary = 'List the stages of an API'
  static override examples = [
    '<%= config.bin %> stages list --api petstore',
    '<%= config.bin %> stages list --output id',
  ]
  static override flags = {...apiFlag}

  async run(): Promise<void> {
    await this.parse(StagesList)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    const stages = await openStages(this.session)
    await this.show(await stages.list(api.id), stageView)
  }
}
