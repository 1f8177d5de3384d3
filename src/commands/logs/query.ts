import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openLogQueries} from '../../aws/log-queries.js'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {answerFlags, queryFile, queryWindowFlags} from '../../cli/logs.js'
import {LONGEST_QUERY, redactedAnswer, remarksOnAnswer, runQuery, windowOf} from '../../domain/logs/query.js'
import {logOf, resolveLoggedStage} from '../../domain/logs/stages.js'
import {answerView} from '../../views/queries.js'

export default class LogsQuery extends ApigwCommand {
  static override summary = "Ask CloudWatch Logs Insights about a stage's log"
  static override description =
    'The query is carried out where the logs are; what it looks at costs 0.005 USD a GB, and is told when it is done. Ctrl-C stops it.'
  static override examples = [
    "<%= config.bin %> logs query 'filter @message like /status: 5\\d\\d/ | stats count(*) as errors by bin(5m)'",
    "<%= config.bin %> logs query --access --since 1d 'stats count(*) as requests by status' --output csv",
    '<%= config.bin %> logs query @slow.query --api petstore --stage prod --json',
  ]
  static override args = {
    query: Args.string({
      required: true,
      description: 'in the language of Logs Insights; @FILE reads it from a file, - from stdin',
    }),
  }
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    ...queryWindowFlags,
    ...answerFlags,
    access: Flags.boolean({description: 'the access log instead of the execution log'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LogsQuery)
    const file = queryFile(args.query)
    const text = file === undefined ? args.query : String(await this.readInput(file, LONGEST_QUERY))
    const window = windowOf(flags, this.session.clock.now())
    const logging = await openLogging(this.session)
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const groups = [logOf(stage, flags.access ? 'access' : 'execution').group]
    const query = {...window, text, groups, limit: flags.limit}
    const answer = await runQuery(openLogQueries(this.session), query, this.session)
    const {columns, rows} = flags.redact ? redactedAnswer(answer) : answer
    await this.show(rows, answerView(columns))
    for (const remark of remarksOnAnswer(answer, flags.limit)) this.note(remark)
  }
}
