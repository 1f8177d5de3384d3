import * as Flags from '@oclif/core/flags'
import {openStageLookup} from '../../aws/plan-stages.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag, tagChangeFlags, tagChangeFrom} from '../../cli/flags.js'
import {limitFlags, planArg} from '../../cli/plan-flags.js'
import {updateUsagePlan} from '../../domain/plans.js'
import {planDetailView} from '../../views/plans.js'

export default class PlansUpdate extends ApigwCommand {
  static override summary = 'Change the limits, stages, name or tags of a usage plan, all in one call'
  static override description = 'The service takes one change of a usage plan in 20 seconds: say all of it at once.'
  static override examples = [
    '<%= config.bin %> plans update gold --rate 200 --quota 50000/day',
    '<%= config.bin %> plans update gold --no-quota --attach petstore/beta --detach petstore/alpha',
  ]
  static override args = planArg
  static override flags = {
    name: Flags.string({description: 'new name', helpValue: 'NAME'}),
    description: Flags.string({description: 'what the plan is for', helpValue: 'TEXT'}),
    ...limitFlags,
    'no-throttle': Flags.boolean({description: 'no limit of requests a second', exclusive: ['rate', 'burst']}),
    'no-quota': Flags.boolean({description: 'no quota', exclusive: ['quota']}),
    attach: Flags.string({description: 'put a stage on the plan', helpValue: 'API/STAGE', multiple: true}),
    detach: Flags.string({description: 'take a stage off the plan', helpValue: 'API/STAGE', multiple: true}),
    ...tagChangeFlags,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PlansUpdate)
    const {name, description, rate, burst, quota, attach = [], detach = []} = flags
    const none = {noThrottle: Boolean(flags['no-throttle']), noQuota: Boolean(flags['no-quota'])}
    const update = {name, description, rate, burst, quota, attach, detach, ...none, tags: tagChangeFrom(flags)}
    const [plans, lookup] = await Promise.all([openPlans(this.session), openStageLookup(this.session)])
    const updated = await this.carryOut(await updateUsagePlan(plans, lookup, args.plan, update), flags)
    if (updated) await this.show(updated, planDetailView)
  }
}
