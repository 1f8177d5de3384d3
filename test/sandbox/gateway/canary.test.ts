import {expect, test} from 'vitest'
import {deployedApi, mock} from '../../support/deployed-api.js'
import {giveLoggingRole} from '../../support/logging-role.js'

const SAYS =
  '{"canary": "$context.isCanaryRequest", "colour": "$stageVariables.colour", "shade": "$stageVariables.shade"}'

/** An API whose stage has a canary of another edition: it says 1, the canary 2. */
async function twoDeployments(canarySettings: object, draws: number[] = []) {
  const api = await deployedApi({'GET /': mock(`{"edition": 1, "is": ${SAYS}}`)}, {random: () => draws.shift() ?? 1})
  await api.patchStage({'/variables/colour': 'red', '/variables/shade': 'dark'})
  await api.put('GET /new', mock('{}'))
  await api.apigateway.updateIntegrationResponse({
    restApiId: api.restApiId,
    resourceId: api.resources['/']!,
    httpMethod: 'GET',
    statusCode: '200',
    patchOperations: [
      {op: 'replace', path: '/responseTemplates/application~1json', value: `{"edition": 2, "is": ${SAYS}}`},
    ],
  })
  const stage = {restApiId: api.restApiId, stageName: 'prod'}
  await api.apigateway.createDeployment({...stage, canarySettings: {percentTraffic: 10, ...canarySettings}})
  return {
    api,
    ask: async () => JSON.parse((await api.call('GET /')).body) as {edition: number; is: Record<string, string>},
  }
}

test('a request is the canary’s when the draw is below its share, and only then', async () => {
  const {ask} = await twoDeployments({}, [0, 0.0999, 0.1, 0.5, 0.9999])
  const editions = []
  for (let i = 0; i < 5; i++) editions.push((await ask()).edition)
  expect(editions).toEqual([2, 2, 1, 1, 1])
})

test('at 0 % none is, at 100 % all are', async () => {
  const {ask, api} = await twoDeployments({percentTraffic: 0}, [0, 0.999999])
  expect((await ask()).edition).toBe(1)
  await api.patchStage({'/canarySettings/percentTraffic': '100.0'})
  expect((await ask()).edition).toBe(2)
})

test('the draws are even: of 500 requests at 30 % some 150 are the canary’s', async () => {
  const api = await deployedApi({'GET /': mock('$context.isCanaryRequest')})
  await api.patchStage({'/canarySettings/percentTraffic': '30.0'})
  const rounds = Array.from({length: 10}, async () => {
    let count = 0
    for (let i = 0; i < 50; i++) if ((await api.call('GET /')).body === 'true') count++
    return count
  })
  const count = (await Promise.all(rounds)).reduce((sum, each) => sum + each, 0)
  // Six standard deviations: less than one run in a hundred million is outside.
  expect(Math.abs(count - 150)).toBeLessThan(6 * Math.sqrt(500 * 0.3 * 0.7))
})

test('it sees its variables over those of the stage, and says that it is the canary’s', async () => {
  const {ask} = await twoDeployments({stageVariableOverrides: {colour: 'blue'}}, [0, 1])
  expect((await ask()).is).toEqual({canary: 'true', colour: 'blue', shade: 'dark'})
  expect((await ask()).is).toEqual({canary: 'false', colour: 'red', shade: 'dark'})
})

const CACHE = {
  '/cacheClusterEnabled': 'true',
  '/cacheClusterSize': '0.5',
  '/*/*/caching/enabled': 'true',
}

test('it has a cache of its own, unless it is to use that of the stage', async () => {
  const {api, ask} = await twoDeployments({}, [1, 0, 1, 0])
  await api.patchStage(CACHE)
  expect([(await ask()).edition, (await ask()).edition]).toEqual([1, 2])
  await api.patchStage({'/canarySettings/useStageCache': 'true'})
  expect([(await ask()).edition, (await ask()).edition]).toEqual([1, 1])
})

test('its requests are logged for the stage and once more for the canary', async () => {
  const {api, ask} = await twoDeployments({}, [0, 1])
  await giveLoggingRole(api)
  for (const logGroupName of ['access', 'access/Canary']) await api.logs.createLogGroup({logGroupName})
  await api.patchStage({
    '/*/*/logging/loglevel': 'INFO',
    '/accessLogSettings/destinationArn': 'arn:aws:logs:us-east-1:123456789012:log-group:access',
    '/accessLogSettings/format': '$context.requestId $context.isCanaryRequest',
  })
  await ask()
  await ask()
  const group = `API-Gateway-Execution-Logs_${api.restApiId}/prod`
  const completed = async (name: string) =>
    (await api.logged(name)).filter(line => line.includes('Method completed')).length
  expect([await completed(group), await completed(`${group}/Canary`)]).toEqual([2, 1])
  const flags = async (name: string) => (await api.logged(name)).map(line => line.split(' ')[1]).sort()
  expect([await flags('access'), await flags('access/Canary')]).toEqual([['false', 'true'], ['true']])
})
