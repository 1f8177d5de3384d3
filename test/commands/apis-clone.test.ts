import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import ApisClone from '../../src/commands/apis/clone.js'
import {apigw, ROOT} from '../support/apigw.js'
import {FAILURES, failingApi} from '../support/failing-api.js'
import {petstore} from '../support/petstore.js'
import {sandboxForTest} from '../support/sandbox.js'

test('a clone on a stage answers every request as its source does, and goes on when the source is gone', async () => {
  const api = await failingApi()
  const {apigateway, restApiId, url} = api
  const on = {on: {url}}
  const {stdout, stderr, exitCode} = await apigw(ApisClone, ['pets', 'next', '--stage', 'prod', '--json'], on)
  expect({exitCode, stderr: stderr.includes('Error')}).toEqual({exitCode: 0, stderr: false})
  const {id, name} = JSON.parse(stdout)
  expect(name).toBe('next')
  const requests = [
    ...FAILURES.map(({route, headers, body}) => ({route, headers, body})),
    {route: 'GET /good/1', headers: {}, body: undefined},
    {route: 'POST /orders', headers: {'x-shop': 'a'}, body: '{"email": "a@b"}'},
  ]
  const answers = async (apiId: string) => {
    const all: [string, number, string][] = []
    for (const {route, headers, body} of requests) {
      const [method = '', path = ''] = route.split(' ')
      const init = {method, headers: headers ?? {}, ...(body === undefined ? {} : {body})}
      const response = await fetch(`${url}/execute-api/${apiId}/prod${path}`, init)
      all.push([route, response.status, await response.text()])
    }
    return all
  }
  const before = (await answers(restApiId)).filter(([route]) => route !== 'GET /keyed')
  const keyless = (all: [string, number, string][]) => all.filter(([route]) => route !== 'GET /keyed')
  expect(keyless(await answers(id))).toEqual(before)
  await apigateway.deleteRestApi({restApiId})
  expect(keyless(await answers(id))).toEqual(before)
  expect(stderr).toContain('On AWS, it answers 500 until you run: aws lambda add-permission')
})

test('a definition with models, validators, authorizers and gateway responses is cloned whole', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const body = readFileSync(join(ROOT, 'test/sandbox/openapi/definitions/orders.oas30.yaml'))
  const {id: restApiId, name = ''} = await apigateway.importRestApi({body})
  const {exitCode, stdout, stderr} = await apigw(ApisClone, [name, 'copy', '--output', 'id'], {on: sandbox})
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Not live yet: apigw deploy --api copy --stage')])
  const export_ = async (id: string | undefined) => {
    await apigateway.createDeployment({restApiId: id, stageName: 'x'})
    const {body} = await apigateway.getExport({
      restApiId: id,
      stageName: 'x',
      exportType: 'oas30',
      parameters: {extensions: 'apigateway,integrations,authorizers'},
    })
    const {info, servers, ...rest} = JSON.parse(new TextDecoder().decode(body))
    const text = JSON.stringify(rest).replaceAll(id!, 'API')
    // Ids of resources, of which each API has its own.
    return text.replaceAll(/"cacheNamespace":"\w+"/g, '')
  }
  expect(await export_(stdout.trim())).toBe(await export_(restApiId))
})

test('a dry run makes nothing; the name of another API is refused with 5, and taken with --if-not-exists', async () => {
  const {sandbox, apigateway} = await petstore()
  const dry = await apigw(ApisClone, ['petstore', 'next', '--edge', '--stage', 'prod', '--dry-run', '--json'], {
    on: sandbox,
  })
  expect(JSON.parse(dry.stdout)).toMatchObject([
    {
      action: 'create',
      kind: 'API',
      name: 'next',
      detail: expect.stringMatching(/^clone of petstore .*1 method, edge$/),
    },
    {action: 'create', kind: 'stage', name: 'prod'},
  ])
  const count = async () => (await apigateway.getRestApis({})).items?.length
  expect(await count()).toBe(1)
  const refused = await apigw(ApisClone, ['petstore', 'petstore'], {on: sandbox})
  expect([refused.exitCode, refused.stdout]).toEqual([5, ''])
  const first = await apigw(ApisClone, ['petstore', 'next', '--if-not-exists', '--output', 'id'], {on: sandbox})
  const again = await apigw(ApisClone, ['petstore', 'next', '--if-not-exists', '--output', 'id'], {on: sandbox})
  expect([again.exitCode, again.stdout, await count()]).toEqual([0, first.stdout, 2])
})

test('what was not copied is told with the commands that bring it, and the endpoint type is that which was said', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const {id: planId} = await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}]})
  await apigateway.createDomainName({domainName: 'a.example.com'})
  await apigateway.createBasePathMapping({domainName: 'a.example.com', restApiId, basePath: 'v1', stage: 'prod'})
  const {stdout, stderr} = await apigw(ApisClone, ['petstore', 'next', '--edge'], {on: sandbox})
  expect(stdout).toContain('\tnext\tedge\t')
  expect(stderr.trim().split('\n')).toEqual([
    'Not copied: the stages of petstore with their settings: prod',
    'Not live yet: apigw deploy --api next --stage prod',
    `Not on usage plan gold, as petstore/prod is: apigw plans attach ${planId} --stage next/prod`,
    'a.example.com/v1 still leads to petstore.',
  ])
})

test('a server that does not copy is found out, and ends with 1', async () => {
  const {sandbox} = await petstore({
    fault: ({operation, input}) => {
      if (operation === 'CreateRestApi') delete (input as {cloneFrom?: string}).cloneFrom
      return undefined
    },
  })
  const {exitCode, stdout, stderr} = await apigw(ApisClone, ['petstore', 'next'], {on: sandbox})
  expect([exitCode, stdout]).toEqual([1, ''])
  expect(stderr).toContain('it is not a whole copy of petstore: GET /pets is missing.')
}, 15_000)
