import {describe, expect, test} from 'vitest'
import LogsSearch from '../../src/commands/logs/search.js'
import LogsTail from '../../src/commands/logs/tail.js'
import {apigw} from '../support/apigw.js'
import {type DeployedApi, deployedApi, mock} from '../support/deployed-api.js'
import {functionModules, invocationArn} from '../support/functions.js'

const saying = (word: string) => `
export const handler = async ({path}) => {
  console.log('${word} of', path)
  if (path === '/pets/0') throw new Error('no such pet')
  return {statusCode: 200, body: '{}'}
}`

const FUNCTIONS = {pets: saying('pets'), cats: saying('cats'), unused: saying('unused')}

const behind = (name: string) => ({
  integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn(name)} as const,
})

/** An API with a function behind `GET /pets/{petId}`, another named by a stage variable, which logs at INFO. */
async function logged() {
  const api = await deployedApi(
    {'GET /pets/{petId}': behind('pets'), 'GET /cats': behind('${stageVariables.fn}'), 'GET /mock': mock('{}')},
    {functions: functionModules(FUNCTIONS)},
  )
  await api.patchStage({'/variables/fn': 'cats'})
  await api.logAt('INFO')
  return api
}

const PROD = ['--api', 'pets', '--stage', 'prod', '--include-lambda']

const show = (api: DeployedApi, ...argv: string[]) => apigw(LogsTail, [...PROD, ...argv], {on: api})

interface Shown {
  path?: string
  status: number
  lines: {source: string; text: string; function?: string}[]
}

const requests = async (api: DeployedApi, ...argv: string[]): Promise<Shown[]> =>
  (await show(api, ...argv, '--json')).stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

const said = ({lines}: Shown) => lines.filter(({text}) => / of \//.test(text)).map(line => [line.function, line.text])

describe('requests', () => {
  test('have what their function has written among their lines', async () => {
    const api = await logged()
    for (const path of ['/pets/1', '/cats', '/mock', '/pets/0']) await api.call(`GET ${path}`)
    const shown = await requests(api)
    expect(shown.map(request => [request.status, said(request)])).toEqual([
      [200, [['pets', 'INFO\tpets of /pets/1']]],
      [200, [['cats', 'INFO\tcats of /cats']]],
      [200, []],
      [502, [['pets', 'INFO\tpets of /pets/0']]],
    ])
    const verbose = await show(api, '--verbose')
    expect(verbose.stdout).toContain('\tfunction-line\tINFO pets of /pets/1')
    expect(verbose).toMatchObject({stderr: '', exitCode: 0})
  })

  test('do not have it where it is not asked for', async () => {
    const api = await logged()
    await api.call('GET /pets/1')
    const {stdout} = await apigw(LogsTail, ['--api', 'pets', '--stage', 'prod', '--json'], {on: api})
    expect(JSON.parse(stdout).lines.map(({source}: {source: string}) => source)).not.toContain('function')
  })

  test('are filtered as ever, and counted as ever', async () => {
    const api = await logged()
    for (const path of ['/pets/1', '/pets/0', '/cats', '/pets/2']) await api.call(`GET ${path}`)
    expect((await requests(api, '--status', '5xx')).map(said)).toEqual([[['pets', 'INFO\tpets of /pets/0']]])
    expect((await requests(api, '-n', '2')).map(said)).toEqual([
      [['cats', 'INFO\tcats of /cats']],
      [['pets', 'INFO\tpets of /pets/2']],
    ])
    expect((await requests(api, '--grep', 'cats of')).map(said)).toEqual([[['cats', 'INFO\tcats of /cats']]])
    const searched = await apigw(LogsSearch, [...PROD, '--errors', '--json'], {on: api})
    expect(said(JSON.parse(searched.stdout))).toEqual([['pets', 'INFO\tpets of /pets/0']])
  })

  test('of an access log have it, too', async () => {
    const api = await logged()
    await api.logs.createLogGroup({logGroupName: 'access'})
    await api.patchStage({
      '/accessLogSettings/destinationArn': 'arn:aws:logs:us-east-1:123456789012:log-group:access',
      '/accessLogSettings/format': '$context.requestId $context.status $context.integration.requestId',
    })
    await api.call('GET /pets/1')
    const [request] = await requests(api, '--access')
    expect(said(request as Shown)).toEqual([['pets', 'INFO\tpets of /pets/1']])
    expect(request?.lines.map(({source}) => source)).toContain('access')
  })
})

test('with --raw the lines of functions bear their name', async () => {
  const api = await logged()
  await api.call('GET /pets/1')
  const {stdout} = await show(api, '--raw')
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  expect(new Set(lines.map(([, label]) => label))).toEqual(new Set(['pets/prod', 'pets']))
  expect(lines.filter(([, label]) => label === 'pets').map(([, , text]) => text)).toEqual([
    expect.stringMatching(/^START RequestId: /),
    expect.stringMatching(/ INFO pets of \/pets\/1$/),
    expect.stringMatching(/^END RequestId: /),
    expect.stringMatching(/^REPORT RequestId: /),
  ])
  const json = (await show(api, '--raw', '--json')).stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(json.filter(line => line.function === 'pets')).toHaveLength(4)
})

describe('the functions', () => {
  test('are those of the deployed stage, not of the API as it is edited', async () => {
    const api = await logged()
    await api.call('GET /pets/1')
    await api.put('GET /later', behind('unused'))
    await api.apigateway.putIntegration({
      restApiId: api.restApiId,
      resourceId: await api.resource('/pets/{petId}'),
      httpMethod: 'GET',
      ...behind('unused').integration,
    })
    const [request] = await requests(api)
    expect(said(request as Shown)).toEqual([['pets', 'INFO\tpets of /pets/1']])
  })

  test('that nothing has called yet are no failure', async () => {
    const api = await logged()
    await api.call('GET /mock')
    expect(await show(api)).toMatchObject({stderr: '', exitCode: 0, stdout: expect.stringContaining('/mock')})
  })

  test('of a stage that calls none: it is said', async () => {
    const api = await deployedApi({'GET /': mock('{}')})
    await api.logAt('INFO')
    await api.call('GET /')
    const {stderr, exitCode} = await show(api)
    expect({stderr, exitCode}).toEqual({stderr: 'prod of pets calls no Lambda function.\n', exitCode: 0})
  })
})
