import {expect, test} from 'vitest'
import RoutesList from '../../src/commands/routes/list.js'
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
