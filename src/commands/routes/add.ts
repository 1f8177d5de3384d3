import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openCaller} from '../../aws/identity.js'
import {openRoutes} from '../../aws/routes.js'
import {openLive} from '../../aws/undeployed.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag} from '../../cli/flags.js'
import {routeArgs} from '../../cli/route-args.js'
import {resolveApi} from '../../domain/apis.js'
import {backendOf} from '../../domain/integrations.js'
import {planRouteAddition} from '../../domain/route-changes.js'
import {parseRoute} from '../../domain/route-paths.js'
import {liveNote} from '../../domain/undeployed.js'
import {routeTree} from '../../views/routes.js'

export default class RoutesAdd extends ApigwCommand {
  static override summary = 'Add a method to an API, with what is behind it and the resources that lead to it'
  static override description =
    'Variables of the path may stand in the URL of --http. A method that is there already and does something else is ' +
    'changed only with --replace; it keeps its authorization. Nothing is live before it is deployed.'
  static override examples = [
    '<%= config.bin %> routes add GET /hello --api petstore --mock',
    '<%= config.bin %> routes add GET "/pets/{id}" --api petstore --http "https://example.com/pets/{id}" --key-required',
    '<%= config.bin %> routes add ANY "/files/{proxy+}" --api petstore --lambda files:live',
  ]
  static override args = routeArgs
  static override flags = {
    ...apiFlag,
    mock: Flags.boolean({description: 'answer 200 without a backend', exactlyOne: ['mock', 'http', 'lambda']}),
    'mock-body': Flags.string({
      description: 'what it answers, a mapping template',
      helpValue: 'TEXT',
      dependsOn: ['mock'],
    }),
    http: Flags.string({description: 'pass requests on to a URL', helpValue: 'URL'}),
    lambda: Flags.string({
      description: 'pass requests on to a function: NAME, NAME:ALIAS or ARN',
      helpValue: 'FUNCTION',
    }),
    'key-required': Flags.boolean({description: 'refuse requests without an API key', allowNo: true}),
    replace: Flags.boolean({description: 'change the method if it is there and does something else'}),
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(RoutesAdd)
    const {session} = this
    const route = parseRoute(args)
    const backend = await backendOf({...flags, mockBody: flags['mock-body']}, route, () => openCaller(session))
    const api = await resolveApi(await openApis(session), this.context.api, this.choose)
    const request = {...route, integration: backend.integration, apiKeyRequired: flags['key-required']}
    const plan = await planRouteAddition(await openRoutes(session), api, {...request, replace: flags.replace})
    const added = await this.carryOut(plan, flags)
    if (!added) return
    await this.show(added, routeTree([added]))
    for (const grant of backend.permissionsFor(api.id)) this.note(`On AWS, it answers 500 until you run: ${grant}`)
    if (plan.changes.length > 0) this.note(await liveNote(await openLive(session), api))
  }
}
