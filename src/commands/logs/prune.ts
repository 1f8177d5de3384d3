import * as Flags from '@oclif/core/flags'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {confirmFlag, dryRunFlag} from '../../cli/flags.js'
import {planPrune, pruneQuestion} from '../../domain/logs/inventory.js'
import {groupView} from '../../views/logs.js'

export default class LogsPrune extends ApigwCommand {
  static override summary = 'Delete log groups whose API or stage is gone'
  static override description =
    'They are listed first. To confirm, say the name of the group, or of several groups how many they are. A group stays where its owner cannot be known, and all stay where not every API and stage can be listed.'
  static override examples = [
    '<%= config.bin %> logs prune --orphans --dry-run',
    '<%= config.bin %> logs prune --orphans',
    '<%= config.bin %> logs prune --orphans --confirm 12',
  ]
  static override flags = {
    orphans: Flags.boolean({description: 'those whose API or stage is gone', required: true}),
    // Not what else `--api` is: APIGW_API and the project file name an API that is there.
    api: Flags.string({description: 'only those of an API, by its id, which may be gone', helpValue: 'ID'}),
    ...confirmFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(LogsPrune)
    const plan = await planPrune(await openLogging(this.session), flags.api)
    if (plan.size === 0) return this.note('Nothing to do: no log group is known to have lost its API or stage.')
    if (!flags['dry-run']) await this.prompt.confirmName({...pruneQuestion(plan.changes), given: flags.confirm})
    await this.carryOutAll(plan, flags, groupView)
  }
}
