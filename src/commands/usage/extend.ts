import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openUsageStores} from '../../aws/usage.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {extendQuota, extensionFrom, extensionRemarks} from '../../domain/usage-extension.js'
import {extendedQuotaView} from '../../views/usage.js'

export default class UsageExtend extends ApigwCommand {
  static override summary = 'Give an API key more requests, or fewer, until its quota resets'
  static override description =
    'The quota of the plan stays as it is, and the key has all of it again when the next period begins. With --add what the key has left is read first: what it uses in between it has besides.'
  static override examples = [
    '<%= config.bin %> usage extend mobile --remaining 5000',
    '<%= config.bin %> usage extend mobile --add 1000 --plan gold --dry-run',
  ]
  static override args = {key: Args.string({description: 'API key, by name or id', required: true})}
  static override flags = {
    remaining: Flags.string({description: 'requests that it has left from now on', helpValue: 'N', exclusive: ['add']}),
    add: Flags.string({description: 'requests that it has left besides those it has', helpValue: 'N'}),
    plan: Flags.string({char: 'p', description: 'usage plan, where the key is on several', helpValue: 'PLAN'}),
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(UsageExtend)
    const request = {key: args.key, plan: flags.plan, extension: extensionFrom(flags)}
    const {clock} = this.session
    const plan = await extendQuota(await openUsageStores(this.session), request, {clock, choose: this.choose})
    const extended = await this.carryOut(plan, flags)
    if (!extended) return
    await this.show(extended, extendedQuotaView)
    this.remark(extensionRemarks(extended))
  }
}
