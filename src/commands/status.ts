import * as Flags from '@oclif/core/flags'
import {openApis} from '../aws/apis.js'
import {openStatus} from '../aws/status.js'
import {ApigwCommand} from '../cli/command.js'
import {EXIT_CODES} from '../cli/failure.js'
import {apiArg, apiFlag} from '../cli/flags.js'
import {collect, resolveApi} from '../domain/apis.js'
import {type ApiOverview, type ApiStatus, apiOverviews, apiStatus, gapsIn, isBehind} from '../domain/status.js'
import {caveatsOf} from '../domain/urls.js'
import {overviewView, statusReport} from '../views/status.js'

export default class Status extends ApigwCommand {
  static override summary = 'Show how an API is doing: its stages, what they serve, and what is not live'
  static override description =
    'For each stage: its deployment and its age, the changes that are not live on it, canary, logging, throttle, cache, ' +
    'URLs, custom domains and usage plans. In a pipe, a row for each stage.'
  static override examples = [
    '<%= config.bin %> status petstore',
    '<%= config.bin %> status --stage prod --exit-code',
    "<%= config.bin %> status --all --query '[?stages[?undeployed > `0`]].name'",
  ]
  static override args = {...apiArg}
  static override flags = {
    ...apiFlag,
    stage: Flags.string({char: 's', description: 'only this stage', helpValue: 'STAGE', multiple: true}),
    all: Flags.boolean({description: 'all APIs, a line for each', exclusive: ['api', 'stage']}),
    'exit-code': Flags.boolean({description: 'exit with 8 when something is not live'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Status)
    const [apis, ports] = await Promise.all([openApis(this.session), openStatus(this.session)])
    const found: (ApiStatus | ApiOverview)[] = []
    if (flags.all) {
      const all = apiOverviews(ports, await collect(apis.list()), overview => found.push(overview))
      await this.list(all, overviewView)
    } else {
      const api = await resolveApi(apis, this.context.api, this.choose)
      const status = await apiStatus(ports, api, flags.stage ?? [])
      await this.report(status, statusReport)
      for (const caveat of caveatsOf(api)) this.note(caveat)
      found.push(status)
    }
    for (const gap of found.flatMap(gapsIn)) this.note(gap)
    if (flags['exit-code'] && isBehind(found)) this.exitWith(EXIT_CODES.differences)
  }
}
