import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {planArg} from '../../cli/plan-flags.js'
import {findUsagePlan} from '../../domain/plans.js'
import {planDetailView} from '../../views/plans.js'

export default class PlansGet extends ApigwCommand {
  static override summary = 'Show a usage plan; limits of single methods with --json'
  static override examples = ['<%= config.bin %> plans get gold', '<%= config.bin %> plans get gold --json']
  static override args = planArg

  async run(): Promise<void> {
    const {args} = await this.parse(PlansGet)
    await this.show(await findUsagePlan(await openPlans(this.session), args.plan), planDetailView)
  }
}
