import {openApis} from '../../aws/apis.js'
import {openRoutes} from '../../aws/routes.js'
import {openLive} from '../../aws/undeployed.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, yesFlag} from '../../cli/flags.js'
import {routeArgs} from '../../cli/route-args.js'
import {resolveApi} from '../../domain/apis.js'
import {planRouteRemoval} from '../../domain/route-changes.js'
import {parseRoute} from '../../domain/route-paths.js'
import {liveNote} from '../../domain/undeployed.js'
import {routeTree} from '../../views/routes.js'

export default class RoutesRemove extends ApigwCommand {
  static override summary = 'Remove a method from an API, and the resources that are empty then'
  static override description = 'Stages go on serving it until the API is deployed again.'
  static override examples = [
    '<%= config.bin %> routes remove GET /hello --api petstore',
    '<%= config.bin %> routes remove DELETE "/pets/{id}" --api petstore --yes',
  ]
  static override args = routeArgs
  static override flags = {...apiFlag, ...yesFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(RoutesRemove)
    const route = parseRoute(args)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    const removal = await planRouteRemoval(await openRoutes(this.session), api, route)
    if (!flags['dry-run']) await this.prompt.confirm({message: removal.question, yes: flags.yes})
    const removed = await this.carryOut(removal, flags)
    if (!removed) return
    await this.show(removed, routeTree([removed]))
    this.note(`${route.method} ${route.path} was removed from ${api.name}.`)
    this.note(await liveNote(await openLive(this.session), api))
  }
}
