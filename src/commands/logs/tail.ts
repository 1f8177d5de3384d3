import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {followFlags, lineFlags, windowFlags} from '../../cli/logs.js'
import {type LogEvent, lineMaker, linesOf} from '../../domain/logs/events.js'
import {explainSilence} from '../../domain/logs/silence.js'
import {logOf, resolveLoggedStage} from '../../domain/logs/stages.js'
import {noStatistics} from '../../domain/logs/statistics.js'
import {tail} from '../../domain/logs/tail.js'
import {logLineView} from '../../views/logs.js'

export default class LogsTail extends ApigwCommand {
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
    ...windowFlags,
    ...lineFlags,
    access: Flags.boolean({description: 'the access log instead of the execution log'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsTail)
    const {lines: last, access, pattern, since, until, live, wait} = flags
    const logging = await openLogging(this.session)
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const logs = [logOf(stage, access ? 'access' : 'execution')]
    const lineOf = lineMaker(flags)
    const counts = flags.grep && ((event: LogEvent) => lineOf(event) !== undefined)
    const explain = () => explainSilence(stage, logging.account, logging.roles)
    const watch = {...this.session, explain, random: Math.random, statistics: noStatistics()}
    const liveTail = live ? logging.liveTail : undefined
    const follow = live || flags.follow
    const options = {logs, pattern, since, until, last, counts, follow, wait, liveTail}
    const batches = tail(logging.source, options, watch)
    await this.stream(linesOf(batches, flags, this.signal), logLineView)
  }
}
