import {expect, test} from 'vitest'
import {type DeployedApi, deployedApi, type MethodSpec} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'

const COUNTER = `let calls = 0
export const handler = async () => ({statusCode: 200, body: String(++calls)})`

const counted = (integration: MethodSpec['integration'] = {}): MethodSpec => ({
  method: {requestParameters: {'method.request.querystring.q': false, 'method.request.path.id': true}},
  integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('counter'), ...integration},
})

/** An API whose stage has a cache; each answer is the count of the calls that reached the function. */
async function cachedApi(integration?: MethodSpec['integration'], millis?: () => number): Promise<DeployedApi> {
  const api = await deployedApi(
    {'ANY /{id}': counted(integration)},
    {functions: functionModules({counter: COUNTER}), ...(millis && {millis})},
  )
  await api.patchStage({
    '/cacheClusterEnabled': 'true',
    '/cacheClusterSize': '0.5',
    '/*/*/caching/enabled': 'true',
    '/*/*/caching/ttlInSeconds': '60',
  })
  return api
}

const body = async (api: DeployedApi, route: string, headers?: Record<string, string>) =>
  (await api.call(route, {headers})).body

test('an answer is kept for its time', async () => {
  let now = Date.UTC(2026, 10, 22)
  const api = await cachedApi({}, () => now)
  expect(await body(api, 'GET /a')).toBe('1')
  expect(await body(api, 'GET /a')).toBe('1')
  now += 60_000
  expect(await body(api, 'GET /a')).toBe('2')
})

test('only what the integration names is part of the key', async () => {
  const api = await cachedApi({cacheKeyParameters: ['method.request.querystring.q']})
  expect(await body(api, 'GET /a?q=1')).toBe('1')
  expect(await body(api, 'GET /b?q=1&other=2')).toBe('1')
  expect(await body(api, 'GET /a?q=2')).toBe('2')
})

test('the setting for all methods caches GET only, a setting of its own any method', async () => {
  const api = await cachedApi()
  expect(await body(api, 'POST /a')).toBe('1')
  expect(await body(api, 'POST /a')).toBe('2')
  await api.patchStage({'/~1{id}/POST/caching/enabled': 'true'})
  expect(await body(api, 'POST /a')).toBe('3')
  expect(await body(api, 'POST /a')).toBe('3')
  expect(await body(api, 'GET /a')).toBe('4')
})

test('flushing the cache of the stage empties it', async () => {
  const api = await cachedApi()
  expect(await body(api, 'GET /a')).toBe('1')
  await api.apigateway.flushStageCache({restApiId: api.restApiId, stageName: 'prod'})
  expect(await body(api, 'GET /a')).toBe('2')
})

test('a client may ask for a fresh answer, as far as the stage lets it', async () => {
  const api = await cachedApi()
  const fresh = {'cache-control': 'max-age=0'}
  const strategy = '/*/*/caching/unauthorizedCacheControlHeaderStrategy'
  expect(await body(api, 'GET /a')).toBe('1')
  const ignored = await api.call('GET /a', {headers: fresh})
  expect(ignored.body).toBe('1')
  expect(ignored.headers.get('warning')).toMatch(/^199 /)
  await api.patchStage({[strategy]: 'SUCCEED_WITHOUT_RESPONSE_HEADER'})
  expect((await api.call('GET /a', {headers: fresh})).headers.get('warning')).toBeNull()
  await api.patchStage({[strategy]: 'FAIL_WITH_403'})
  expect((await api.call('GET /a', {headers: fresh})).status).toBe(403)
  await api.patchStage({'/*/*/caching/requireAuthorizationForCacheControl': 'false'})
  expect(await body(api, 'GET /a', fresh)).toBe('2')
  expect(await body(api, 'GET /a')).toBe('2')
})

test('another size is another cluster: what was kept is lost; the same size again changes nothing', async () => {
  const api = await cachedApi()
  expect(await body(api, 'GET /a')).toBe('1')
  await api.patchStage({'/cacheClusterSize': '0.5', '/description': 'x'})
  expect(await body(api, 'GET /a')).toBe('1')
  await api.patchStage({'/cacheClusterSize': '1.6'})
  expect(await body(api, 'GET /a')).toBe('2')
  expect(await body(api, 'GET /a')).toBe('2')
})

test('a cluster that was switched off, or a stage that was deleted, leaves nothing to its successor', async () => {
  const api = await cachedApi()
  expect(await body(api, 'GET /a')).toBe('1')
  await api.patchStage({'/cacheClusterEnabled': 'false'})
  expect(await body(api, 'GET /a')).toBe('2')
  await api.patchStage({'/cacheClusterEnabled': 'true'})
  expect(await body(api, 'GET /a')).toBe('3')
  await api.apigateway.deleteStage({restApiId: api.restApiId, stageName: 'prod'})
  await api.deploy()
  await api.patchStage({'/cacheClusterEnabled': 'true', '/*/*/caching/enabled': 'true'})
  expect(await body(api, 'GET /a')).toBe('4')
})

test('a TTL of 0 keeps nothing', async () => {
  const api = await cachedApi()
  await api.patchStage({'/*/*/caching/ttlInSeconds': '0'})
  expect(await body(api, 'GET /a')).toBe('1')
  expect(await body(api, 'GET /a')).toBe('2')
})

// Statuses: CacheClusterStatus of the model; "about 4 minutes" to make or delete one: developer guide, cache settings.
test('a cluster takes its time: it is made, available, emptied, available and deleted', async () => {
  let now = Date.UTC(2026, 10, 22)
  const minutes = 60_000
  const api = await deployedApi(
    {'ANY /{id}': counted()},
    {functions: functionModules({counter: COUNTER}), millis: () => now, cacheClusterTime: 4 * minutes},
  )
  const stage = {restApiId: api.restApiId, stageName: 'prod'}
  const status = async () => (await api.apigateway.getStage(stage)).cacheClusterStatus
  expect(await status()).toBe('NOT_AVAILABLE')
  await api.patchStage({'/cacheClusterEnabled': 'true', '/*/*/caching/enabled': 'true'})
  expect(await status()).toBe('CREATE_IN_PROGRESS')
  expect([await body(api, 'GET /a'), await body(api, 'GET /a')]).toEqual(['1', '2'])
  now += 4 * minutes
  expect(await status()).toBe('AVAILABLE')
  expect([await body(api, 'GET /a'), await body(api, 'GET /a')]).toEqual(['3', '3'])
  await api.apigateway.flushStageCache(stage)
  expect(await status()).toBe('FLUSH_IN_PROGRESS')
  now += 4 * minutes
  expect(await status()).toBe('AVAILABLE')
  expect(await body(api, 'GET /a')).toBe('4')
  await api.patchStage({'/cacheClusterSize': '1.6'})
  expect(await status()).toBe('CREATE_IN_PROGRESS')
  now += 4 * minutes
  await api.patchStage({'/cacheClusterEnabled': 'false'})
  expect(await status()).toBe('DELETE_IN_PROGRESS')
  now += 4 * minutes
  expect(await status()).toBe('NOT_AVAILABLE')
  await api.patchStage({'/cacheClusterEnabled': 'true'})
  await api.apigateway.deleteStage(stage)
  await api.deploy()
  expect(await status(), 'of another stage of that name').toBe('NOT_AVAILABLE')
})
