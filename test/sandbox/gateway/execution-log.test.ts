import {expect, test} from 'vitest'
import {deployedApi, mock} from '../../support/deployed-api.js'

const EXTENDED = expect.stringMatching(/^Extended Request Id: \w{15}=$/)

test('a mock at INFO with data trace leaves the lines of the service, in its order', async () => {
  const api = await deployedApi({'GET /pets': mock('{"pets": "all the pets"}')})
  await api.logAt('INFO', true)
  const answer = await api.call('GET /pets?limit=2')
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    EXTENDED,
    'Verifying Usage Plan for request: {id}. API Key:  API Stage: {api}/prod',
    "API Key  authorized because method 'GET /pets' does not require API Key. Request will not contribute to throttle or quota limits",
    'Usage Plan check succeeded for API Key  and API Stage {api}/prod',
    'Starting execution for request: {id}',
    'HTTP Method: GET, Resource Path: /pets',
    'Method request path: {}',
    'Method request query string: {limit=2}',
    expect.stringMatching(/^Method request headers: \{.*X-Forwarded-Proto=https.*\}$/),
    'Method request body before transformations: ',
    'Method response body after transformations: {"pets": "all the pets"}',
    'Method response headers: {Content-Type=application/json}',
    'Successfully completed execution',
    'Method completed with status: 200',
  ])
})

test('ERROR leaves no line of a request that went well, OFF none at all', async () => {
  const api = await deployedApi({'GET /pets': mock('{}')})
  await api.logAt('ERROR')
  await api.call('GET /pets')
  await api.patchStage({'/*/*/logging/loglevel': 'OFF', '/*/*/logging/dataTrace': 'true'})
  await api.call('GET /pets')
  await expect(api.logged()).rejects.toThrow('The specified log group does not exist.')
})

test('nothing is logged for an account without a role', async () => {
  const api = await deployedApi({'GET /pets': mock('{}')})
  await api.logAt('INFO')
  await api.apigateway.updateAccount({patchOperations: [{op: 'replace', path: '/cloudwatchRoleArn', value: ''}]})
  await api.call('GET /pets')
  await expect(api.logged()).rejects.toThrow('The specified log group does not exist.')
})

test('an event is cut at 1,024 bytes of UTF-8, and no character is cut in two', async () => {
  const api = await deployedApi({'POST /pets': mock('{}')})
  await api.logAt('INFO', true)
  const answer = await api.call('POST /pets', {body: 'é'.repeat(1000)})
  const cut = (await api.logged()).filter(message => message.includes('body before transformations'))
  const prefix = `(${answer.headers.get('x-amzn-requestid')}) Method request body before transformations: `
  const room = 1024 - prefix.length
  expect(cut).toEqual([`${prefix}${'é'.repeat(Math.floor(room / 2))} [TRUNCATED]`])
  expect(Buffer.byteLength(cut[0]!)).toBe(1024 - (room % 2) + 12)
})

test('credentials are masked in the dump of the headers', async () => {
  const api = await deployedApi({'GET /pets': mock('{}')})
  await api.logAt('INFO', true)
  await api.call('GET /pets', {headers: {Authorization: 'Bearer 123456', 'x-api-key': 'aaaaaaaaaabbbbbbbbbbbMZHBg'}})
  const dump = (await api.logged()).find(message => message.includes('Method request headers'))
  expect(dump).toContain('Authorization=*******123456')
  expect(dump).toContain(`x-api-key=${'*'.repeat(20)}bMZHBg`)
})

test('a method with a setting of its own does not follow the setting of all methods', async () => {
  const api = await deployedApi({'GET /pets/{id}': mock('{}'), 'GET /pets': mock('{}')})
  await api.logAt('INFO')
  await api.patchStage({'/~1pets~1{id}/GET/logging/loglevel': 'OFF'})
  await api.call('GET /pets/1')
  await api.call('GET /pets')
  const paths = (await api.logged()).filter(message => message.includes('HTTP Method'))
  expect(paths).toEqual([expect.stringContaining('Resource Path: /pets')])
})

test('a key that is accepted shows masked, before and after the usage plan', async () => {
  const api = await deployedApi({'POST /orders': mock('{}', {apiKeyRequired: true})})
  const value = `${'k'.repeat(34)}bMZHBg`
  const key = await api.apigateway.createApiKey({enabled: true, value})
  const apiStages = [{apiId: api.restApiId, stage: 'prod'}]
  const plan = await api.apigateway.createUsagePlan({name: 'gold', apiStages})
  await api.apigateway.createUsagePlanKey({usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY'})
  await api.logAt('INFO')
  const answer = await api.call('POST /orders', {headers: {'x-api-key': value}})
  const shown = `${'*'.repeat(34)}bMZHBg`
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    EXTENDED,
    `Verifying Usage Plan for request: {id}. API Key: ${shown} API Stage: {api}/prod`,
    `Usage Plan check succeeded for API Key ${shown} and API Stage {api}/prod`,
    'Starting execution for request: {id}',
    'HTTP Method: POST, Resource Path: /orders',
    `API Key: ${shown}`,
    'Successfully completed execution',
    'Method completed with status: 200',
  ])
})

test('each request has a stream of its own, and event ids that count up', async () => {
  const api = await deployedApi({'GET /pets': mock('{}')})
  await api.logAt('INFO')
  await api.call('GET /pets')
  await api.call('GET /pets')
  const {events = []} = await api.logs.filterLogEvents({
    logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/prod`,
  })
  expect(new Set(events.map(event => event.logStreamName)).size).toBe(2)
  expect(events[0]!.logStreamName).toMatch(/^[0-9a-f]{32}$/)
  const ids = events
    .filter(event => event.logStreamName === events[0]!.logStreamName)
    .map(event => BigInt(event.eventId!))
  const indexes = ids.map(id => Number(id & 0xffffn))
  expect(indexes).toEqual(indexes.map((_, index) => index))
})
