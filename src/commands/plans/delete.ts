import * as Flags from '@oclif/core/flags'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {confirmFlag, dryRunFlag} from '../../cli/flags.js'
import {planArg} from '../../cli/plan-flags.js'
import {deleteUsagePlan, deletionQuestion} from '../../domain/plans.js'
import {deletedPlanView} from '../../views/plans.js'

export default class PlansDelete extends ApigwCommand {
  static override summary = 'Delete a usage plan; its keys stay, without what it gave them'
  static override description = 'The service deletes no plan that has stages: --detach takes them off, all in one call.'
  static override examples = [
    '<%= config.bin %> plans delete gold --detach --confirm gold',
    '<%= config.bin %> plans delete gold --detach --dry-run',
  ]
  static override args = planArg
  static override flags = {
    detach: Flags.boolean({description: 'take its stages off first'}),
    ...confirmFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PlansDelete)
    const plan = await deleteUsagePlan(await openPlans(this.session), args.plan, Boolean(flags.detach))
    if (!flags['dry-run']) await this.prompt.confirmName({...deletionQuestion(plan), given: flags.confirm})
    const deleted = await this.carryOut(plan, flags)
    if (deleted) await this.show(deleted, deletedPlanView)
  }
}
