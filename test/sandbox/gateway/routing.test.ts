import {request} from 'node:http'
import {expect, test} from 'vitest'
import {deployedApi, mock} from '../../support/deployed-api.js'

const MISSING = {
  status: 403,
  type: 'MissingAuthenticationTokenException',
  body: '{"message":"Missing Authentication Token"}',
}
const FORBIDDEN = {status: 403, type: 'ForbiddenException', body: '{"message":"Forbidden"}'}

/** Answers which resource it is and what its path variables are. */
const named = (name: string) => mock(`${name} $input.params().path`)

test('a literal segment wins over a variable, a variable over a greedy one', async () => {
  const api = await deployedApi({
    'GET /pets/featured': named('literal'),
    'GET /pets/{id}': named('variable'),
    'GET /pets/{id}/toys': named('toys'),
    'ANY /{proxy+}': named('greedy'),
  })
  expect((await api.call('GET /pets/featured')).body).toBe('literal {}')
  expect((await api.call('GET /pets/7')).body).toBe('variable {id=7}')
  expect((await api.call('GET /pets/7/toys')).body).toBe('toys {id=7}')
  expect((await api.call('GET /pets/7/toys/9')).body).toBe('greedy {proxy=pets/7/toys/9}')
  expect((await api.call('PUT /pets/7')).body).toBe('greedy {proxy=pets/7}')
  expect((await api.call('GET /pets/7/')).body).toBe('variable {id=7}')
  expect((await api.call('GET /pets/a%2Fb%20c')).body).toBe('variable {id=a%2Fb%20c}')
})

test('a method wins over ANY; HEAD and OPTIONS are methods like the others', async () => {
  const api = await deployedApi({
    'GET /pets': mock('get'),
    'ANY /pets': mock('any'),
    'OPTIONS /cors': {
      responses: [{responseParameters: {'method.response.header.Access-Control-Allow-Origin': "'*'"}}],
    },
    'HEAD /cors': mock('head'),
  })
  expect((await api.call('GET /pets')).body).toBe('get')
  expect((await api.call('DELETE /pets')).body).toBe('any')
  expect((await api.call('OPTIONS /cors')).headers.get('access-control-allow-origin')).toBe('*')
  expect(await api.call('HEAD /cors')).toMatchObject({status: 200, body: ''})
})

// Recorded on AWS: test_routing_not_found.
test('an unknown path or method is answered Missing Authentication Token', async () => {
  const api = await deployedApi({'GET /existing': mock('{}')})
  for (const route of ['GET /nowhere', 'POST /existing', 'GET /existing/more', 'GET /']) {
    const answer = await api.call(route)
    expect(answer).toMatchObject(MISSING)
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.headers.get('x-amz-apigw-id')).toMatch(/^\w{15}=$/)
    expect(answer.headers.get('content-type')).toBe('application/json')
  }
})

test('an unknown API or stage is Forbidden', async () => {
  const api = await deployedApi({'GET /': mock('{}')})
  expect(await api.call('GET /', {}, 'dev')).toMatchObject(FORBIDDEN)
  const response = await fetch(`${api.url}/execute-api/nosuchapi0/prod/`)
  expect([response.status, await response.text()]).toEqual([403, '{"message":"Forbidden"}'])
})

test('an API is also found by the host name', async () => {
  const api = await deployedApi({'GET /pets': mock('$context.domainName')})
  const host = `${api.restApiId}.execute-api.localhost:${api.port}`
  const body = await new Promise((resolve, reject) => {
    // fetch does not let a host header through.
    request({port: api.port, host: '127.0.0.1', path: '/prod/pets', headers: {host}}, response => {
      response.setEncoding('utf8').once('data', resolve)
    })
      .once('error', reject)
      .end()
  })
  expect(body).toBe(`${api.restApiId}.execute-api.localhost`)
})

test('what is not deployed is not live', async () => {
  const api = await deployedApi({'GET /pets': mock('first')})
  await api.put('GET /dogs', mock('dogs'))
  await api.apigateway.putIntegrationResponse({
    restApiId: api.restApiId,
    resourceId: api.resources['/pets'],
    httpMethod: 'GET',
    statusCode: '200',
    responseTemplates: {'application/json': 'second'},
  })
  expect((await api.call('GET /pets')).body).toBe('first')
  expect(await api.call('GET /dogs')).toMatchObject(MISSING)
  await api.deploy()
  expect((await api.call('GET /pets')).body).toBe('second')
  expect((await api.call('GET /dogs')).body).toBe('dogs')
})

test('a canary takes its share of the traffic, with its own variables and log group', async () => {
  const api = await deployedApi({
    'GET /': mock('$stageVariables.colour $stageVariables.shape $context.isCanaryRequest'),
  })
  await api.patchStage({'/variables/colour': 'red', '/variables/shape': 'round'})
  await api.logAt('INFO')
  expect((await api.call('GET /')).body).toBe('red round false')
  const canary = await api.apigateway.createDeployment({restApiId: api.restApiId})
  await api.patchStage({'/canarySettings/deploymentId': canary.id!})
  await api.patchStage({
    '/canarySettings/percentTraffic': '100.0',
    '/canarySettings/stageVariableOverrides/colour': 'blue',
  })
  const answer = await api.call('GET /')
  expect(answer.body).toBe('blue round true')
  const main = `API-Gateway-Execution-Logs_${api.restApiId}/prod`
  const requestId = answer.headers.get('x-amzn-requestid')!
  expect((await api.logged(`${main}/Canary`)).every(message => message.includes(requestId))).toBe(true)
  expect((await api.logged(main)).some(message => message.includes(requestId))).toBe(true)
  await api.patchStage({'/canarySettings/percentTraffic': '0.0'})
  expect((await api.call('GET /')).body).toBe('red round false')
})
