import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageFlag} from '../../cli/flags.js'
import {loanNotes} from '../../cli/loan-notes.js'
import {methodFlag} from '../../cli/logging-flags.js'
import {loansOf, planRestore} from '../../domain/logs/loan.js'
import {resolveLoggedStage} from '../../domain/logs/stages.js'
import {currentStatus} from '../../domain/logs/status.js'
import {planDisable} from '../../domain/logs/switch.js'
import {logStatusView, restoredView} from '../../views/logs.js'

export default class LogsDisable extends ApigwCommand {
  static override summary = 'Stop the execution log of a stage, or its access log'
  static override description =
    'Sets level OFF and data trace off, for all methods. What was logged stays, and so does the CloudWatch role of the account: other APIs log with it. With --restore, what `apigw logs enable --for` was to undo and could not, because it was killed, is undone: of one stage, or of all where none is named. What somebody has changed since stays as it is.'
  static override examples = [
    '<%= config.bin %> logs disable --api petstore --stage prod',
    "<%= config.bin %> logs disable --method 'GET /health'",
    '<%= config.bin %> logs disable --access-log',
    '<%= config.bin %> logs disable --restore',
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    ...methodFlag,
    'access-log': Flags.boolean({description: 'the access log instead of the execution log', exclusive: ['method']}),
    restore: Flags.boolean({
      description: 'undo what was set with --for by a run that was killed',
      exclusive: ['method', 'access-log'],
    }),
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsDisable)
    const logging = {...(await openLogging(this.session)), loans: loanNotes(this.env)}
    if (flags.restore) {
      const loans = loansOf(await logging.loans.list(), logging.place, this.context)
      if (loans.length === 0) return this.note('Nothing to do: nothing was set for a while from here.')
      return this.carryOutAll(await planRestore(logging, loans), flags, restoredView)
    }
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const wish = {method: flags.method, accessLog: flags['access-log']}
    const plan = await planDisable(logging, stage, wish, text => this.note(text))
    const done = await this.carryOut(plan, flags)
    if (done) await this.show(await currentStatus(logging, done), logStatusView)
  }
}
