import * as Flags from '@oclif/core/flags'
import {openKeyEndings} from '../../aws/keys.js'
import {openLogQueries} from '../../aws/log-queries.js'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {queryWindowFlags} from '../../cli/logs.js'
import {windowOf} from '../../domain/logs/query.js'
import {explainSilence} from '../../domain/logs/silence.js'
import {logOf, resolveLoggedStage} from '../../domain/logs/stages.js'
import {noStatistics} from '../../domain/logs/statistics.js'
import {DIMENSIONS, remarksOn, topByQuery, topByReading, withKeyNames} from '../../domain/logs/top.js'
import {topView} from '../../views/queries.js'

export default class LogsTop extends ApigwCommand {
  static override summary = "Count a stage's requests by path, status, key or address, or find the slowest paths"
  static override description =
    'Computed by CloudWatch Logs Insights where the execution log is, which costs 0.005 USD for each GB of it; with --local by reading the log, which costs nothing and takes longer. Latencies are from the first line of a request to its last; percentiles are nearest ranks, which Insights approximates. Addresses, and latencies of the integration, are there with data trace only.'
  static override examples = [
    '<%= config.bin %> logs top --by path --api petstore --stage prod',
    '<%= config.bin %> logs top --by latency --since 1d -n 20',
    "<%= config.bin %> logs top --by key --local --json | jq '.[0].key'",
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    by: Flags.option({description: 'what requests are counted by', options: DIMENSIONS, required: true})(),
    ...queryWindowFlags,
    count: Flags.integer({char: 'n', description: 'show the first N', default: 10, helpValue: 'N', min: 1}),
    local: Flags.boolean({description: 'read the log and compute it here'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsTop)
    const {by, count, local} = flags
    const window = windowOf(flags, this.session.clock.now())
    const logging = await openLogging(this.session)
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const log = logOf(stage, 'execution')
    const explain = () => explainSilence(stage, logging.account, logging.roles)
    const watch = {...this.session, explain, random: Math.random, statistics: noStatistics()}
    const top = local
      ? await topByReading(logging.source, by, {...window, log}, count, watch)
      : await topByQuery(openLogQueries(this.session), by, {...window, log}, count, this.session)
    const named = await withKeyNames(top, openKeyEndings(this.session))
    await this.show(named.rows, topView(by))
    for (const remark of remarksOn(by, named)) this.note(remark)
  }
}
