import {expect, test} from 'vitest'
import {deployedApi} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'

// The forms are those of "Log and monitor Node.js Lambda functions", Lambda Developer Guide, and of logs of the Node.js
// runtimes that users published.

const NOON = Date.UTC(2026, 8, 25, 12)

/** The log of a function after its calls, with the id of the invocation as `{id}` and durations as `N`. */
async function logOf(source: string, {calls = 1, timeoutInMillis = 29_000} = {}): Promise<string[]> {
  const integration = {
    type: 'AWS_PROXY',
    integrationHttpMethod: 'POST',
    uri: invocationArn('fn'),
    timeoutInMillis,
  } as const
  let now = NOON
  const api = await deployedApi({'GET /': {integration}}, {functions: functionModules({fn: source}), millis: () => now})
  for (let call = 0; call < calls; call++) {
    now = NOON + call
    await api.call('GET /')
  }
  const lines = await api.logged('/aws/lambda/fn')
  return lines.map(line =>
    line.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '{id}').replaceAll(/\d+(\.\d+)? (ms|MB)/g, 'N $2'),
  )
}

const START = 'START RequestId: {id} Version: $LATEST\n'
const END = 'END RequestId: {id}\n'
const REPORT = 'REPORT RequestId: {id}\tDuration: N ms\tBilled Duration: N ms\tMemory Size: N MB\tMax Memory Used: N MB'
const FIRST_REPORT = `${REPORT}\tInit Duration: N ms\t\n`

test('an invocation is logged from START to REPORT, with what the function printed in between', async () => {
  const source = `export const handler = async () => {
    console.log('hello %s', 'world', {a: 1})
    console.error('two\\nlines')
    process.stdout.write('as it is\\nline by line\\n')
    console.warn('later')
    return {statusCode: 200}
  }`
  expect(await logOf(source)).toEqual([
    START,
    '2026-09-25T12:00:00.000Z\t{id}\tINFO\thello world { a: 1 }\n',
    '2026-09-25T12:00:00.000Z\t{id}\tERROR\ttwo\nlines\n',
    'as it is\n',
    'line by line\n',
    '2026-09-25T12:00:00.000Z\t{id}\tWARN\tlater\n',
    END,
    FIRST_REPORT,
  ])
})

test('only the first invocation of an environment tells how long it took to load', async () => {
  expect(await logOf('export const handler = async () => ({statusCode: 200})', {calls: 2})).toEqual([
    ...[START, END, FIRST_REPORT],
    ...[START, END, `${REPORT}\t\n`],
  ])
})

test('what a function throws is logged with its stack', async () => {
  const lines = await logOf(`export const handler = async () => { throw new TypeError('boom') }`)
  expect(lines).toEqual([START, expect.stringContaining('\tERROR\tInvoke Error \t{'), END, FIRST_REPORT])
  expect(JSON.parse(lines[1]!.split('\t')[4]!)).toMatchObject({
    errorType: 'TypeError',
    errorMessage: 'boom',
    stack: expect.arrayContaining(['TypeError: boom', expect.stringContaining('at handler')]),
  })
})

test('a function that takes too long, or ends its process, is told of after what it printed', async () => {
  expect(
    await logOf(`export const handler = () => { console.log('on it'); return new Promise(() => {}) }`, {
      timeoutInMillis: 500,
    }),
  ).toEqual([
    START,
    '2026-09-25T12:00:00.000Z\t{id}\tINFO\ton it\n',
    expect.stringMatching(/^2026-09-25T12:00:00.000Z \{id\} Task timed out after \d+\.\d\d seconds\n\n$/),
    END,
    `${REPORT}\tStatus: timeout\t\n`,
  ])
  expect(await logOf(`export const handler = async () => { console.log('bye'); process.exit(3) }`)).toEqual([
    START,
    '2026-09-25T12:00:00.000Z\t{id}\tINFO\tbye\n',
    END,
    `${REPORT}\tStatus: error\tError Type: Runtime.ExitError\t\n`,
    'RequestId: {id} Error: Runtime exited with error: exit status 3\nRuntime.ExitError\n',
  ])
})

test('the id of the invocation is the one that the execution log names', async () => {
  const integration = {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('fn')} as const
  const functions = functionModules({fn: 'export const handler = async () => ({statusCode: 200})'})
  const api = await deployedApi({'GET /': {integration}}, {functions})
  await api.logAt('INFO')
  await api.call('GET /')
  const [start = ''] = await api.logged('/aws/lambda/fn')
  const id = /^START RequestId: (\S+) /.exec(start)?.[1]
  expect((await api.logged()).at(-1)).toMatch(`AWS Integration Endpoint RequestId : ${id}`)
})
