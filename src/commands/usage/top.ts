import * as Flags from '@oclif/core/flags'
import {openUsageStores} from '../../aws/usage.js'
import {ApigwCommand} from '../../cli/command.js'
import {usageFlags} from '../../cli/usage-flags.js'
import {dayRangeFrom, utcDay} from '../../domain/usage.js'
import {RANKINGS, reportUsage, topKeys} from '../../domain/usage-report.js'
import {gapRemarks, keyUsageChart, keyUsageView, usageRemarks} from '../../views/usage.js'

export default class UsageTop extends ApigwCommand {
  static override summary = 'Show the API keys that use most, or that run out first'
  static override examples = [
    '<%= config.bin %> usage top --from 7d',
    '<%= config.bin %> usage top --by days-left --plan gold',
    '<%= config.bin %> usage top --by share -n 100 --json',
  ]
  static override flags = {
    by: Flags.option({
      description: 'what comes first: most requests, the largest share of the quota, or what runs out first',
      options: RANKINGS,
      default: 'used' as const,
    })(),
    limit: Flags.integer({char: 'n', description: 'show the first N', default: 20, helpValue: 'N', min: 1}),
    ...usageFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(UsageTop)
    const now = this.session.clock.now()
    const query = {plans: flags.plan ?? [], range: dayRangeFrom(flags, now)}
    const report = await reportUsage(await openUsageStores(this.session), query, this.session)
    const top = await topKeys(report, flags.by, flags.limit, now)
    if (this.isForPeople) {
      await this.show(top, keyUsageChart(this.canvas))
      return this.noteAll(usageRemarks(report, utcDay(now)))
    }
    await this.show(top, keyUsageView)
    this.remark(gapRemarks(report, utcDay(now)))
  }
}
