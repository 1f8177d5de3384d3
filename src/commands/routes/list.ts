import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openRoutes} from '../../aws/routes.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {listRoutes} from '../../domain/routes.js'
import {resolveStage} from '../../domain/stages.js'
import {routeTree} from '../../views/routes.js'

export default class RoutesList extends ApigwCommand {
  static override summary = 'List the paths and methods of an API: as edited now, or as deployed to a stage'
  static override description =
    'What is edited is not live before it is deployed. With --stage the list is of what the stage serves; the service ' +
    'does not tell the integrations of a deployment.'
  static override examples = [
    '<%= config.bin %> routes list --api petstore',
    '<%= config.bin %> routes list --api petstore --stage prod',
    '<%= config.bin %> routes list --api petstore --json --query "[?!apiKeyRequired]"',
  ]
  static override flags = {
    ...apiFlag,
    stage: Flags.string({char: 's', description: 'what this stage serves, not what is edited', helpValue: 'STAGE'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(RoutesList)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    const stages = flags.stage === undefined ? undefined : await (await openStages(this.session)).list(api.id)
    const stage = stages && (await resolveStage(stages, flags.stage, this.choose, api))
    const routes = await listRoutes(await openRoutes(this.session), api.id, stage)
    await this.show(routes, routeTree(routes))
  }
}
