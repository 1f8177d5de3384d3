import * as Flags from '@oclif/core/flags'
import {openOpeningLookup} from '../../aws/openings.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag, tagChangeFlags, tagChangeFrom} from '../../cli/flags.js'
import {limitFlags, planArg} from '../../cli/plan-flags.js'
import {updateUsagePlan} from '../../domain/plan-updates.js'
import {planDetailView} from '../../views/plans.js'

export default class PlansUpdate extends ApigwCommand {
  static override summary = 'Change the limits, stages, name or tags of a usage plan, all in one call'
  static override description = 'The service takes one change of a usage plan in 20 seconds: say all of it at once.'
  static override examples = [
    '<%= config.bin %> plans update gold --rate 200 --quota 50000/day',
    '<%= config.bin %> plans update gold --no-quota --stage petstore/beta --detach petstore/alpha',
    "<%= config.bin %> plans update gold --throttle 'petstore/prod POST /pets=1/5' --unthrottle 'petstore/prod GET /pets'",
  ]
  static override args = planArg
  static override flags = {
    name: Flags.string({description: 'new name', helpValue: 'NAME'}),
    description: Flags.string({description: 'what the plan is for', helpValue: 'TEXT'}),
    ...limitFlags,
    unthrottle: Flags.string({
      description: "take such a limit away, 'petstore/prod GET /pets': --rate and --burst hold again there",
      helpValue: 'METHOD',
      multiple: true,
    }),
    'no-throttle': Flags.boolean({description: 'take --rate and --burst away', exclusive: ['rate', 'burst']}),
    'no-quota': Flags.boolean({description: 'take the quota away', exclusive: ['quota']}),
    stage: Flags.string({
      char: 's',
      aliases: ['attach'],
      description: 'put a stage on the plan; the API by name or id (also --attach)',
      helpValue: 'API/STAGE',
      multiple: true,
    }),
    detach: Flags.string({description: 'take a stage off the plan', helpValue: 'API/STAGE', multiple: true}),
    ...tagChangeFlags,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PlansUpdate)
    const {name, description, rate, burst, quota, stage: attach = [], detach = []} = flags
    const none = {noThrottle: Boolean(flags['no-throttle']), noQuota: Boolean(flags['no-quota'])}
    const methods = {methodLimits: flags.throttle ?? [], noMethodLimits: flags.unthrottle ?? []}
    const rest = {attach, detach, ...methods, ...none, tags: tagChangeFrom(flags)}
    const update = {name, description, rate, burst, quota, ...rest}
    const [plans, lookup] = await Promise.all([openPlans(this.session), openOpeningLookup(this.session)])
    const updated = await this.carryOut(await updateUsagePlan(plans, lookup, args.plan, update), flags)
    if (updated) await this.show(updated, planDetailView)
  }
}
