import * as Args from '@oclif/core/args'
import {openApis} from '../../aws/apis.js'
import {openComparison} from '../../aws/comparisons.js'
import {openTemporaryStages} from '../../aws/temporary-stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {diffFlags} from '../../cli/diff-flags.js'
import {apiFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {compareDeployments} from '../../domain/snapshots/comparison.js'

const helpOf = (what: string) =>
  `${what}: id of a deployment, "latest", name of a stage, or "edited" for the API as it is edited now`

export default class DeploymentsDiff extends ApigwCommand {
  static override summary = 'Show what makes one deployment another than the other'
  static override description =
    'A deployment that a stage serves is compared whole. Of one that no stage serves the service tells its routes, how ' +
    'callers are authorized and whether they need a key; for the rest there is --temporary-stage.'
  static override examples = [
    '<%= config.bin %> deployments diff 46bce8 latest --api petstore',
    '<%= config.bin %> deployments diff 46bce8',
    '<%= config.bin %> deployments diff 46bce8 prod --temporary-stage --output markdown',
  ]
  static override args = {
    before: Args.string({required: true, description: helpOf('before')}),
    after: Args.string({default: 'edited', description: helpOf('after')}),
  }
  static override flags = {...apiFlag, ...diffFlags}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(DeploymentsDiff)
    const [apis, ports] = await Promise.all([openApis(this.session), openComparison(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const temporary = flags['temporary-stage'] ? await openTemporaryStages(this.session, this.undoing) : undefined
    await this.showDifference(await compareDeployments(ports, api, args, temporary), flags)
  }
}
