import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {troubleWith} from '../../domain/account.js'
import {logStatus} from '../../domain/logs/status.js'
import {logStatusView} from '../../views/logs.js'

export default class LogsStatus extends ApigwCommand {
  static override summary = 'Show what the stages log, where to, and whether they can'
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
    const {role, stages} = await logStatus(logging, {api, stage})
    await this.list(stages, logStatusView)
    const trouble = troubleWith(role, logging.account.region)
    if (trouble) this.note(trouble)
  }
}
