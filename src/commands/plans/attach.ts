import {openAttachmentStores} from '../../aws/attachments.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {attachmentFlags, fromPlanFlag, planArg} from '../../cli/plan-flags.js'
import {attachToPlan} from '../../domain/attachments.js'
import {attachmentView} from '../../views/plans.js'

export default class PlansAttach extends ApigwCommand {
  static override summary = 'Put API keys and stages on a usage plan'
  static override description =
    'All stages go on in one call, then each key. A key can be on several plans, but not on two that have one stage: moved from one to the other it is on neither for a moment.'
  static override examples = [
    '<%= config.bin %> plans attach gold --key mobile --key tablet',
    '<%= config.bin %> plans attach gold --stage petstore/prod --stage orders/prod',
    '<%= config.bin %> plans attach gold --key mobile --from bronze',
  ]
  static override args = planArg
  static override flags = {
    ...attachmentFlags,
    ...fromPlanFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PlansAttach)
    const {key: keys = [], stage: stages = []} = flags
    const plan = await attachToPlan(await openAttachmentStores(this.session), args.plan, {keys, stages}, flags.from)
    await this.carryOutAll(plan, flags, attachmentView)
  }
}
