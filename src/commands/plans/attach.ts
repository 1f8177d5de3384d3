import * as Flags from '@oclif/core/flags'
import {openAttachmentStores} from '../../aws/attachments.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {attachmentFlags, planArg} from '../../cli/plan-flags.js'
import {attachToPlan} from '../../domain/attachments.js'
import {attachmentView} from '../../views/plans.js'

export default class PlansAttach extends ApigwCommand {
  static override summary = 'Put API keys and stages on a usage plan'
  static override examples = [
    '<%= config.bin %> plans attach gold --key mobile --key tablet',
    '<%= config.bin %> plans attach gold --stage petstore/prod --stage orders/prod',
    '<%= config.bin %> plans attach gold --key mobile --from bronze',
  ]
  static override args = planArg
  static override flags = {
    ...attachmentFlags,
    from: Flags.string({description: 'move the keys: take them off this plan', helpValue: 'PLAN'}),
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PlansAttach)
    const {key: keys = [], stage: stages = []} = flags
    const plan = await attachToPlan(await openAttachmentStores(this.session), args.plan, {keys, stages}, flags.from)
    await this.carryOutAll(plan, flags, attachmentView)
  }
}
