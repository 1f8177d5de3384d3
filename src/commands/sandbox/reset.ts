import * as Flags from '@oclif/core/flags'
import {ApigwCommand} from '../../cli/command.js'
import {yesFlag} from '../../cli/flags.js'
import {Problem} from '../../domain/problem.js'

export default class SandboxReset extends ApigwCommand {
  static override summary = 'Empty a running sandbox'
  static override examples = ['<%= config.bin %> sandbox reset --yes']
  static override flags = {
    port: Flags.integer({description: 'port of the sandbox', default: 4599, min: 1, max: 65_535}),
    ...yesFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxReset)
    const {askSandbox, resetSandbox} = await import('../../sandbox/environment.js')
    const url = `http://127.0.0.1:${flags.port}`
    const sandbox = await askSandbox(url, this.signal)
    if (!sandbox)
      throw new Problem('unreachable', `No sandbox answers on port ${flags.port}.`, 'Start one: apigw sandbox start')
    await this.prompt.confirm({message: `Delete everything in the sandbox on port ${flags.port}?`, yes: flags.yes})
    await resetSandbox(url, this.signal)
    this.note(`The sandbox on port ${flags.port} is empty.`)
  }
}
