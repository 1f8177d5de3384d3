import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageFlag, yesFlag} from '../../cli/flags.js'
import {groupsToKeep, inventory, withLastEvents} from '../../domain/logs/inventory.js'
import {planRetention, retentionFrom} from '../../domain/logs/retention.js'
import {groupView} from '../../views/logs.js'

export default class LogsRetention extends ApigwCommand {
  static override summary = 'Show or set how long log groups keep their events'
  static override description =
    'Of the groups of a stage, of an API, of all, or of one group: execution logs, access logs, and those of a canary. CloudWatch Logs keeps events for ever until this is set, and bills for that; a shorter time loses what is older for good, so that is asked about.'
  static override examples = [
    '<%= config.bin %> logs retention --api petstore',
    '<%= config.bin %> logs retention 14d --api petstore --stage prod',
    '<%= config.bin %> logs retention 30d --all --yes',
    '<%= config.bin %> logs retention forever --group my-access-log',
  ]
  static override args = {
    time: Args.string({description: '14d, 2w, 1y or forever; left out, nothing is set'}),
  }
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    group: Flags.string({description: 'of this group', helpValue: 'NAME', exclusive: ['api', 'stage', 'all']}),
    all: Flags.boolean({description: 'of all APIs, whatever API is set otherwise', exclusive: ['api', 'stage']}),
    ...dryRunFlag,
    ...yesFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LogsRetention)
    const retention = args.time === undefined ? undefined : retentionFrom(args.time)
    const logging = await openLogging(this.session)
    const refs = flags.all || flags.group !== undefined ? {group: flags.group} : this.context
    const entries = groupsToKeep(await inventory(logging), refs)
    if (retention === undefined) return this.list(withLastEvents(logging.groups, entries), groupView)
    const plan = planRetention(logging.groups, entries, retention)
    if (plan.question && !flags['dry-run']) await this.prompt.confirm({message: plan.question, yes: flags.yes})
    await this.carryOutAll(plan, flags, groupView)
  }
}
