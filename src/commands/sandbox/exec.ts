import {ApigwCommand} from '../../cli/command.js'
import {functionsOf, runProgram, sandboxFlags, startProblem} from '../../cli/sandbox.js'
import {Problem} from '../../domain/problem.js'

export default class SandboxExec extends ApigwCommand {
  static override summary = 'Run a program against a sandbox of its own'
  static override description =
    'Starts a sandbox, runs the program with endpoint, Region and dummy credentials set, stops the sandbox, and exits with the code of the program.'
  static override examples = [
    '<%= config.bin %> sandbox exec -- ./deploy-and-test.sh',
    '<%= config.bin %> sandbox exec --quotas real -- aws apigateway get-rest-apis',
  ]
  static override strict = false
  static override usage =
    'sandbox exec [--state FILE] [--latency MS] [--quotas off|real] [--resource-quota NUMBER] [--function NAME=FILE] -- PROGRAM [ARGUMENT...]'
  static override flags = sandboxFlags

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(SandboxExec)
    const words = argv as string[]
    if (words.length === 0) throw new Problem('usage', 'What should run? Name a program after --.')
    const {latency, quotas, state: stateFile, 'resource-quota': resourceQuota} = flags
    const [{startSandbox}, {FOREIGN_VARIABLES, sandboxEnvironment}] = await Promise.all([
      import('../../sandbox/server.js'),
      import('../../sandbox/environment.js'),
    ])
    const functions = functionsOf(flags.function, this.cwd)
    const sandbox = await startSandbox({latency, quotas, resourceQuota, stateFile, functions}).catch(error => {
      throw startProblem(error, 0)
    })
    try {
      const env = {...this.env, ...sandboxEnvironment(sandbox.url, quotas)}
      for (const name of FOREIGN_VARIABLES) delete env[name]
      this.exitWith(await runProgram(words, env, this.signal))
    } finally {
      await sandbox.stop()
    }
  }
}
