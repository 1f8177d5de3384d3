import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {entriesOf, inventory, withLastEvents} from '../../domain/logs/inventory.js'
import {groupView} from '../../views/logs.js'

export default class LogsGroups extends ApigwCommand {
  static override summary = 'List the log groups of API Gateway, and whose they are'
  static override description =
    'Those of execution logs, of access logs, and the welcome group that the service makes by itself. A group is an orphan when its API or stage is gone; where that cannot be known for certain, it is not called one. Sizes are some hours old, last events up to an hour.'
  static override examples = [
    '<%= config.bin %> logs groups --all',
    '<%= config.bin %> logs groups --api petstore',
    '<%= config.bin %> logs groups --orphans --output id',
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    all: Flags.boolean({description: 'of all APIs, whatever API is set otherwise', exclusive: ['api', 'stage']}),
    orphans: Flags.boolean({
      description: 'only those whose API or stage is gone',
      exclusive: ['api', 'stage'],
    }),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsGroups)
    const logging = await openLogging(this.session)
    const found = await inventory(logging)
    const entries = entriesOf(found, flags.all || flags.orphans ? {} : this.context)
    const shown = flags.orphans ? entries.filter(({orphan}) => orphan) : entries
    await this.list(withLastEvents(logging.groups, shown), groupView)
    for (const {message} of found.owners.hidden) this.note(`Not every API or stage could be listed: ${message}`)
  }
}
