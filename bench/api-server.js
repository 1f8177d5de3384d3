// A sandbox in a process of its own, with the real rates and a quota of resources that has room for a large API.
//   fork('bench/api-server.js', {execArgv: ['--import', 'tsx']})
// It sends {url} when it is ready. On {definition: {...}} it sends {body, resources, models}, a definition of that size as
// JSON; on 'calls' how often each operation was called since the last time it was asked, and how many calls were throttled.
import {startSandbox} from '../src/sandbox/server.ts'
import {largeDefinition} from '../test/support/large-definition.ts'

const sandbox = await startSandbox({quotas: 'real', resourceQuota: 2_000})
let asked = new Map()

process.on('message', message => {
  if (message === 'calls') {
    const counts = [...sandbox.calls].map(([name, count]) => [name, count - (asked.get(name) ?? 0)])
    asked = new Map(sandbox.calls)
    process.send(Object.fromEntries(counts.filter(([, count]) => count > 0)))
    return
  }
  const {document, body, resources} = largeDefinition(message.definition)
  process.send({body: body.toString(), resources, models: Object.keys(document.components.schemas).length})
})
process.on('disconnect', () => process.exit())
process.send({url: sandbox.url})
