import {openApis} from '../../aws/apis.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {listUsagePlans} from '../../domain/plans.js'
import {planView} from '../../views/plans.js'

export default class PlansList extends ApigwCommand {
  static override summary = 'List the usage plans of the account and Region'
  static override examples = ['<%= config.bin %> plans list', '<%= config.bin %> plans list --output id']

  async run(): Promise<void> {
    await this.parse(PlansList)
    const [plans, apis] = await Promise.all([openPlans(this.session), openApis(this.session)])
    await this.list(listUsagePlans(plans, apis), planView)
  }
}
