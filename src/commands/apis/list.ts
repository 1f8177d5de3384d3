import {openApis} from '../../aws/apis.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiView} from '../../views/apis.js'

export default class ApisList extends ApigwCommand {
  static override summary = 'List the REST APIs of the account and Region'
  static override examples = ['<%= config.bin %> apis list', '<%= config.bin %> apis list --output id']

  async run(): Promise<void> {
    await this.parse(ApisList)
    const apis = await openApis(this.session)
    await this.list(apis.list(), apiView)
  }
}
