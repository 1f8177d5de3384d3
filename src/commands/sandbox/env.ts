import * as Flags from '@oclif/core/flags'
import {ApigwCommand} from '../../cli/command.js'
import {Problem} from '../../domain/problem.js'
import {exportLines, variableView} from '../../views/sandbox.js'

export default class SandboxEnv extends ApigwCommand {
  static override summary = 'Print the environment that points AWS tools at a running sandbox'
  static override examples = [
    'eval "$(<%= config.bin %> sandbox env)"',
    '<%= config.bin %> sandbox env --port 4600 --json',
  ]
  static override flags = {
    port: Flags.integer({description: 'port of the sandbox', default: 4599, min: 1, max: 65_535}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxEnv)
    const {askSandbox, FOREIGN_VARIABLES, sandboxEnvironment} = await import('../../sandbox/environment.js')
    const url = `http://127.0.0.1:${flags.port}`
    const sandbox = await askSandbox(url, this.signal)
    if (!sandbox)
      throw new Problem('unreachable', `No sandbox answers on port ${flags.port}.`, 'Start one: apigw sandbox start')
    const variables = Object.entries(sandboxEnvironment(url, sandbox.quotas)).map(([name, value]) => ({name, value}))
    if (flags.output || flags.json || flags.query) return this.show(variables, variableView)
    await this.print(exportLines(variables, FOREIGN_VARIABLES))
  }
}
