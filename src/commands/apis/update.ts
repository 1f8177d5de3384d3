import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openLive} from '../../aws/undeployed.js'
import {apiChangeFlags, apiChangesFrom} from '../../cli/api-flags.js'
import {ApigwCommand} from '../../cli/command.js'
import {endpointFlags, endpointTypeFrom} from '../../cli/endpoint-flags.js'
import {apiArg, apiFlag, dryRunFlag, tagChangeFlags, tagChangeFrom} from '../../cli/flags.js'
import {planApiUpdate} from '../../domain/api-changes.js'
import {resolveApi} from '../../domain/apis.js'
import {liveNote} from '../../domain/undeployed.js'
import {apiDetails} from '../../views/apis.js'

export default class ApisUpdate extends ApigwCommand {
  static override summary = 'Change settings of a REST API'
  static override description =
    'Only what is not so already is changed, all settings in one step. An edge-optimized API can become regional or ' +
    'private, a regional one edge-optimized or private, a private one regional.'
  static override examples = [
    '<%= config.bin %> apis update petstore --description "All about pets" --tag team=shop',
    '<%= config.bin %> apis update petstore --policy policy.json --dry-run',
    '<%= config.bin %> apis update petstore --type private --vpce vpce-0a1b2c',
  ]
  static override args = {...apiArg}
  static override flags = {
    ...apiFlag,
    name: Flags.string({description: 'new name', helpValue: 'NAME'}),
    ...endpointFlags,
    ...apiChangeFlags,
    ...tagChangeFlags,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(ApisUpdate)
    const changes = await apiChangesFrom(flags, (file, limit) => this.readInput(file, limit))
    const apis = await openApis(this.session)
    const {id} = await resolveApi(apis, this.context.api, this.choose)
    const wanted = {...changes, name: flags.name, endpointType: endpointTypeFrom(flags)}
    const plan = planApiUpdate(apis, await apis.get(id), wanted, tagChangeFrom(flags))
    const updated = await this.carryOut(plan, flags)
    if (!updated) return
    await this.show(updated.api, apiDetails)
    if (!updated.needsDeployment) return
    this.note(await liveNote(await openLive(this.session), updated.api, updated.isTold))
  }
}
