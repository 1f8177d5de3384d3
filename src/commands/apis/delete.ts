import * as Flags from '@oclif/core/flags'
import {openDeletion} from '../../aws/api-deletion.js'
import {openApis} from '../../aws/apis.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiArg, apiFlag, confirmFlag, dryRunFlag} from '../../cli/flags.js'
import {planApiDeletion} from '../../domain/api-deletion.js'
import {resolveApi} from '../../domain/apis.js'
import {apiView} from '../../views/apis.js'

export default class ApisDelete extends ApigwCommand {
  static override summary = 'Delete a REST API with all that hangs on it'
  static override description =
    'All that hangs on it is shown first. Its stages and deployments go with it, and it goes from its usage plans. While ' +
    'a custom domain name leads to it the service does not delete it: --with-mappings takes those paths away first. Its ' +
    'execution logs stay, unless you say --with-logs; where its access logs go, its functions and its VPC links always ' +
    'stay. It cannot be brought back: keep a copy with `apigw apis export`. The service takes one deletion in 30 ' +
    'seconds; the program waits for its turn and says so.'
  static override examples = [
    '<%= config.bin %> apis delete petstore --dry-run',
    '<%= config.bin %> apis delete petstore --confirm petstore',
    '<%= config.bin %> apis delete petstore --with-mappings --with-logs',
  ]
  static override args = {...apiArg}
  static override flags = {
    ...apiFlag,
    'with-mappings': Flags.boolean({description: 'delete the paths of custom domain names that lead to it, too'}),
    'with-logs': Flags.boolean({description: 'delete the log groups of its execution logs, too'}),
    ...confirmFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(ApisDelete)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    const company = {mappings: flags['with-mappings'], logs: flags['with-logs']}
    const deletion = await planApiDeletion(await openDeletion(this.session), api, company)
    // Who had to give the id, because the name is ambiguous, confirms the id.
    const name = this.context.api === api.id ? api.id : api.name
    if (!flags['dry-run']) await this.prompt.confirmName({message: deletion.question, name, given: flags.confirm})
    const deleted = await this.carryOut(deletion, flags)
    if (deleted) await this.show(deleted, apiView)
  }
}
