import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {momentFlag, regexFlag} from '../../cli/logs.js'
import {lineMaker} from '../../domain/logs/events.js'
import {explainSilence} from '../../domain/logs/silence.js'
import {accessGroupOf, resolveLoggedStage} from '../../domain/logs/stages.js'
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
    follow: Flags.boolean({char: 'f', description: 'go on with what comes in'}),
    since: momentFlag({description: 'from then on: 10m, 1h30m, an ISO time, ms since 1970 [default: 10m]'}),
    until: momentFlag({description: 'up to then'}),
    lines: Flags.integer({
      char: 'n',
      description: 'of what is there, only the last N; without --since from up to 7 days',
      helpValue: 'N',
      min: 0,
    }),
    grep: regexFlag({description: 'only lines that match; decided here'}),
    pattern: Flags.string({
      description: "only lines that match CloudWatch's filter pattern; decided by the service",
      helpValue: 'PATTERN',
    }),
    access: Flags.boolean({description: 'the access log instead of the execution log'}),
    redact: Flags.boolean({description: 'hide credentials in lines', default: true, allowNo: true}),
    wait: Flags.boolean({
      description: 'with --follow, wait for a log group that is not there yet',
      default: true,
      allowNo: true,
    }),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsTail)
    const {lines: last, access, pattern, since, until, follow, wait} = flags
    const logging = await openLogging(this.session)
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const group = access ? accessGroupOf(stage) : stage.group
    const explain = () => explainSilence(stage, logging.account, logging.roles)
    const options = {group, pattern, since, until, last, follow, wait, lineOf: lineMaker(flags)}
    const watch = {...this.session, explain, random: Math.random}
    await this.stream(tail(logging.source, options, watch), logLineView)
  }
}
