import {openAttachmentStores} from '../../aws/attachments.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {attachmentFlags, planArg} from '../../cli/plan-flags.js'
import {detachFromPlan} from '../../domain/attachments.js'
import {attachmentView} from '../../views/plans.js'

export default class PlansDetach extends ApigwCommand {
  static override summary = 'Take API keys and stages off a usage plan'
  static override examples = [
    '<%= config.bin %> plans detach gold --key mobile',
    '<%= config.bin %> plans detach gold --stage petstore/prod',
  ]
  static override args = planArg
  static override flags = {...attachmentFlags, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PlansDetach)
    const {key: keys = [], stage: stages = []} = flags
    const plan = await detachFromPlan(await openAttachmentStores(this.session), args.plan, {keys, stages})
    await this.carryOutAll(plan, flags, attachmentView)
  }
}
