import {openLogging} from '../../aws/logs.js'
import {filterFlags, logFlags, subjectFrom} from '../../cli/filter-flags.js'
import {streamFlags} from '../../cli/flags.js'
import {endFlags, followFlags, keepFlags, lineFlags, shapeFlags, windowFlags} from '../../cli/logs.js'
import {Tailing, TailingCommand} from '../../cli/tailing.js'
import {readLines, readRequests} from '../../domain/logs/reading.js'
import {resolveSubject} from '../../domain/logs/subject.js'
import {labelsOf} from '../../views/requests.js'

export default class LogsTail extends TailingCommand {
  static override summary = "Show a stage's requests, and with --follow those that come in"
  static override description =
    'Finds the log group of a REST or WebSocket API by its name or id and puts its lines together: one line a request, and for a failure one more with its cause and the command that mends it. API Gateway delivers lines about 20 s after their request. See `apigw help requests`.'
  static override examples = [
    '<%= config.bin %> logs tail --api petstore --stage prod --follow',
    "<%= config.bin %> logs tail --since 1h30m --grep 'status: 5\\d\\d' --verbose",
    "<%= config.bin %> logs tail --json | jq -r 'select(.failure) | .failure.cause' | sort | uniq -c",
    '<%= config.bin %> logs tail --raw --json | jq -r .message',
  ]
  static override flags = {
    ...logFlags,
    ...filterFlags,
    ...followFlags,
    ...endFlags,
    ...windowFlags,
    ...lineFlags,
    ...shapeFlags,
    ...keepFlags,
    ...streamFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsTail)
    const {lines: last, live} = flags
    const refs = subjectFrom(flags, this.context)
    const logging = await openLogging(this.session)
    const {logs, filter, explain} = await resolveSubject(logging, refs, {...this.session, choose: this.choose})
    const tailing = await Tailing.begin(flags, logs, this.session.clock)
    const {follow, ends, bookmark, statistics} = tailing
    const keeping = {ends, bookmark, statistics, save: this.keep(tailing)}
    const watch = {...this.session, ...keeping, explain, random: Math.random, tally: {requests: 0}}
    const wish = {...flags, logs, filter, last, follow, liveTail: live ? logging.liveTail : undefined}
    const labels = labelsOf(logs, flags)
    if (flags.raw) return this.showLines(readLines(logging.source, wish, watch), labels, tailing)
    await this.showRequests(readRequests(logging.source, wish, watch), {...flags, labels}, tailing)
  }
}
