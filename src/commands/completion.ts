import * as Args from '@oclif/core/args'
import {ApigwCommand} from '../cli/command.js'
import {completionScript, SHELLS, type Shell} from '../cli/completion.js'

export default class Completion extends ApigwCommand {
  static override summary = 'Print a completion script for your shell'
  static override examples = [
    {description: 'bash, in ~/.bashrc', command: 'eval "$(<%= config.bin %> completion bash)"'},
    {description: 'zsh, in ~/.zshrc after compinit', command: 'eval "$(<%= config.bin %> completion zsh)"'},
    {
      description: 'fish',
      command: '<%= config.bin %> completion fish > ~/.config/fish/completions/<%= config.bin %>.fish',
    },
  ]
  static override args = {
    shell: Args.string({description: 'bash, zsh or fish', options: [...SHELLS], required: true}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Completion)
    const commands = this.config.commands
      .filter(command => !command.hidden)
      .map(command => ({
        path: command.id.replaceAll(':', ' '),
        summary: command.summary ?? '',
        flags: Object.values(command.flags).map(flag => ({
          name: flag.name,
          char: flag.char,
          summary: flag.summary ?? flag.description ?? '',
          options: flag.type === 'option' ? (flag.options ?? []) : [],
          takesValue: flag.type === 'option',
        })),
      }))
    await this.print(completionScript(args.shell as Shell, this.config.bin, commands))
  }
}
