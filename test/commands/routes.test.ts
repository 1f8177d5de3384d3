import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {expect, onTestFinished, test} from 'vitest'
import RoutesAdd from '../../src/commands/routes/add.js'
import RoutesList from '../../src/commands/routes/list.js'
import RoutesRemove from '../../src/commands/routes/remove.js'
import {apigw} from '../support/apigw.js'
import {sandboxForTest} from '../support/sandbox.js'

/** An API with `GET /`, `GET` and `POST /pets`, `GET /pets/{id}/toys` and an empty `/later`. */
async function petstore(options: Parameters<typeof sandboxForTest>[0] = {}) {
  const {sandbox, apigateway} = await sandboxForTest(options)
  const {id: restApiId, rootResourceId} = await apigateway.createRestApi({name: 'petstore'})
  const resource = async (parentId: string, pathPart: string) =>
    (await apigateway.createResource({restApiId, parentId, pathPart})).id!
  const method = async (resourceId: string, httpMethod: string, uri?: string, apiKeyRequired = false) => {
    const where = {restApiId, resourceId, httpMethod}
    await apigateway.putMethod({...where, authorizationType: 'NONE', apiKeyRequired})
    await apigateway.putIntegration({
      ...where,
      ...(uri ? {type: 'HTTP_PROXY', integrationHttpMethod: httpMethod, uri} : {type: 'MOCK'}),
    })
  }
  const pets = await resource(rootResourceId!, 'pets')
  const pet = await resource(pets, '{id}')
  const toys = await resource(pet, 'toys')
  await resource(rootResourceId!, 'later')
  await method(rootResourceId!, 'GET')
  await method(pets, 'POST', 'https://example.com/pets', true)
  await method(pets, 'GET', 'https://example.com/pets')
  await method(toys, 'GET')
  return {sandbox, apigateway, restApiId: restApiId!, rootResourceId: rootResourceId!}
}

