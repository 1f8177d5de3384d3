import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openCloning} from '../../aws/api-clone.js'
import {openApis} from '../../aws/apis.js'
import {ApigwCommand} from '../../cli/command.js'
import {endpointFlags, endpointTypeFrom} from '../../cli/endpoint-flags.js'
import {dryRunFlag, namesakeFlags, onNamesakeFrom} from '../../cli/flags.js'
import {planApiClone} from '../../domain/api-clone.js'
import {resolveApi} from '../../domain/apis.js'
import {apiView, cloneRemarks} from '../../views/apis.js'

export default class ApisClone extends ApigwCommand {
  static override summary = 'Create a REST API that is like another one as it is edited now'
  static override description =
    'Copied are resources and methods with all that they use, gateway responses, settings, resource policy and tags; the ' +
    'clone is compared with its source, and what is not alike is named. Not copied are stages, deployments, usage plans, ' +
    'custom domain names and documentation: what there is of them is told, with the commands that bring it.'
  static override examples = [
    '<%= config.bin %> apis clone petstore petstore-next',
    '<%= config.bin %> apis clone petstore petstore-next --stage prod',
    '<%= config.bin %> apis clone petstore petstore-inside --private --dry-run',
  ]
  static override args = {
    api: Args.string({description: 'API to copy, by name or id', required: true}),
    name: Args.string({description: 'name of the new API', required: true}),
  }
  static override flags = {
    ...endpointFlags,
    // Not what else `--stage` is: APIGW_STAGE and the project file do not ask for a deployment.
    stage: Flags.string({char: 's', description: 'deploy it to a stage of that name', helpValue: 'STAGE'}),
    ...namesakeFlags,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ApisClone)
    const apis = await openApis(this.session)
    const {id} = await resolveApi(apis, args.api, this.choose)
    const plan = await planApiClone(await openCloning(this.session), await apis.get(id), {
      name: args.name,
      endpointType: endpointTypeFrom(flags),
      stage: flags.stage,
      onNamesake: onNamesakeFrom(flags),
    })
    const clone = await this.carryOut(plan, flags)
    if (!clone) return
    await this.show(clone.api, apiView)
    for (const remark of cloneRemarks(clone)) this.note(remark)
  }
}
