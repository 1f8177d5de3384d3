import * as Args from '@oclif/core/args'
import {ApigwCommand} from '../cli/command.js'
import Help from '../cli/help.js'
import {HELP_TOPICS} from '../cli/topics.js'

export default class HelpCommand extends ApigwCommand {
  static override summary = 'Show help for a command or a topic'
  static override examples = ['<%= config.bin %> help deploy', '<%= config.bin %> help exit-codes']
  static override strict = false
  static override args = {subject: Args.string({description: 'a command, or exit-codes, environment, output'})}

  async run(): Promise<void> {
    const {argv} = await this.parse(HelpCommand)
    const topic = HELP_TOPICS[String(argv[0])]
    if (topic) return this.print(topic.text)
    await new Help(this.config).showHelp(argv as string[])
  }
}
