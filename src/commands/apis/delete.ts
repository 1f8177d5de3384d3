import {openApis} from '../../aws/apis.js'
import {openPlans} from '../../aws/plans.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiArg, apiFlag, confirmFlag, dryRunFlag} from '../../cli/flags.js'
import {planApiDeletion} from '../../domain/api-deletion.js'
import {resolveApi} from '../../domain/apis.js'
import {apiView} from '../../views/apis.js'

export default class ApisDelete extends ApigwCommand {
  static override summary = 'Delete a REST API with all its stages'
  static override description =
    'It cannot be brought back: keep a copy with `apigw apis export`. The service takes one deletion in 30 seconds; the ' +
    'program waits for its turn and says so.'
  static override examples = [
    '<%= config.bin %> apis delete petstore',
    '<%= config.bin %> apis delete petstore --confirm petstore',
    '<%= config.bin %> apis delete petstore --dry-run',
  ]
  static override args = {...apiArg}
  static override flags = {...apiFlag, ...confirmFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(ApisDelete)
    const apis = await openApis(this.session)
    const api = await resolveApi(apis, this.context.api, this.choose)
    const [stages, plans] = await Promise.all([openStages(this.session), openPlans(this.session)])
    const deletion = await planApiDeletion({apis, stages, plans}, api)
    // Who had to give the id, because the name is ambiguous, confirms the id.
    const name = this.context.api === api.id ? api.id : api.name
    if (!flags['dry-run']) await this.prompt.confirmName({message: deletion.question, name, given: flags.confirm})
    const deleted = await this.carryOut(deletion, flags)
    if (!deleted) return
    await this.show(deleted, apiView)
    this.note(`The API ${api.name} was deleted.`)
  }
}
