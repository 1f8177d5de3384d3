import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {endFlags, followFlags, keepFlags, lineFlags, windowFlags} from '../../cli/logs.js'
import {Tailing, TailingCommand} from '../../cli/tailing.js'
import {type LogEvent, lineMaker, linesOf} from '../../domain/logs/events.js'
import {explainSilence} from '../../domain/logs/silence.js'
import {logOf, resolveLoggedStage} from '../../domain/logs/stages.js'
import {tail} from '../../domain/logs/tail.js'
import {logLineView} from '../../views/logs.js'

export default class LogsTail extends TailingCommand {
  static override summary = "Show a stage's log, and with --follow what comes in"
  static override description =
    'Finds the log group of a REST or WebSocket API by its name or id. API Gateway delivers lines about 20 s after their request. In a pipe a line is time, tab, message.'
  static override examples = [
    '<%= config.bin %> logs tail --api petstore --stage prod --follow',
    "<%= config.bin %> logs tail --since 1h30m --grep 'status: 5\\d\\d'",
    '<%= config.bin %> logs tail -n 100 --json | jq -r .requestId | sort -u',
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    ...followFlags,
    ...endFlags,
    ...windowFlags,
    ...lineFlags,
    access: Flags.boolean({description: 'the access log instead of the execution log'}),
    ...keepFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsTail)
    const {lines: last, access, live} = flags
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
    const batches = tail(logging.source, {...flags, logs, last, counts, follow, liveTail}, watch)
    const lines = linesOf(batches, flags, this.signal, bookmark)
    await this.showTail(
      ends.limit(lines, line => line.message),
      logLineView,
      tailing,
    )
  }
}
