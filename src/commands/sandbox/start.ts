import {once} from 'node:events'
import * as Flags from '@oclif/core/flags'
import {ApigwCommand} from '../../cli/command.js'
import {DEFAULT_PORT, functionsOf, sandboxFlags, startProblem} from '../../cli/sandbox.js'
import {sandboxView} from '../../views/sandbox.js'

export default class SandboxStart extends ApigwCommand {
  static override summary = 'Serve a local API Gateway until you press Ctrl-C'
  static override description =
    `Serves API Gateway, CloudWatch Logs, IAM and STS, and the APIs you deploy, on loopback only. Nothing reaches AWS.
In another terminal, point your tools at it: eval "$(apigw sandbox env)"`
  static override examples = [
    '<%= config.bin %> sandbox start',
    '<%= config.bin %> sandbox start --port 0 --state sandbox.json --quotas real',
    '<%= config.bin %> sandbox start --function orders=./orders.mjs',
  ]
  static override flags = {
    port: Flags.integer({
      description: 'port to listen on; 0 takes any free one',
      default: DEFAULT_PORT,
      min: 0,
      max: 65_535,
    }),
    ...sandboxFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxStart)
    const {startSandbox} = await import('../../sandbox/server.js')
    const functions = functionsOf(flags.function, this.cwd)
    const {port, latency, quotas, state: stateFile, 'resource-quota': resourceQuota} = flags
    const sandbox = await startSandbox({port, latency, quotas, resourceQuota, stateFile, functions}).catch(error => {
      throw startProblem(error, port)
    })
    await this.show({url: sandbox.url, port: sandbox.port, state: stateFile}, sandboxView)
    this.note(`Use it from another terminal: eval "$(apigw sandbox env --port ${sandbox.port})"`)
    if (!this.signal.aborted) await once(this.signal, 'abort')
    await sandbox.stop()
  }
}
