import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageFlag, yesFlag} from '../../cli/flags.js'
import {methodFlag, roleFlags} from '../../cli/logs.js'
import {type LogLevel, resolveLoggedStage} from '../../domain/logs/stages.js'
import {currentStatus} from '../../domain/logs/status.js'
import {planEnable} from '../../domain/logs/switch.js'
import {logStatusView} from '../../views/logs.js'

export default class LogsEnable extends ApigwCommand {
  static override summary = 'Have a stage write its execution log'
  static override description =
    'Sets level and data trace of the stage. API Gateway logs with one role for the whole account and Region: where there is none, or one that cannot work any more, this makes one, once you agree. A role that works is never replaced without --force.'
  static override examples = [
    '<%= config.bin %> logs enable --api petstore --stage prod --create-role',
    '<%= config.bin %> logs enable --level error --retention 14',
    "<%= config.bin %> logs enable --method 'GET /pets' --data-trace --dry-run",
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    level: Flags.option({
      description: 'what is logged: failures only, or the steps of every request',
      options: ['error', 'info'] as const,
      default: 'info',
    })(),
    'data-trace': Flags.boolean({description: 'log requests and responses in full, bodies included', allowNo: true}),
    ...methodFlag,
    retention: Flags.integer({description: 'keep the log for so many days (for ever if never set)', helpValue: 'DAYS'}),
    ...roleFlags,
    ...dryRunFlag,
    ...yesFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsEnable)
    const logging = await openLogging(this.session)
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const {method = '*', retention, 'role-arn': arn, 'role-name': name, 'create-role': create, force} = flags
    const role = {arn, name, create, force}
    const level = flags.level.toUpperCase() as LogLevel
    const wish = {level, dataTrace: flags['data-trace'] ?? false, method, retention, role}
    const plan = await planEnable(logging, stage, wish, this.session)
    if (plan.question && !flags['dry-run']) {
      await this.prompt.confirm({message: plan.question, yes: flags.yes, flag: '--create-role, or --role-arn ARN'})
    }
    const done = await this.carryOut(plan, flags)
    if (done) await this.show(await currentStatus(logging, done), logStatusView)
  }
}
