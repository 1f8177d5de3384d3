import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {planArg} from '../../cli/plan-flags.js'
import {findUsagePlan} from '../../domain/plans.js'
import {planKeyView} from '../../views/plans.js'

export default class PlansKeys extends ApigwCommand {
  static override summary = 'List the API keys on a usage plan, their values masked'
  static override examples = [
    '<%= config.bin %> plans keys gold',
    '<%= config.bin %> plans keys gold --output id | <%= config.bin %> keys disable -',
  ]
  static override args = planArg

  async run(): Promise<void> {
    const {args} = await this.parse(PlansKeys)
    const plans = await openPlans(this.session)
    const plan = await findUsagePlan(plans, args.plan)
    await this.list(plans.keys(plan.id), planKeyView)
  }
}
