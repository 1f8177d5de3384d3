// Two sandboxes in a process of their own whose answers each take a while: one without rates, with 10,000 keys, and one
// with the service's, with keys to be deleted.
//   fork('bench/key-server.js', [latency in ms, keys to be deleted], {execArgv: ['--import', 'tsx']})
// It sends {url, rated: {url, ids}} when it is ready, and on the message `calls` how often each operation was called since
// the last time it was asked.
import {APIGateway} from '@aws-sdk/client-api-gateway'
import {startSandbox} from '../src/sandbox/server.ts'
import {keyFile} from './key-file.js'

const [latency = '20', toDelete = '0'] = process.argv.slice(2)

let isSeeded = false
let calls = {}
const latencyOf = operation => {
  if (isSeeded) calls[operation] = (calls[operation] ?? 0) + 1
  return isSeeded ? Number(latency) : 0
}

/** A sandbox with so many keys, and their ids. */
async function withKeys(count, options) {
  const sandbox = await startSandbox({latencyOf, ...options})
  const credentials = {accessKeyId: 'bench', secretAccessKey: 'bench'}
  const gateway = new APIGateway({endpoint: sandbox.url, region: 'us-east-1', credentials})
  const {ids = []} = count > 0 ? await gateway.importApiKeys({format: 'csv', body: Buffer.from(keyFile(count))}) : {}
  return {url: sandbox.url, ids}
}

const [{url}, rated] = await Promise.all([
  withKeys(10_000, {quotas: 'off'}),
  withKeys(Number(toDelete), {quotas: 'real'}),
])
isSeeded = true
process.on('message', () => {
  process.send(calls)
  calls = {}
})
process.on('disconnect', () => process.exit())
process.send({url, rated})
