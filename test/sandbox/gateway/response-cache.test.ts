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
