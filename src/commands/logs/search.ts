import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {filterFlags, logFlags, subjectFrom} from '../../cli/filter-flags.js'
import {streamFlags} from '../../cli/flags.js'
import {lineFlags, searchWindowFlags, shapeFlags} from '../../cli/logs.js'
import {isFiltering} from '../../domain/logs/filters/filter.js'
import {readLines, readRequests} from '../../domain/logs/reading.js'
import {noStatistics} from '../../domain/logs/statistics.js'
import {resolveSubject} from '../../domain/logs/subject.js'
import {logLineView, searchSummary} from '../../views/logs.js'
import {labelsOf, requestView} from '../../views/requests.js'

const HOUR = 60 * 60 * 1000

export default class LogsSearch extends ApigwCommand {
  static override summary = 'Show the requests of some time that are like this or that'
  static override description =
    'All filters have to hold; what of them CloudWatch Logs can look for is left to it. At the end it says on stderr which time was searched. To go on with what comes in: `apigw logs tail`, which has the same filters.'
  static override examples = [
    '<%= config.bin %> logs search --api petstore --stage prod --errors',
    "<%= config.bin %> logs search --status 5xx --path '/orders/*' --min-latency 1s --since 1d",
    '<%= config.bin %> logs search --key mobile --stage prod --stage beta -n 20',
    '<%= config.bin %> logs search --request-id 1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01 --verbose',
  ]
  static override flags = {
    ...logFlags,
    ...searchWindowFlags,
    ...filterFlags,
    ...lineFlags,
    ...shapeFlags,
    ...streamFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsSearch)
    const refs = subjectFrom(flags, this.context)
    const {clock} = this.session
    const {until = clock.now(), since = until - HOUR} = flags
    const logging = await openLogging(this.session)
    const {logs, filter, explain} = await resolveSubject(logging, refs, {...this.session, choose: this.choose})
    const statistics = noStatistics()
    const tally = {requests: 0}
    const watch = {...this.session, explain, random: Math.random, statistics, tally}
    const wish = {...flags, logs, filter, since, until, last: flags.lines, follow: false, wait: false}
    const labels = labelsOf(logs, flags)
    if (flags.raw) await this.stream(readLines(logging.source, wish, watch), logLineView(labels))
    else await this.stream(readRequests(logging.source, wish, watch), requestView({...flags, labels}))
    const requests = flags.raw && !isFiltering(filter) ? undefined : tally.requests
    this.note(searchSummary({since, until, logs, requests, lines: statistics.events}))
  }
}
