import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openHistory} from '../../aws/deployment-history.js'
import {ApigwCommand} from '../../cli/command.js'
import {deploymentArg} from '../../cli/deployment-flags.js'
import {apiFlag, dryRunFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {planDescription} from '../../domain/deployments/history.js'
import {historyView} from '../../views/deployment-history.js'

export default class DeploymentsUpdate extends ApigwCommand {
  static override summary = 'Change the description of a deployment; nothing else of it can be changed'
  static override examples = [
    '<%= config.bin %> deployments update latest --api petstore --description "release 1.4"',
    '<%= config.bin %> deployments update 46bce8 --description ""',
  ]
  static override args = {...deploymentArg}
  static override flags = {
    ...apiFlag,
    description: Flags.string({description: 'what it is; empty takes it away', helpValue: 'TEXT', required: true}),
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(DeploymentsUpdate)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    const plan = await planDescription(await openHistory(this.session), api, args.deployment, flags.description)
    const updated = await this.carryOut(plan, flags)
    if (updated) await this.show(updated, historyView)
  }
}
