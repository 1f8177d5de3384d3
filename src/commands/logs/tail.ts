import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {endFlags, followFlags, keepFlags, lineFlags, shapeFlags, windowFlags} from '../../cli/logs.js'
import {Tailing, TailingCommand} from '../../cli/tailing.js'
import {type LogEvent, lineMaker} from '../../domain/logs/events.js'
import {requestOrItself} from '../../domain/logs/requests/lines.js'
import {explainSilence} from '../../domain/logs/silence.js'
import {logOf, resolveLoggedStage} from '../../domain/logs/stages.js'
import {tail} from '../../domain/logs/tail.js'

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
    ...apiFlag,
    ...stageFlag,
    ...followFlags,
    ...endFlags,
    ...windowFlags,
    ...lineFlags,
    ...shapeFlags,
    access: Flags.boolean({description: 'the access log instead of the execution log'}),
    ...keepFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsTail)
    const {lines: last, access, raw, live} = flags
    const logging = await openLogging(this.session)
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const logs = [logOf(stage, access ? 'access' : 'execution')]
    const tailing = await Tailing.begin(flags, logs, this.session.clock)
    const {follow, ends, bookmark, statistics} = tailing
    const lineOf = lineMaker(flags)
    const counts = flags.grep && ((event: LogEvent) => lineOf(event) !== undefined)
    const explain = () => explainSilence(stage, logging.account, logging.roles)
    const keeping = {ends, bookmark, statistics, save: this.keep(tailing)}
    const watch = {...this.session, ...keeping, explain, random: Math.random}
    const liveTail = live ? logging.liveTail : undefined
    const isLines = raw || access
    const unitOf = isLines ? undefined : requestOrItself
    const batches = tail(logging.source, {...flags, logs, last, counts, unitOf, follow, liveTail}, watch)
    await (isLines ? this.showLines(batches, flags, tailing) : this.showRequests(batches, flags, tailing))
  }
}
