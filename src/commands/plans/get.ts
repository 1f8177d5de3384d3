import {openApis} from '../../aws/apis.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {planArg} from '../../cli/plan-flags.js'
import {describeUsagePlan} from '../../domain/plans.js'
import {planDetailView} from '../../views/plans.js'

export default class PlansGet extends ApigwCommand {
  static override summary = 'Show a usage plan: its limits, its stages and the limits of single methods'
  static override examples = ['<%= config.bin %> plans get gold', '<%= config.bin %> plans get gold --json']
  static override args = planArg

  async run(): Promise<void> {
    const {args} = await this.parse(PlansGet)
    const [plans, apis] = await Promise.all([openPlans(this.session), openApis(this.session)])
    await this.show(await describeUsagePlan(plans, apis, args.plan), planDetailView)
  }
}
