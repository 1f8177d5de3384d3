import {expect, test} from 'vitest'
import CacheFlush from '../../src/commands/cache/flush.js'
import StagesUpdate from '../../src/commands/stages/update.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw, type RunOptions} from '../support/apigw.js'
import {deployedApi} from '../support/deployed-api.js'
import {functionModules, invocationArn} from '../support/functions.js'

const COUNTER = `let calls = 0
export const handler = async () => ({statusCode: 200, body: String(++calls)})`

/** Lets everybody in who has a token, and counts how often it was asked. */
const JUDGE = `let calls = 0
export const handler = async ({methodArn}) => ({
  principalId: 'p',
  context: {asked: String(++calls)},
  policyDocument: {Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*'}]},
})`

const proxy = {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('counter')} as const

/** An API whose answers say how often the function was asked; with a cache on prod where one is wanted. */
async function counting({cache = true, ...options}: SandboxOptions & {cache?: boolean} = {}) {
  const functions = functionModules({counter: COUNTER, judge: JUDGE})
  const api = await deployedApi({'GET /count': {integration: proxy}}, {functions, ...options})
  if (cache) await api.patchStage({'/cacheClusterEnabled': 'true', '/*/*/caching/enabled': 'true'})
  const on = {url: api.url}
  const run = (argv: string[], more: RunOptions = {}) =>
    apigw(CacheFlush, ['--api', 'pets', '--stage', 'prod', ...argv], {on, ...more})
  return {api, on, run, count: async () => (await api.call('GET /count')).body}
}

test('flush empties the cache: the answer after it is a fresh one, and is kept in its turn', async () => {
  const {run, count} = await counting()
  expect([await count(), await count()]).toEqual(['1', '1'])
  expect(await run([])).toEqual({stdout: 'prod\tpets\tanswers\tAVAILABLE\n', stderr: '', exitCode: 0})
  expect([await count(), await count()]).toEqual(['2', '2'])
})

test('--dry-run says what would be forgotten, and forgets nothing', async () => {
  const {run, count} = await counting()
  await count()
  const dry = await run(['--dry-run'])
  expect(dry.stdout).toBe('flush\tcache\tprod\tall answers of prod of pets, 0.5 GB\n')
  expect(await count()).toBe('1')
})

test('--authorizers forgets what authorizers have decided, and leaves the answers', async () => {
  const {api, run} = await counting({cache: false})
  const {id: authorizerId} = await api.apigateway.createAuthorizer({
    restApiId: api.restApiId,
    name: 'judge',
    type: 'TOKEN',
    authorizerUri: invocationArn('judge'),
    identitySource: 'method.request.header.Token',
    authorizerResultTtlInSeconds: 300,
  })
  await api.put('GET /guarded', {
    method: {authorizationType: 'CUSTOM', authorizerId},
    responses: [{statusCode: '200', responseTemplates: {'application/json': '$context.authorizer.asked'}}],
  })
  await api.deploy()
  const asked = async () => (await api.call('GET /guarded', {headers: {token: 'a'}})).body
  expect([await asked(), await asked()]).toEqual(['1', '1'])
  const {stdout, exitCode} = await run(['--authorizers', '--json'])
  expect({exitCode, flushed: JSON.parse(stdout).flushed}).toEqual({exitCode: 0, flushed: 'authorizers'})
  expect([await asked(), await asked()]).toEqual(['2', '2'])
})

test('a stage without cache cluster has nothing to flush: a conflict that names the way to one', async () => {
  const {run} = await counting({cache: false})
  const {exitCode, stderr, stdout} = await run([])
  expect({exitCode, stdout}).toEqual({exitCode: 5, stdout: ''})
  expect(stderr).toContain('prod has no cache cluster: there is nothing to flush.')
  expect(stderr).toContain('apigw stages update prod --api pets --cache-size 0.5 --caching')
})

test('a cluster that is being made is empty: that is said, and it is not flushed', async () => {
  const {run, api} = await counting({cacheClusterTime: 240_000})
  const {exitCode, stderr} = await run([])
  expect({exitCode, stderr}).toEqual({
    exitCode: 0,
    stderr: 'The cache of prod is just being made: there is nothing in it yet.\n',
  })
  const stage = await api.apigateway.getStage({restApiId: api.restApiId, stageName: 'prod'})
  expect(stage.cacheClusterStatus).toBe('CREATE_IN_PROGRESS')
})

test('--wait gives up when --max-wait is over, with the status that the cache has', async () => {
  const {run} = await counting({cacheClusterTime: 240_000})
  const {exitCode, stderr} = await run(['--wait', '--max-wait', '0'])
  expect(exitCode).toBe(6)
  expect(stderr).toContain('After 0 s the cache of prod is still CREATE_IN_PROGRESS.')
})

test('another size of the cache empties it, which is said, and --wait waits for it', async () => {
  const {on, count} = await counting({cacheClusterTime: 240_000})
  const update = (...argv: string[]) => apigw(StagesUpdate, ['prod', '--api', 'pets', ...argv], {on})
  await count()
  const {stderr} = await update('--cache-size', '1.6')
  expect(stderr).toContain('The cache cluster is empty and needs about four minutes until it is available: --wait')
  expect(await update('--cache-size', '6.1', '--wait', '--max-wait', '0')).toMatchObject({exitCode: 6})
})
