import * as Args from '@oclif/core/args'
import {openApis} from '../../aws/apis.js'
import {apiSettingFlags, apiSettingsFrom} from '../../cli/api-flags.js'
import {ApigwCommand} from '../../cli/command.js'
import {askEndpointType, endpointFlags, endpointTypeFrom} from '../../cli/endpoint-flags.js'
import {dryRunFlag, namesakeFlags, onNamesakeFrom} from '../../cli/flags.js'
import {planApiCreation} from '../../domain/apis.js'
import {apiView} from '../../views/apis.js'

export default class ApisCreate extends ApigwCommand {
  static override summary = 'Create an empty REST API, regional unless you say otherwise'
  static override description = 'Without a name, on a terminal, it asks. To create one from OpenAPI: apigw apis import.'
  static override examples = [
    '<%= config.bin %> apis create petstore --description "All about pets"',
    '<%= config.bin %> apis create internal --private --vpce vpce-0a1b2c --policy policy.json',
    '<%= config.bin %> apis create petstore --if-not-exists --output id',
  ]
  static override args = {name: Args.string({description: 'name of the API'})}
  static override flags = {
    ...endpointFlags,
    ...apiSettingFlags,
    ...namesakeFlags,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ApisCreate)
    const name = args.name ?? (await this.prompt.text({message: 'Name of the API?', flag: 'NAME'}))
    const asked = args.name === undefined && endpointTypeFrom(flags) === undefined
    const endpointType = asked ? await askEndpointType(this.choose) : (endpointTypeFrom(flags) ?? 'REGIONAL')
    if (args.name === undefined) this.noteEquivalent(asked ? [name, '--type', endpointType.toLowerCase()] : [name])
    const settings = await apiSettingsFrom(flags, (file, limit) => this.readInput(file, limit))
    const apis = await openApis(this.session)
    const plan = await planApiCreation(apis, {...settings, name, endpointType}, onNamesakeFrom(flags))
    const api = await this.carryOut(plan, flags)
    if (api) await this.show(api, apiView)
  }
}
