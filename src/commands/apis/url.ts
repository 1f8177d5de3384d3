import {openApis} from '../../aws/apis.js'
import {openLocation} from '../../aws/location.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiArg, apiFlag, stageFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {resolveStage} from '../../domain/stages.js'
import {caveatsOf, stageUrls} from '../../domain/urls.js'
import {urlView} from '../../views/apis.js'

export default class ApisUrl extends ApigwCommand {
  static override summary = 'Print where an API is called: one URL a line, of each stage or of one'
  static override description =
    'A private API has a URL for each VPC endpoint that it is associated with. On an endpoint other than AWS the URL ' +
    'is made from APIGW_INVOKE_URL, with {api} and {stage} in it.'
  static override examples = [
    '<%= config.bin %> apis url petstore --stage prod',
    'curl "$(<%= config.bin %> apis url petstore --stage prod)/pets"',
  ]
  static override args = {...apiArg}
  static override flags = {...apiFlag, ...stageFlag}

  async run(): Promise<void> {
    await this.parse(ApisUrl)
    const api = await resolveApi(await openApis(this.session), this.context.api, this.choose)
    const all = await (await openStages(this.session)).list(api.id)
    const {stage} = this.context
    const stages = stage === undefined ? all : [await resolveStage(all, stage, this.choose, api)]
    for (const caveat of caveatsOf(api)) this.note(caveat)
    const names = stages.map(({name}) => name)
    await this.show(stageUrls(api, names, await openLocation(this.session)), urlView)
  }
}
