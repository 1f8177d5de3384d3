import {openApis} from '../../aws/apis.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiArg, apiFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {apiDetails} from '../../views/apis.js'

export default class ApisGet extends ApigwCommand {
  static override summary = 'Show one REST API with all its settings'
  static override examples = [
    '<%= config.bin %> apis get petstore',
    '<%= config.bin %> apis get petstore --json --query policy',
  ]
  static override args = {...apiArg}
  static override flags = {...apiFlag}

  async run(): Promise<void> {
    await this.parse(ApisGet)
    const apis = await openApis(this.session)
    const {id} = await resolveApi(apis, this.context.api, this.choose)
    await this.show(await apis.get(id), apiDetails)
  }
}
