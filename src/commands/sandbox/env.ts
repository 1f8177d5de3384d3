import {ApigwCommand} from '../../cli/command.js'
import {running, sandboxPortFlag} from '../../cli/sandbox.js'
import {exportLines, variableView} from '../../views/sandbox.js'

export default class SandboxEnv extends ApigwCommand {
  static override summary = 'Print the environment that points AWS tools at a running sandbox'
  static override examples = [
    'eval "$(<%= config.bin %> sandbox env)"',
    '<%= config.bin %> sandbox env --port 4600 --json',
  ]
  static override flags = sandboxPortFlag

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxEnv)
    const {askSandbox, FOREIGN_VARIABLES, sandboxEnvironment} = await import('../../sandbox/environment.js')
    const url = `http://127.0.0.1:${flags.port}`
    const {quotas} = running(await askSandbox(url, this.signal), flags.port)
    const variables = Object.entries(sandboxEnvironment(url, quotas)).map(([name, value]) => ({name, value}))
    if (flags.output || flags.json || flags.query) return this.show(variables, variableView)
    await this.print(exportLines(variables, FOREIGN_VARIABLES))
  }
}