test('routes list draws a tree on a terminal', async () => {
  const {sandbox} = await petstore()
  const {stdout} = await apigw(RoutesList, ['--api', 'petstore'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(stdout.replaceAll(/ +$/gm, '')).toBe(
    [
      'PATH              METHOD  AUTH  API KEY   INTEGRATION',
      '/                 GET     none            mock',
      '├─ /later',
      '└─ /pets          GET     none            http_proxy https://example.com/pets',
      '   │              POST    none  required  http_proxy https://example.com/pets',
      '   └─ /{id}/toys  GET     none            mock',
      '',
    ].join('\n'),
  )
})

test('routes list is flat rows in a pipe, with the whole path, and objects in JSON', async () => {
  const {sandbox} = await petstore()
  const pipe = await apigw(RoutesList, ['--api', 'petstore'], {on: sandbox})
  expect(pipe.stdout.split('\n')).toEqual([
    '/\tGET\tnone\tfalse\tmock',
    '/later\t\t\tfalse\t',
    '/pets\tGET\tnone\tfalse\thttp_proxy https://example.com/pets',
    '/pets\tPOST\tnone\ttrue\thttp_proxy https://example.com/pets',
    '/pets/{id}/toys\tGET\tnone\tfalse\tmock',
    '',
  ])
  const json = await apigw(RoutesList, ['--api', 'petstore', '--json', '--query', '[?apiKeyRequired]'], {on: sandbox})
  expect(JSON.parse(json.stdout)).toEqual([
    {
      path: '/pets',
      method: 'POST',
      authorization: 'NONE',
      apiKeyRequired: true,
      integration: {type: 'HTTP_PROXY', uri: 'https://example.com/pets', httpMethod: 'POST'},
    },
  ])
})

test('an API without methods says how to add one', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  await apigateway.createRestApi({name: 'empty'})
  const terminal = await apigw(RoutesList, ['--api', 'empty'], {on: sandbox, tty: true})
  expect(terminal).toMatchObject({stdout: '', exitCode: 0, stderr: expect.stringContaining('apigw routes add')})
})

test('an unknown API and an unknown stage are not found', async () => {
  const {sandbox} = await petstore()
  expect(await apigw(RoutesList, ['--api', 'petshop'], {on: sandbox})).toMatchObject({stdout: '', exitCode: 3})
  const stage = await apigw(RoutesList, ['--api', 'petstore', '--stage', 'nope'], {on: sandbox})
  expect(stage).toMatchObject({stdout: '', exitCode: 3, stderr: expect.stringContaining('no stage "nope"')})
})

/** A sandbox with an empty API called petstore. */
async function empty(options: Parameters<typeof sandboxForTest>[0] = {}) {
  const {sandbox, apigateway} = await sandboxForTest(options)
  const {id} = await apigateway.createRestApi({name: 'petstore'})
  const add = (...argv: string[]) => apigw(RoutesAdd, [...argv, '--api', 'petstore'], {on: sandbox})
  const list = async () => (await apigw(RoutesList, ['--api', 'petstore'], {on: sandbox})).stdout
  return {sandbox, apigateway, restApiId: id!, add, list}
}

test('routes add makes resources, method and mock, which answers once it is deployed', async () => {
  const {sandbox, apigateway, restApiId, add} = await empty()
  const added = await add('get', '/pets/{id}/toys', '--mock', '--mock-body', '{"toys": []}')
  expect(added).toEqual({
    exitCode: 0,
    stdout: '/pets/{id}/toys\tGET\tnone\tfalse\tmock\n',
    stderr: 'Not live yet, petstore has no stage: run `apigw deploy --api petstore --stage NAME`\n',
  })
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const url = `${sandbox.url}/execute-api/${restApiId}/prod/pets/7/toys`
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({toys: []})
  // The mapping template is for JSON: anything else is said to be unsupported, not a server error.
  expect((await fetch(url, {headers: {'content-type': 'text/plain'}})).status).toBe(415)

  const second = await add('POST', '/pets', '--mock')
  expect(second.stderr).toBe(
    '1 change is not live on prod: run `apigw deploy --api petstore --stage prod`\n' +
      'See it: apigw stages diff --api petstore --stage prod\n',
  )
})

test('what is taken back is live again, and a stage that is behind for longer counts all that it lacks', async () => {
  const {sandbox, apigateway, restApiId, add} = await empty()
  await add('GET', '/', '--mock')
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await add('GET', '/pets', '--mock')
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  expect((await add('GET', '/toys', '--mock')).stderr).toMatch(/^2 changes are not live on prod, 1 on beta: run/)
  const remove = (path: string) => apigw(RoutesRemove, ['GET', path, '--api', 'petstore', '--yes'], {on: sandbox})
  expect((await remove('/toys')).stderr).toMatch(/\n1 change is not live on prod: run .*\n/)
  const {stderr, exitCode} = await apigw(RoutesRemove, ['GET', '/pets', '--api', 'petstore', '--yes'], {on: sandbox})
  expect(stderr).toMatch(/\n1 change is not live on beta: run .*\n/)
  expect(exitCode).toBe(0)
})

test('routes add is done although nobody may see what is live', async () => {
  const denied = {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'Not for you.'} as const
  const {apigateway, restApiId, add, list} = await empty({
    fault: ({operation}) => (operation === 'GetExport' ? denied : undefined),
  })
  await add('GET', '/', '--mock')
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const {stderr, exitCode} = await add('GET', '/pets', '--mock')
  expect({stderr, exitCode}).toEqual({
    stderr: 'Not live yet on prod: run `apigw deploy --api petstore --stage prod --force`\n',
    exitCode: 0,
  })
  expect(await list()).toContain('/pets\tGET')
})

test('what is not live costs few calls, and is not waited for where the service throttles', async () => {
  const throttled = {kind: 'error', status: 429, code: 'TooManyRequestsException', message: 'Slower.'} as const
  let isBusy = false
  const {sandbox, apigateway, restApiId, add} = await empty({
    fault: ({operation}) => (isBusy && operation === 'GetExport' ? throttled : undefined),
  })
  await add('GET', '/', '--mock')
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await apigateway.createStage({restApiId, stageName: 'beta', deploymentId: (await only(apigateway, restApiId)).id!})
  const reads = () => new Map([...sandbox.calls].filter(([operation]) => operation.startsWith('Get')))
  const before = reads()
  expect((await add('GET', '/pets', '--mock')).stderr).toMatch(/^1 change is not live on prod, 1 on beta: run/)
  const made = [...reads()].map(([operation, count]) => [operation, count - (before.get(operation) ?? 0)])
  expect(Object.fromEntries(made.filter(([, count]) => count !== 0))).toEqual({
    // To find the API, and what is there.
    GetRestApis: 1,
    GetResources: 2,
    GetStages: 1,
    GetRestApi: 1,
    GetGatewayResponses: 1,
    // Both stages serve the same.
    GetExport: 1,
  })
  isBusy = true
  const exports = sandbox.calls.get('GetExport')
  const {stderr, exitCode} = await add('GET', '/toys', '--mock')
  expect({stderr, exitCode}).toEqual({
    stderr: 'Not live yet on prod, beta: run `apigw deploy --api petstore --stage prod --force`\n',
    exitCode: 0,
  })
  expect(sandbox.calls.get('GetExport')).toBe(exports! + 1)
})

const only = async (apigateway: APIGateway, restApiId: string) =>
  (await apigateway.getDeployments({restApiId})).items![0]!

test('routes add --http passes requests on, with the variables of the path and a key if required', async () => {
  const seen: string[] = []
  const backend = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.end('from the backend')
  })
  await new Promise<void>(resolve => backend.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void backend.close())
  const origin = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`

  const {sandbox, apigateway, restApiId, add} = await empty()
  expect((await add('GET', '/pets/{id}', '--http', `${origin}/v1/animals/{id}`)).exitCode).toBe(0)
  expect((await add('ANY', '/files/{proxy+}', '--http', `${origin}/{proxy}`, '--key-required')).exitCode).toBe(0)
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const url = `${sandbox.url}/execute-api/${restApiId}/prod`
  expect(await (await fetch(`${url}/pets/7`)).text()).toBe('from the backend')
  expect((await fetch(`${url}/files/a/b`)).status).toBe(403)
  expect(seen).toEqual(['GET /v1/animals/7'])
})

test('routes add --lambda finds the account, and says what lets the API in', async () => {
  const {apigateway, restApiId, add} = await empty()
  const added = await add('POST', '/pets/{id}', '--lambda', 'pets:live')
  expect(added).toMatchObject({exitCode: 0, stdout: '/pets/{id}\tPOST\tnone\tfalse\tlambda pets:live\n'})
  const account = /function:pets:live/.test(added.stderr) && /:lambda:us-east-1:(\d{12}):/.exec(added.stderr)?.[1]
  expect(added.stderr).toContain('On AWS, it answers 500 until you run: aws lambda add-permission ')
  expect(added.stderr).toContain(`arn:aws:execute-api:us-east-1:${account}:${restApiId}/*/POST/pets/*`)
  const {items} = await apigateway.getResources({restApiId, embed: ['methods']})
  expect(items?.find(({path}) => path === '/pets/{id}')?.resourceMethods?.POST?.methodIntegration).toMatchObject({
    type: 'AWS_PROXY',
    httpMethod: 'POST',
    uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:pets:live/invocations`,
  })
})

test('running routes add again changes nothing; another backend is a conflict unless --replace', async () => {
  const {sandbox, apigateway, restApiId, add, list} = await empty()
  await add('GET', '/pets', '--http', 'https://example.com/a', '--key-required')
  const before = [...sandbox.calls]
  const again = await add('GET', '/pets', '--http', 'https://example.com/a', '--key-required')
  expect(again).toMatchObject({exitCode: 0, stderr: 'GET /pets is there already, just so.\n'})
  const changing = /^(Create|Put|Update|Delete)/
  expect([...sandbox.calls].filter(([name]) => changing.test(name))).toEqual(
    before.filter(([name]) => changing.test(name)),
  )

  const other = await add('GET', '/pets', '--mock')
  expect(other).toMatchObject({exitCode: 5, stdout: ''})
  expect(other.stderr).toContain('GET /pets is there already: http_proxy https://example.com/a, API key required.')
  expect((await add('GET', '/pets', '--http', 'https://example.com/a', '--no-key-required')).exitCode).toBe(5)

  const pets = (await apigateway.getResources({restApiId})).items!.find(({path}) => path === '/pets')!
  const method = {restApiId, resourceId: pets.id!, httpMethod: 'GET'}
  await apigateway.updateMethod({
    ...method,
    patchOperations: [{op: 'replace', path: '/authorizationType', value: 'AWS_IAM'}],
  })
  const replaced = await add('GET', '/pets', '--mock', '--replace', '--no-key-required')
  expect(replaced).toMatchObject({exitCode: 0, stdout: '/pets\tGET\taws_iam\tfalse\tmock\n'})
  expect(await list()).toBe(replaced.stdout)
})

test('a backend that needs a variable of the path can replace one that did not declare it', async () => {
  const {apigateway, restApiId, add} = await empty()
  const {items} = await apigateway.getResources({restApiId})
  const {id: resourceId} = await apigateway.createResource({restApiId, parentId: items![0]!.id!, pathPart: '{id}'})
  await apigateway.putMethod({restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE'})
  const added = await add('GET', '/{id}', '--http', 'https://example.com/{id}')
  expect(added).toMatchObject({exitCode: 0})
  const method = await apigateway.getMethod({restApiId, resourceId, httpMethod: 'GET'})
  expect(method.requestParameters).toEqual({'method.request.path.id': true})
})

test('a second variable beside another is a conflict, told before anything is made', async () => {
  const {sandbox, add} = await empty()
  await add('GET', '/pets/{id}', '--mock')
  const made = sandbox.calls.get('CreateResource')
  const beside = await add('GET', '/pets/{name}/toys', '--mock')
  expect(beside).toMatchObject({exitCode: 5, stdout: '', stderr: expect.stringContaining('/pets/{id} already')})
  expect(sandbox.calls.get('CreateResource')).toBe(made)
})

test('a failure half-way says what is done and what is not, and the same command completes it', async () => {
  let isBroken = true
  const {add, list} = await empty({
    fault: ({operation}) =>
      isBroken && operation === 'PutIntegration'
        ? {kind: 'error', status: 500, code: 'InternalFailure', message: 'Internal failure'}
        : undefined,
  })
  const failed = await add('GET', '/a/b', '--mock', '--json')
  expect({...failed, stderr: ''}).toEqual({exitCode: 1, stdout: '', stderr: ''})
  const {error} = JSON.parse(failed.stderr)
  expect(error.message).toContain(
    'Done before that: created the resource /a, created the resource /a/b, created the method of GET /a/b',
  )
  expect(error.message).toContain('Not done: create integration GET /a/b, create integration response GET /a/b')

  isBroken = false
  expect((await add('GET', '/a/b', '--mock')).exitCode).toBe(0)
  expect(await list()).toBe('/a/b\tGET\tnone\tfalse\tmock\n')
})

test.each([
  ['CreateResource', 2],
  ['PutMethod', 1],
  ['PutMethodResponse', 1],
  ['PutIntegration', 1],
  ['PutIntegrationResponse', 1],
])('a refused %s leaves nothing that the same command cannot complete', async (refused, at) => {
  let isDone = false
  const {apigateway, restApiId, add} = await empty({
    fault: ({operation, count}) => {
      if (isDone || operation !== refused || count !== at) return undefined
      isDone = true
      return {kind: 'error', status: 400, code: 'BadRequestException', message: 'No.'}
    },
  })
  const argv = ['GET', '/a/{b}', '--mock', '--key-required']
  expect(await add(...argv)).toMatchObject({exitCode: 1, stdout: '', stderr: expect.stringContaining('Not done: ')})
  expect(await add(...argv)).toMatchObject({exitCode: 0})

  const whole = await empty()
  await whole.add(...argv)
  const shape = async ({apigateway, restApiId}: Pick<typeof whole, 'apigateway' | 'restApiId'>) => {
    const {items = []} = await apigateway.getResources({restApiId, embed: ['methods']})
    const text = JSON.stringify(items.map(({path, resourceMethods}) => ({path, resourceMethods})))
    return text.replaceAll(/"cacheNamespace":"\w+"/g, '""')
  }
  expect(await shape({apigateway, restApiId})).toBe(await shape(whole))
})

test('routes add --dry-run shows each step and makes none', async () => {
  const {sandbox, add} = await empty()
  const dry = await add('GET', '/pets', '--mock', '--key-required', '--dry-run')
  expect(dry.stdout.split('\n')).toEqual([
    'create\tresource\t/pets\t',
    'create\tmethod\tGET /pets\tAPI key required',
    'create\tmethod response\tGET /pets\t200',
    'create\tintegration\tGET /pets\tmock',
    'create\tintegration response\tGET /pets\t200',
    '',
  ])
  expect([...sandbox.calls.keys()].filter(name => /^(Create(?!RestApi)|Put)/.test(name))).toEqual([])
})

test.each([
  ['a bad path', ['GET', 'pets', '--mock']],
  ['a bad method', ['FETCH', '/pets', '--mock']],
  ['no backend', ['GET', '/pets']],
  ['two backends', ['GET', '/pets', '--mock', '--http', 'https://example.com']],
  ['a body without a mock', ['GET', '/pets', '--http', 'https://example.com', '--mock-body', 'x']],
])('routes add with %s is wrong usage and makes no call', async (_what, argv) => {
  const {sandbox, add} = await empty()
  const before = sandbox.calls.size
  expect(await add(...argv)).toMatchObject({exitCode: 2, stdout: ''})
  expect(sandbox.calls.size).toBe(before)
})

test('routes remove takes a method away, and the resources that are empty then', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const remove = (...argv: string[]) => apigw(RoutesRemove, [...argv, '--api', 'petstore'], {on: sandbox})

  const unasked = await remove('GET', '/pets/{id}/toys')
  expect(unasked).toMatchObject({exitCode: 2, stdout: '', stderr: expect.stringContaining('--yes')})
  const dry = await remove('GET', '/pets/{id}/toys', '--dry-run', '--output', 'id')
  expect(dry.stdout).toBe('GET /pets/{id}/toys\n/pets/{id}/toys\n/pets/{id}\n')

  const removed = await remove('GET', '/pets/{id}/toys', '--yes')
  expect(removed).toEqual({
    exitCode: 0,
    stdout: '/pets/{id}/toys\tGET\tnone\tfalse\tmock\n',
    stderr:
      'GET /pets/{id}/toys was removed from petstore.\n' +
      '1 change is not live on prod: run `apigw deploy --api petstore --stage prod`\n' +
      'See it: apigw stages diff --api petstore --stage prod\n',
  })
  await remove('POST', '/pets', '--yes')
  await remove('GET', '/', '--yes')
  const {items} = await apigateway.getResources({restApiId})
  expect(items?.map(({path}) => path).sort()).toEqual(['/', '/later', '/pets'])

  const gone = await remove('POST', '/pets', '--yes')
  expect(gone).toMatchObject({exitCode: 3, stdout: '', stderr: expect.stringContaining('GET /pets')})
})

test('routes list --stage shows what the stage serves, not what is edited', async () => {
  const {sandbox, apigateway, restApiId, add} = await empty()
  await add('GET', '/old', '--mock', '--key-required')
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await add('GET', '/new', '--mock')
  const {stdout} = await apigw(RoutesList, ['--api', 'petstore', '--stage', 'prod'], {on: sandbox})
  expect(stdout).toBe('/old\tGET\tnone\ttrue\t\n')
})
