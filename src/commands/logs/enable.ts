import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageFlag, yesFlag} from '../../cli/flags.js'
import {loanNotes} from '../../cli/loan-notes.js'
import {enableFlags, enableWishFrom, isRepairOnly, roleFlags} from '../../cli/logging-flags.js'
import {planRepair} from '../../domain/account.js'
import {restore, whileLent} from '../../domain/logs/loan.js'
import {resolveLoggedStage} from '../../domain/logs/stages.js'
import {currentStatus} from '../../domain/logs/status.js'
import {planEnable} from '../../domain/logs/switch.js'
import {accountRoleView, logStatusView} from '../../views/logs.js'

export default class LogsEnable extends ApigwCommand {
  static override summary = 'Have a stage write its execution log, its access log or both'
  static override description =
    'API Gateway logs with one role for the whole account and Region: where there is none, or one that cannot work any more, this makes one, once you agree. A role that works is never replaced without --force. HTTP APIs need no role, and have access logs only. With --for all is as before after that time; how to undo it is noted down first: after a crash, `apigw logs disable --restore` does it.'
  static override examples = [
    '<%= config.bin %> logs enable --api petstore --stage prod --create-role',
    '<%= config.bin %> logs enable --level full --for 30m',
    "<%= config.bin %> logs enable --method 'GET /pets' --level error --dry-run",
    '<%= config.bin %> logs enable --access-log json --retention 14d',
    '<%= config.bin %> logs enable --repair',
  ]
  static override flags = {...apiFlag, ...stageFlag, ...enableFlags, ...roleFlags, ...dryRunFlag, ...yesFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsEnable)
    const logging = {...(await openLogging(this.session)), loans: loanNotes(this.env)}
    const wish = enableWishFrom(flags)
    if (isRepairOnly(flags)) {
      const repair = await planRepair(logging.account, logging.roles, wish.role, this.session)
      const role = await this.carryOut(repair, flags)
      if (role) await this.show(role, accountRoleView)
      return
    }
    const stage = await resolveLoggedStage(logging, this.context, this.choose)
    const plan = await planEnable(logging, stage, wish, this.session)
    if (plan.question && !flags['dry-run']) {
      await this.prompt.confirm({message: plan.question, yes: flags.yes, flag: '--create-role, or --role-arn ARN'})
    }
    const undoing = {...(await openLogging(this.undoing)), loans: logging.loans}
    const work = async () => {
      const done = await this.carryOut(plan, flags)
      if (done) await this.show(await currentStatus(logging, done), logStatusView)
    }
    await whileLent(work, plan.loan, loan => restore(undoing, loan), this.session)
  }
}
