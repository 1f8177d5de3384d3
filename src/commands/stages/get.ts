import {openApis} from '../../aws/apis.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageArg, stageFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {resolveStage} from '../../domain/stages.js'
import {stageDetails} from '../../views/stages.js'

export default class StagesGet extends ApigwCommand {
  static override summary = 'Show all settings of a stage'
  static override examples = [
    '<%= config.bin %> stages get prod --api petstore',
    '<%= config.bin %> stages get prod --query variables',
  ]
  static override args = {...stageArg}
  static override flags = {...apiFlag, ...stageFlag}

  async run(): Promise<void> {
    await this.parse(StagesGet)
    const [apis, stages] = await Promise.all([openApis(this.session), openStages(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    await this.show(await resolveStage(await stages.list(api.id), this.context.stage, this.choose, api), stageDetails)
  }
}
