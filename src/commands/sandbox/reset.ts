import {ApigwCommand} from '../../cli/command.js'
import {yesFlag} from '../../cli/flags.js'
import {running, sandboxPortFlag} from '../../cli/sandbox.js'

export default class SandboxReset extends ApigwCommand {
  static override summary = 'Empty a running sandbox'
  static override examples = ['<%= config.bin %> sandbox reset --yes']
  static override flags = {
    ...sandboxPortFlag,
    ...yesFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxReset)
    const {askSandbox, resetSandbox} = await import('../../sandbox/environment.js')
    const url = `http://127.0.0.1:${flags.port}`
    running(await askSandbox(url, this.signal), flags.port)
    await this.prompt.confirm({message: `Delete everything in the sandbox on port ${flags.port}?`, yes: flags.yes})
    await resetSandbox(url, this.signal)
    this.note(`The sandbox on port ${flags.port} is empty.`)
  }
}
