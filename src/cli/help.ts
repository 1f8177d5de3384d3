import type {Command} from '@oclif/core'
import type {Config} from '@oclif/core/config'
import {CommandHelp, Help} from '@oclif/core/help'
import {GLOBAL} from './flags.js'
import {HELP_TOPICS} from './topics.js'

/** A usage line that one can read: oclif's own repeats every flag there is. The global flags come after all others. */
class ReadableHelp extends CommandHelp {
  protected override defaultUsage(): string {
    const args = Object.values(this.command.args ?? {}).map(arg => this.arg(arg))
    return [this.command.id, ...args, '[FLAGS]'].join(' ')
  }

  protected override groupFlags(flags: Command.Flag.Any[]) {
    const {mainFlags, flagGroups} = super.groupFlags(flags)
    const {[GLOBAL]: globalFlags = [], ...others} = flagGroups
    return {mainFlags, flagGroups: {...others, [GLOBAL]: globalFlags}}
  }
}

/** oclif's help, with the topics that are not commands at the end of the front page. */
export default class ApigwHelp extends Help {
  protected override CommandHelpClass = ReadableHelp

  constructor(config: Config) {
    super(config, {hideCommandSummaryInDescription: true})
  }

  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp()
    const width = Math.max(...Object.keys(HELP_TOPICS).map(name => name.length))
    const lines = Object.entries(HELP_TOPICS).map(([name, {summary}]) => `  ${name.padEnd(width)}  ${summary}`)
    this.log(['', 'HELP TOPICS', ...lines, '', 'Read one with: apigw help TOPIC'].join('\n'))
  }
}
