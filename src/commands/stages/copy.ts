import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openPlans} from '../../aws/plans.js'
import {openStagePorts} from '../../aws/stage-ports.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, pairsFlag, recordOf, yesFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {planStageCopy} from '../../domain/stage-copies.js'
import {stageDetails} from '../../views/stages.js'

export default class StagesCopy extends ApigwCommand {
  static override summary = 'Make a stage with all settings of another'
  static override description =
    'Variables, settings of all and of single methods, cache, tracing, access log, documentation version, client ' +
    'certificate, tags, description and web ACL; at the end both are compared. The canary is not copied. A stage that is ' +
    'overwritten keeps its canary and its usage plans, and nothing else.'
  static override examples = [
    '<%= config.bin %> stages copy prod staging --api petstore',
    '<%= config.bin %> stages copy prod staging --deployment latest --var table=pets-staging --with-plans',
    '<%= config.bin %> stages copy prod staging --overwrite --dry-run',
  ]
  static override args = {
    from: Args.string({description: 'the stage whose settings are copied', required: true}),
    to: Args.string({description: 'the stage that gets them', required: true}),
  }
  static override flags = {
    ...apiFlag,
    deployment: Flags.string({
      description: 'what it serves, if not what the other serves',
      helpValue: 'ID|latest',
    }),
    var: pairsFlag({description: 'give a variable another value; as often as wanted'}),
    'with-plans': Flags.boolean({description: 'put it on the usage plans of the other, one in 20 seconds'}),
    'web-acl': Flags.boolean({
      description: 'put the web ACL of the other in front of it',
      allowNo: true,
      default: true,
    }),
    overwrite: Flags.boolean({description: 'change a stage that is there already'}),
    ...yesFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(StagesCopy)
    const {session} = this
    const [apis, ports, plans] = await Promise.all([openApis(session), openStagePorts(session), openPlans(session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const {deployment, overwrite, 'with-plans': withPlans, 'web-acl': webAcl} = flags
    const request = {...args, deployment, overwrite, withPlans, webAcl, variables: recordOf(flags.var)}
    const plan = await planStageCopy({...ports, plans, session}, api, request)
    if (plan.overwrites) await this.guard(args.to, flags)
    const stage = await this.carryOut(plan, flags)
    for (const remark of plan.remarks) this.note(remark)
    if (stage) await this.show(stage, stageDetails)
  }
}
