import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageFlag} from '../../cli/flags.js'
import {methodFlag} from '../../cli/logs.js'
import {resolveLoggedStage} from '../../domain/logs/stages.js'
import {currentStatus} from '../../domain/logs/status.js'
import {planDisable} from '../../domain/logs/switch.js'
import {logStatusView} from '../../views/logs.js'

export default class LogsDisable extends ApigwCommand {
  static override summary = 'Stop the execution log of a stage'
  static override description =
    'Sets level OFF and data trace off, for all methods. What was logged stays, and so does the CloudWatch role of the account: other APIs log with it.'
  static override examples = [
    '<%= config.bin %> logs disable --api petstore --stage prod',
    "<%= config.bin %> logs disable --method 'GET /health'",
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    ...methodFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsDisable)
    const logging = await openLogging(this.session)
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const plan = planDisable(logging.switch, stage, flags.method, text => this.note(text))
    const done = await this.carryOut(plan, flags)
    if (done) await this.show(await currentStatus(logging, done), logStatusView)
  }
}
