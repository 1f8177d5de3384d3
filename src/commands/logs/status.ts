import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {loanNotes} from '../../cli/loan-notes.js'
import {adviceOn} from '../../domain/account.js'
import {leftBehind} from '../../domain/logs/loan.js'
import {logStatus} from '../../domain/logs/status.js'
import {unlessRefused} from '../../domain/problem.js'
import {logStatusView} from '../../views/logs.js'

export default class LogsStatus extends ApigwCommand {
  static override summary = 'Show what the stages log, where to, and whether they can'
  static override description =
    'The access log, its format and group, and the groups of a canary are in --json as well. Sizes are some hours old; the last event is as CloudWatch Logs knows it, which may take an hour.'
  static override examples = [
    '<%= config.bin %> logs status --api petstore',
    '<%= config.bin %> logs status --all',
    "<%= config.bin %> logs status --all --query '[?retentionDays == null].logGroup'",
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    all: Flags.boolean({description: 'of all APIs, whatever API is set otherwise', exclusive: ['api', 'stage']}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsStatus)
    const logging = await openLogging(this.session)
    const {api, stage} = flags.all ? {} : this.context
    const {stages, roleInUse} = await logStatus(logging, {api, stage})
    await this.list(stages, logStatusView)
    const role = roleInUse()
    const advice = role && adviceOn(role, logging.account.region)
    if (advice) this.note(advice)
    const notes = await unlessRefused(loanNotes(this.env).list(), [])
    for (const text of leftBehind(notes, logging.place, {api, stage}, this.session.clock.now())) this.note(text)
  }
}
