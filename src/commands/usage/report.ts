import * as Flags from '@oclif/core/flags'
import {openUsageStores} from '../../aws/usage.js'
import {ApigwCommand} from '../../cli/command.js'
import {usageFlags} from '../../cli/usage-flags.js'
import {dayRangeFrom, utcDay} from '../../domain/usage.js'
import {customerReports, dayReports, reportUsage, type UsageReport, withUncounted} from '../../domain/usage-report.js'
import {
  customerUsageChart,
  customerUsageView,
  dayUsageView,
  gapRemarks,
  keyUsageChart,
  keyUsageView,
  usageRemarks,
} from '../../views/usage.js'

export default class UsageReportCommand extends ApigwCommand {
  static override summary = 'Show what API keys used of their quotas, day by day'
  static override description =
    'On a terminal a line for each key; for programs, such as billing, a row for each key and day. A key on several plans has one on each. The pace is the mean of the last 7 days and today so far, from the first of them with a request on; the outlook is whether what is left lasts until the quota resets. Days, weeks (from Sunday) and months are those of UTC. The service counts with a delay of minutes, and only on plans with a quota.'
  static override examples = [
    '<%= config.bin %> usage report --plan gold',
    '<%= config.bin %> usage report --from 2026-10-01 --to 2026-10-31 --output csv > october.csv',
    "<%= config.bin %> usage report --by customer --json | jq '.[] | [.customerId, .used]'",
  ]
  static override flags = {
    ...usageFlags,
    key: Flags.string({char: 'k', description: 'only this API key, by name or id', helpValue: 'KEY'}),
    by: Flags.option({
      description: 'what a row is of [default: key on a terminal, else day of a key]',
      options: ['day', 'key', 'customer'] as const,
    })(),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(UsageReportCommand)
    const now = this.session.clock.now()
    const query = {plans: flags.plan ?? [], key: flags.key, range: dayRangeFrom(flags, now)}
    const report = await reportUsage(await openUsageStores(this.session), query, this.session)
    const by = flags.by ?? (this.isForPeople ? 'key' : 'day')
    if (this.isForPeople && by !== 'day') await this.#chart(report, by)
    else if (by === 'key') await this.list(this.#rows(report, report.keys), keyUsageView)
    else if (by === 'day') await this.list(this.#rows(report, dayReports(report.keys, now)), dayUsageView)
    else await this.list(this.#rows(report, customerReports(report)), customerUsageView)
    if (this.isForPeople) this.noteAll(usageRemarks(report, utcDay(now)))
    else this.remark(gapRemarks(report, utcDay(now)))
  }

  async #chart(report: UsageReport, by: 'key' | 'customer'): Promise<void> {
    if (by === 'key') await this.list(report.keys, keyUsageChart(this.canvas))
    else await this.list(customerReports(report), customerUsageChart(this.canvas))
  }

  #rows<Row>({uncounted}: UsageReport, rows: AsyncIterable<Row>) {
    return withUncounted(rows, this.isForPrograms ? uncounted : [])
  }
}
