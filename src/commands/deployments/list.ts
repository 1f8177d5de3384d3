import {openApis} from '../../aws/apis.js'
import {openHistory} from '../../aws/deployment-history.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {history} from '../../domain/deployments/history.js'
import {historyView} from '../../views/deployment-history.js'

export default class DeploymentsList extends ApigwCommand {
  static override summary = 'List the deployments of an API, the newest first, and which stages and canaries serve them'
  static override examples = [
    '<%= config.bin %> deployments list --api petstore',
    "<%= config.bin %> deployments list --json --query '[?!stages && !canaries].id'",
  ]
  static override flags = {...apiFlag}

  async run(): Promise<void> {
    await this.parse(DeploymentsList)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    await this.show(await history(await openHistory(this.session), api), historyView)
  }
}
