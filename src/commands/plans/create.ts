import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openOpeningLookup} from '../../aws/openings.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag, namesakeFlags, onNamesakeFrom, pairsFlag, recordOf} from '../../cli/flags.js'
import {limitFlags} from '../../cli/plan-flags.js'
import {limitsFrom} from '../../domain/limits.js'
import {createUsagePlan} from '../../domain/plans.js'
import {planDetailView} from '../../views/plans.js'

export default class PlansCreate extends ApigwCommand {
  static override summary = 'Create a usage plan and put stages on it'
  static override description = 'Its limits hold for each of its keys by itself.'
  static override examples = [
    '<%= config.bin %> plans create gold --stage petstore/prod --rate 100 --burst 200 --quota 10000/day',
    '<%= config.bin %> plans create trial --stage petstore/prod --stage orders/prod --quota 500/month',
    "<%= config.bin %> plans create free --stage petstore/prod --throttle 'petstore/prod POST /pets=1/5'",
  ]
  static override args = {name: Args.string({description: 'name of the plan', required: true})}
  static override flags = {
    stage: Flags.string({
      char: 's',
      description: 'put a stage on the plan; the API by name or id',
      helpValue: 'API/STAGE',
      multiple: true,
    }),
    ...limitFlags,
    description: Flags.string({description: 'what the plan is for', helpValue: 'TEXT'}),
    tag: pairsFlag({description: 'set a tag'}),
    ...namesakeFlags,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PlansCreate)
    const {stage: stages = [], throttle: methodLimits = [], description} = flags
    const rest = {tags: recordOf(flags.tag), onNamesake: onNamesakeFrom(flags), ...limitsFrom(flags)}
    const request = {name: args.name, description, stages, methodLimits, ...rest}
    const [plans, lookup] = await Promise.all([openPlans(this.session), openOpeningLookup(this.session)])
    const created = await this.carryOut(await createUsagePlan(plans, lookup, request), flags)
    if (created) await this.show(created, planDetailView)
  }
}
