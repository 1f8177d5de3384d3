import {openApis} from '../../aws/apis.js'
import {openHistory} from '../../aws/deployment-history.js'
import {ApigwCommand} from '../../cli/command.js'
import {deploymentArg} from '../../cli/deployment-flags.js'
import {apiFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {describeDeployment} from '../../domain/deployments/history.js'
import {deploymentDetails} from '../../views/deployment-history.js'

export default class DeploymentsGet extends ApigwCommand {
  static override summary = 'Show one deployment with its methods, and which stages and canaries serve it'
  static override description =
    'Of the methods of a deployment the service tells how callers are authorized and whether they need a key. What is ' +
    'behind them it tells only of what a stage serves: apigw apis export --stage NAME.'
  static override examples = [
    '<%= config.bin %> deployments get latest --api petstore',
    '<%= config.bin %> deployments get 46bce8 --json --query "routes[].path"',
  ]
  static override args = {...deploymentArg}
  static override flags = {...apiFlag}

  async run(): Promise<void> {
    const {args} = await this.parse(DeploymentsGet)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    await this.show(await describeDeployment(await openHistory(this.session), api, args.deployment), deploymentDetails)
  }
}
