import {get} from 'node:http'
import {stripVTControlCharacters} from 'node:util'
import {describe, expect, test} from 'vitest'
import KeysExplain from '../../../src/commands/keys/explain.js'
import type {Step} from '../../../src/domain/admission/step.js'
import {apigw, type RunOptions} from '../../support/apigw.js'
import {type DeployedApi, deployedApi, type MethodSpec, mock} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'
import {gold} from '../../support/gold.js'
import {paste} from '../../support/pasting.js'

const VALUE = `${'g'.repeat(34)}bMZHBg`

const guarded = mock('ok', {apiKeyRequired: true})
const open = mock('ok')

const DENIAL = {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'This is not allowed.'} as const

type PlanSettings = Omit<Parameters<DeployedApi['apigateway']['createUsagePlan']>[0], 'name'>

interface Setup {
  methods?: Record<string, MethodSpec>
  enabled?: boolean
  plan?: Partial<PlanSettings> | false
  /** Operations that the caller may not call. */
  denied?: (operation: string) => boolean
}

/** The API `pets` on `prod`, with `GET /pets` that asks for a key, and the key `mobile` on the plan `gold`. */
async function setUp({methods = {'GET /pets': guarded}, enabled = true, plan = {}, denied}: Setup = {}) {
  const api = await deployedApi(methods, {
    fault: ({operation}) => (denied?.(operation) ? DENIAL : undefined),
    functions: functionModules({
      judge: `export const handler = async ({methodArn}) => ({
        principalId: 'user', usageIdentifierKey: '${VALUE}',
        policyDocument: {Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn}]},
      })`,
    }),
  })
  const {apigateway, restApiId} = api
  const {id: keyId = ''} = await apigateway.createApiKey({name: 'mobile', value: VALUE, enabled})
  if (plan === false) return {api, keyId, planId: ''}
  const apiStages = [{apiId: restApiId, stage: 'prod'}]
  const {id: planId = ''} = await apigateway.createUsagePlan({name: 'gold', apiStages, ...plan})
  await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
  return {api, keyId, planId}
}

async function explain(api: DeployedApi, argv: string[], options: RunOptions = {}) {
  const run = await apigw(KeysExplain, [...argv, '--json'], {on: api, ...options})
  expect(run.stderr).toBe('')
  const steps: Step[] = JSON.parse(run.stdout)
  expect(run.stdout).not.toContain(VALUE)
  return {
    exitCode: run.exitCode,
    steps,
    verdict: steps.at(-1)!,
    named: (step: string) => steps.filter(each => each.step === step),
  }
}

const PETS = ['mobile', '--api', 'pets', '--stage', 'prod', '--route', 'GET /pets']

const call = (api: DeployedApi, route = 'GET /pets', value = VALUE) => api.call(route, {headers: {'x-api-key': value}})

/** What keeps a key out, by the step that tells: how it comes about, and what a request gets. */
const OBSTACLES: {
  name: string
  step: string
  answer: string
  given: () => Promise<{api: DeployedApi}>
  argv?: string[]
  stdin?: string
  route?: string
  /** Steps that each have to be mended. */
  rounds?: number
}[] = [
  {name: 'a disabled key', step: 'enabled', answer: '403 Forbidden', given: () => setUp({enabled: false})},
  {
    name: 'a key on no plan, beside a plan with the stage',
    step: 'plan',
    answer: '403 Forbidden',
    given: async () => {
      const kit = await setUp({plan: false})
      const apiStages = [{apiId: kit.api.restApiId, stage: 'prod'}]
      await kit.api.apigateway.createUsagePlan({name: 'gold', apiStages})
      return kit
    },
  },
  {
    name: 'a key on no plan, where there is none',
    step: 'plan',
    answer: '403 Forbidden',
    given: () => setUp({plan: false}),
  },
  {
    name: 'a key on no plan, where the name for a new one is taken',
    step: 'plan',
    answer: '403 Forbidden',
    given: async () => {
      const kit = await setUp({plan: false})
      await kit.api.apigateway.createUsagePlan({name: 'pets-prod'})
      return kit
    },
  },
  {
    name: 'a plan without the stage',
    step: 'stage',
    answer: '403 Forbidden',
    given: () => setUp({plan: {apiStages: []}}),
  },
  {
    name: 'a plan without the stage, beside one that has it',
    step: 'stage',
    answer: '403 Forbidden',
    given: async () => {
      const kit = await setUp({plan: {apiStages: []}})
      const apiStages = [{apiId: kit.api.restApiId, stage: 'prod'}]
      await kit.api.apigateway.createUsagePlan({name: 'silver', apiStages})
      return kit
    },
  },
  {
    name: 'a plan without the stage, beside one that has it and that the key cannot be put on',
    step: 'stage',
    answer: '403 Forbidden',
    given: async () => {
      const kit = await setUp({plan: {apiStages: []}})
      await kit.api.deploy('beta')
      const stages = ['beta', 'prod'].map(stage => ({apiId: kit.api.restApiId, stage}))
      const patchOperations = [{op: 'add' as const, path: '/apiStages', value: `${kit.api.restApiId}:beta`}]
      await kit.api.apigateway.updateUsagePlan({usagePlanId: kit.planId, patchOperations})
      await kit.api.apigateway.createUsagePlan({name: 'silver', apiStages: stages})
      return kit
    },
  },
  {
    name: 'a value that no key has',
    step: 'key',
    answer: '403 Forbidden',
    argv: ['--value-stdin', ...PETS.slice(1)],
    stdin: `${VALUE}\n`,
    given: async () => {
      const kit = await setUp()
      await kit.api.apigateway.deleteApiKey({apiKey: kit.keyId})
      return kit
    },
  },
  {
    name: 'a value that no key has, and no plan for one',
    step: 'key',
    answer: '403 Forbidden',
    argv: ['--value-stdin', ...PETS.slice(1)],
    stdin: `${VALUE}\n`,
    given: async () => {
      const kit = await setUp({plan: false})
      await kit.api.apigateway.deleteApiKey({apiKey: kit.keyId})
      return kit
    },
  },
  {
    name: 'a route that is not deployed',
    step: 'route',
    answer: '403 Missing Authentication Token',
    route: 'GET /dogs',
    given: async () => {
      const kit = await setUp()
      await kit.api.put('GET /dogs', guarded)
      return kit
    },
  },
  {
    name: 'the authorizer as the source of keys, without an authorizer',
    step: 'key source',
    answer: '403 Forbidden',
    given: async () => {
      const kit = await setUp()
      await keysFrom(kit.api, 'AUTHORIZER')
      await kit.api.deploy()
      return kit
    },
  },
  {
    name: 'the header as the source of keys, which is not deployed',
    step: 'key source',
    answer: '403 Forbidden',
    given: async () => {
      const kit = await setUp()
      await keysFrom(kit.api, 'AUTHORIZER')
      await kit.api.deploy()
      await keysFrom(kit.api, 'HEADER')
      return kit
    },
  },
  {
    name: 'the default endpoint switched off',
    step: 'endpoint',
    answer: '403 Forbidden',
    given: async () => {
      const kit = await setUp()
      const {apigateway, restApiId} = kit.api
      const patchOperations = [{op: 'replace' as const, path: '/disableExecuteApiEndpoint', value: 'true'}]
      await apigateway.updateRestApi({restApiId, patchOperations})
      await kit.api.deploy()
      return kit
    },
  },
  {
    name: 'a quota that is used up',
    step: 'quota',
    answer: '429 Limit Exceeded',
    given: async () => {
      const kit = await setUp({plan: {quota: {limit: 2, period: 'DAY'}}})
      for (let i = 0; i < 2; i++) expect((await call(kit.api)).status).toBe(200)
      return kit
    },
  },
  {
    name: 'a plan that lets no request through',
    step: 'throttle',
    answer: '429 Too Many Requests',
    given: () => setUp({plan: {throttle: {rateLimit: 10, burstLimit: 0}}}),
  },
  ...(
    [
      ['GET /pets', 'GET /pets', '/pets/GET'],
      ['GET /', 'GET /', '//GET'],
      ['ANY /files/{proxy+}', 'POST /files/a/b', '/files/{proxy+}/ANY'],
    ] as const
  ).map(([method, route, key]) => ({
    name: `a plan that lets no request of ${method} through`,
    step: 'throttle',
    answer: '429 Too Many Requests',
    route,
    given: async () => {
      const throttle = {rateLimit: 10, burstLimit: 20}
      const kit = await setUp({methods: {[method]: guarded}, plan: {throttle, apiStages: []}})
      const stage = `${kit.api.restApiId}:prod`
      await kit.api.apigateway.updateUsagePlan({
        usagePlanId: kit.planId,
        patchOperations: [
          {op: 'add', path: '/apiStages', value: stage},
          {
            ...{op: 'replace', path: `/apiStages/${stage}/throttle`},
            value: JSON.stringify({[key]: {rateLimit: 0, burstLimit: 0}}),
          },
        ],
      })
      return kit
    },
  })),
  {
    name: 'a stage that lets no request through',
    step: 'throttle',
    answer: '429 Too Many Requests',
    given: async () => {
      const kit = await setUp()
      await kit.api.patchStage({'/*/*/throttling/rateLimit': '0', '/*/*/throttling/burstLimit': '0'})
      return kit
    },
  },
  {
    name: 'a stage that lets no request of the method through',
    step: 'throttle',
    answer: '429 Too Many Requests',
    given: async () => {
      const kit = await setUp()
      await kit.api.patchStage({'/~1pets/GET/throttling/rateLimit': '0', '/~1pets/GET/throttling/burstLimit': '0'})
      return kit
    },
  },
  {
    name: 'several at once',
    step: 'enabled',
    answer: '403 Forbidden',
    rounds: 3,
    given: async () => {
      const kit = await setUp({enabled: false, plan: {apiStages: [], throttle: {rateLimit: 5, burstLimit: 0}}})
      return kit
    },
  },
]

async function keysFrom({apigateway, restApiId}: DeployedApi, value: 'HEADER' | 'AUTHORIZER') {
  await apigateway.updateRestApi({restApiId, patchOperations: [{op: 'replace', path: '/apiKeySource', value}]})
}

describe('what keeps a key out is told, the service answers so, and the printed commands mend it', () => {
  test.each(OBSTACLES.map(obstacle => [obstacle.name, obstacle] as const))('%s', async (_, obstacle) => {
    const {step, answer, given, argv, stdin, route = 'GET /pets', rounds = 1} = obstacle
    const {api} = await given()
    const words = (argv ?? PETS).map(word => (word === 'GET /pets' ? route : word))
    const input = stdin === undefined ? {} : {stdin}
    for (let round = 0; round < rounds; round++) {
      const {exitCode, steps, verdict} = await explain(api, words, input)
      const crosses = steps.filter(each => each.ok === false && each.step !== 'verdict')
      expect(exitCode).toBe(1)
      expect(verdict).toMatchObject({ok: false, answer: expect.any(String)})
      if (round === 0) {
        expect(crosses.map(cross => cross.step)).toContain(step)
        expect(verdict.answer).toBe(answer)
      }
      const {status, body} = await call(api, route)
      expect(`${status} ${JSON.parse(body).message}`).toBe(verdict.answer)
      for (const {command} of crosses) await paste(command ?? '', {on: api, ...input})
      if ((await explain(api, words, input)).exitCode === 0) break
    }
    const {exitCode, steps, verdict} = await explain(api, words, input)
    expect(steps.filter(each => each.ok === false)).toEqual([])
    expect({exitCode, verdict: verdict.ok}).toEqual({exitCode: 0, verdict: true})
    expect((await call(api, route)).status).toBe(200)
  })
})

describe('what keeps nobody out', () => {
  test('a route that asks for no key: everybody is let in without one, and nothing is counted', async () => {
    const {api} = await setUp({methods: {'GET /pets': open}, enabled: false, plan: false})
    const {exitCode, steps, named} = await explain(api, PETS)
    expect(exitCode).toBe(0)
    expect(named('key required')).toMatchObject([
      {ok: null, text: expect.stringContaining('everybody is let in without')},
    ])
    expect(named('key required')[0]?.text).toContain('counts on no usage plan')
    expect(steps.filter(({ok}) => ok === false)).toEqual([])
    expect((await api.call('GET /pets')).status).toBe(200)
  })

  test('a key that is required, but not deployed yet, is a cross of its own: deploying it mends that', async () => {
    const {api} = await setUp({methods: {'GET /pets': open}})
    const method = {restApiId: api.restApiId, resourceId: api.resources['/pets']!, httpMethod: 'GET'}
    const patchOperations = [{op: 'replace' as const, path: '/apiKeyRequired', value: 'true'}]
    await api.apigateway.updateMethod({...method, patchOperations})
    const before = await explain(api, PETS)
    expect(before.exitCode).toBe(0)
    const [cross] = before.named('deployed')
    expect(cross).toMatchObject({ok: false, command: `apigw deploy --api ${api.restApiId} --stage prod`})
    expect((await api.call('GET /pets')).status).toBe(200)
    await paste(cross?.command ?? '', {on: api})
    expect((await api.call('GET /pets')).status).toBe(403)
    expect((await explain(api, PETS)).named('deployed')).toMatchObject([{ok: true}])
    expect((await call(api)).status).toBe(200)
  })

  test('a key that is required no more as the API is edited is told with the command that deploys it', async () => {
    const {api} = await setUp({plan: false})
    const method = {restApiId: api.restApiId, resourceId: api.resources['/pets']!, httpMethod: 'GET'}
    const patchOperations = [{op: 'replace' as const, path: '/apiKeyRequired', value: 'false'}]
    await api.apigateway.updateMethod({...method, patchOperations})
    const {exitCode, named} = await explain(api, PETS)
    expect(exitCode).toBe(1)
    expect(named('deployed')).toMatchObject([{ok: null, command: expect.stringContaining('apigw deploy')}])
  })

  test('what else stands before a route is named and not judged', async () => {
    const {api} = await setUp()
    const {apigateway, restApiId} = api
    const allow = {Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}
    const policy = JSON.stringify({Version: '2012-10-17', Statement: [allow]})
    await apigateway.updateRestApi({restApiId, patchOperations: [{op: 'replace', path: '/policy', value: policy}]})
    await api.put('GET /signed', mock('ok', {apiKeyRequired: true, authorizationType: 'AWS_IAM'}))
    await api.deploy()
    const {exitCode, verdict, named} = await explain(api, [...PETS.slice(0, -1), 'GET /signed'])
    expect(exitCode).toBe(0)
    expect(named('further gates')).toMatchObject([{ok: null, text: expect.stringContaining('the resource policy')}])
    expect(named('further gates')[0]?.text).toContain('a signature of IAM for GET /signed')
    expect(verdict.text).toContain('as far as API keys decide that')
  })

  test('a key that the authorizer returns is let in without the header', async () => {
    const {api} = await setUp({methods: {}, plan: {apiStages: []}})
    const {apigateway, restApiId} = api
    const authorizer = {restApiId, name: 'judge', type: 'REQUEST' as const, authorizerUri: invocationArn('judge')}
    const {id: authorizerId} = await apigateway.createAuthorizer({...authorizer, authorizerResultTtlInSeconds: 0})
    await api.put('GET /pets', mock('ok', {apiKeyRequired: true, authorizationType: 'CUSTOM', authorizerId}))
    await keysFrom(api, 'AUTHORIZER')
    await api.deploy()
    await apigateway.updateUsagePlan({
      usagePlanId: (await apigateway.getUsagePlans({})).items?.[0]?.id,
      patchOperations: [{op: 'add', path: '/apiStages', value: `${restApiId}:prod`}],
    })
    const {exitCode, named} = await explain(api, PETS)
    expect(named('key source')).toMatchObject([{ok: null, text: expect.stringContaining('usageIdentifierKey')}])
    expect(exitCode).toBe(0)
    expect((await api.call('GET /pets')).status).toBe(200)
  })

  test('where all is well, it is said that a new key on a plan may take minutes', async () => {
    const {api} = await setUp()
    expect((await explain(api, PETS)).named('delay')).toMatchObject([
      {ok: null, text: expect.stringContaining('minutes')},
    ])
    await api.apigateway.updateApiKey({
      apiKey: (await api.apigateway.getApiKeys({})).items?.[0]?.id,
      patchOperations: [{op: 'replace', path: '/enabled', value: 'false'}],
    })
    expect((await explain(api, PETS)).named('delay')).toEqual([])
  })
})

describe('the default endpoint switched off, where a custom domain name leads to the stage', () => {
  test('is a note: the key is let in there', async () => {
    const {api} = await setUp()
    const {apigateway, restApiId} = api
    const patchOperations = [{op: 'replace' as const, path: '/disableExecuteApiEndpoint', value: 'true'}]
    await apigateway.updateRestApi({restApiId, patchOperations})
    await api.deploy()
    const domainName = 'api.example.com'
    const regionalCertificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1'
    await apigateway.createDomainName({
      ...{domainName, regionalCertificateArn},
      endpointConfiguration: {types: ['REGIONAL']},
    })
    await apigateway.createBasePathMapping({domainName, restApiId, stage: 'prod', basePath: 'v1'})
    const {exitCode, named} = await explain(api, PETS)
    expect(named('endpoint')).toMatchObject([
      {ok: null, text: expect.stringContaining('The stage answers on api.example.com.')},
    ])
    expect(exitCode).toBe(0)
    expect((await call(api)).status).toBe(403)
    expect(await statusOn(api, domainName, '/v1/pets')).toBe(200)
  })
})

/** What a request with the key gets on another host. */
const statusOn = (api: DeployedApi, host: string, path: string) =>
  new Promise(resolve => {
    get(`${api.url}${path}`, {headers: {host, 'x-api-key': VALUE}}, ({statusCode}) => resolve(statusCode))
  })

describe('without --route all routes of the stage count', () => {
  const methods = {'GET /pets': guarded, 'POST /pets': guarded, 'GET /': open}

  test('how many ask for a key is told, and whom a refusal concerns', async () => {
    const {api} = await setUp({methods, enabled: false})
    const {exitCode, verdict, named} = await explain(api, PETS.slice(0, -2))
    expect(exitCode).toBe(1)
    expect(named('key required')[0]?.text).toMatch(/^2 of 3 routes ask for a key: GET \/pets, POST \/pets\./)
    expect(verdict).toMatchObject({answer: '403 Forbidden', of: 'GET /pets, POST /pets'})
  })

  test('a limit that is closed for one route refuses that one', async () => {
    const {api} = await setUp({methods})
    await api.patchStage({'/~1pets/POST/throttling/rateLimit': '0', '/~1pets/POST/throttling/burstLimit': '0'})
    const {exitCode, verdict} = await explain(api, PETS.slice(0, -2))
    expect(exitCode).toBe(1)
    expect(verdict).toMatchObject({answer: '429 Too Many Requests', of: 'POST /pets'})
  })
})

describe('the canary of a stage', () => {
  /** The stage asks for no key; its canary, which gets a tenth, does. */
  async function withCanary() {
    const kit = await setUp({methods: {'GET /pets': open}, plan: false})
    const {apigateway, restApiId, resources} = kit.api
    const method = {restApiId, resourceId: resources['/pets']!, httpMethod: 'GET'}
    await apigateway.updateMethod({
      ...method,
      patchOperations: [{op: 'replace', path: '/apiKeyRequired', value: 'true'}],
    })
    await apigateway.createDeployment({restApiId, stageName: 'prod', canarySettings: {percentTraffic: 10}})
    return kit.api
  }

  test('what only the canary refuses is told as its part of the requests', async () => {
    const api = await withCanary()
    const {exitCode, verdict, named} = await explain(api, PETS)
    expect(exitCode).toBe(1)
    expect(verdict).toMatchObject({
      answer: '403 Forbidden',
      of: '10 % of the requests, those that the canary of prod gets',
    })
    expect(named('deployed')).toMatchObject([
      {ok: false, command: `apigw canary promote --api ${api.restApiId} --stage prod`},
    ])
    await paste(named('deployed')[0]?.command ?? '', {on: api})
    expect((await call(api)).status).toBe(403)
  })
})

describe('which key, and which stage', () => {
  test('the API and the stage are those of the plans of the key, where these leave only one', async () => {
    const {api} = await setUp()
    await api.apigateway.createRestApi({name: 'orders'})
    const {exitCode, verdict} = await explain(api, ['mobile'])
    expect(exitCode).toBe(0)
    expect(verdict.text).toContain('pets/prod lets mobile in')
  })

  test('two keys of one name are told apart by their ids', async () => {
    const {api, keyId} = await setUp()
    const {id} = await api.apigateway.createApiKey({name: 'mobile'})
    const {exitCode, stderr, stdout} = await apigw(KeysExplain, PETS, {on: api})
    expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
    expect(stderr).toContain('2 API keys are called "mobile"')
    for (const each of [id, keyId]) expect(stderr).toContain(each)
    expect((await explain(api, [keyId, ...PETS.slice(1)])).exitCode).toBe(0)
  })

  test.each([
    ['a name that no key has', ['tablet', ...PETS.slice(1)], 3, 'There is no API key "tablet".'],
    ['an unknown API', ['mobile', '--api', 'cats', '--stage', 'prod'], 3, 'There is no API "cats".'],
    ['an unknown stage', ['mobile', '--api', 'pets', '--stage', 'beta'], 3, 'There is no stage "beta".'],
    ['neither a key nor a value', PETS.slice(1), 2, 'Which API key?'],
    ['a key and a value', [...PETS, '--value-stdin'], 2, 'A key, or its value on stdin, and not both.'],
    ['a route that is none', [...PETS.slice(0, -1), 'pets'], 2, '--route "pets" is not a method and a path.'],
  ])('%s is an error: %j ends with %i', async (_, argv, code, text) => {
    const {api} = await setUp()
    const {exitCode, stdout, stderr} = await apigw(KeysExplain, argv, {on: api, stdin: VALUE})
    expect({exitCode, stdout}).toEqual({exitCode: code, stdout: ''})
    expect(stderr).toContain(text)
  })

  test('a value that is given for a name is not repeated', async () => {
    const {api} = await setUp()
    const {exitCode, stderr} = await apigw(KeysExplain, [VALUE, ...PETS.slice(1)], {on: api})
    expect(exitCode).toBe(3)
    expect(stderr).toContain('--value-stdin')
    expect(stderr).not.toContain(VALUE)
  })
})

describe('a value on stdin', () => {
  const BY_VALUE = ['--value-stdin', ...PETS.slice(1)]

  test.each([
    ['with the line break of echo', `${VALUE}\n`, []],
    ['with spaces around it, which are noticed', `  ${VALUE}\r\n\n`, ['value']],
  ])('%s is that of its key', async (_, stdin, remarked) => {
    const {api} = await setUp()
    const {exitCode, steps, named} = await explain(api, BY_VALUE, {stdin})
    expect(exitCode).toBe(0)
    expect(named('key')[0]?.text).toContain('mobile')
    expect(steps.filter(({step}) => step === 'value').map(({step}) => step)).toEqual(remarked)
  })

  test('with quotes around it is that of no key: whose it is without them is told', async () => {
    const {api, keyId} = await setUp()
    const {exitCode, named} = await explain(api, BY_VALUE, {stdin: `"${VALUE}"\n`})
    expect(exitCode).toBe(1)
    expect(named('key')).toMatchObject([{ok: false, text: expect.stringContaining(`mobile (${keyId})`)}])
    expect((await call(api, 'GET /pets', `"${VALUE}"`)).status).toBe(403)
  })

  test('that no key can have says why', async () => {
    const {api} = await setUp()
    const {exitCode, named} = await explain(api, BY_VALUE, {stdin: 'hunter2'})
    expect(exitCode).toBe(1)
    expect(named('key')[0]?.text).toContain('too short: 7 characters')
    expect(named('key')[0]?.text).not.toContain('hunter2')
  })

  test('that is empty is wrong usage', async () => {
    const {api} = await setUp()
    expect((await apigw(KeysExplain, BY_VALUE, {on: api, stdin: '\n'})).exitCode).toBe(2)
  })
})

describe('what may not be read is unknown, and no tick', () => {
  test.each([
    ['GetUsagePlans', 'plan', 1],
    ['GetDeployment', 'route', 1],
    ['GetUsage', 'quota', 1],
    ['GetResources', 'deployed', 0],
  ])('%s denied', async (operation, step, code) => {
    let isDenied = false
    const {api} = await setUp({
      plan: {quota: {limit: 5, period: 'DAY'}},
      denied: name => isDenied && name === operation,
    })
    isDenied = true
    const {exitCode, verdict, named} = await explain(api, PETS)
    expect(named(step)).toMatchObject([{ok: null, state: 'unknown', text: expect.stringContaining('not allowed')}])
    expect({exitCode, ok: verdict.ok}).toEqual({exitCode: code, ok: code === 0 ? true : null})
  })

  test('an export that is refused leaves the key source as the API is edited', async () => {
    const {api} = await setUp({denied: name => name === 'GetExport'})
    const {exitCode, named} = await explain(api, PETS)
    expect(named('key source')).toMatchObject([{ok: true, text: expect.stringContaining('as the API is edited')}])
    expect(exitCode).toBe(0)
  })
})

describe('how it looks', () => {
  test('on a terminal: ticks and crosses, the command on a line of its own, the verdict last', async () => {
    const {api, keyId} = await setUp({enabled: false})
    const {stdout} = await apigw(KeysExplain, PETS, {on: api, tty: true, env: {FORCE_COLOR: '1'}})
    const lines = stripVTControlCharacters(stdout).split('\n')
    expect(lines[0]).toBe(`✔ key            There is the API key mobile (${keyId}).`)
    expect(lines[1]).toBe('✘ enabled        It is disabled.')
    expect(lines[2]?.trim()).toBe(`apigw keys enable ${keyId}`)
    expect(lines.at(-2)).toBe('✘ GET /pets of pets/prod refuses mobile: 403 Forbidden.')
  })

  test('without colour the signs are words, too', async () => {
    const {api} = await setUp({enabled: false})
    const {stdout} = await apigw(KeysExplain, PETS, {on: api, tty: true, env: {NO_COLOR: '1'}})
    expect(stdout).toMatch(/^✔ ok +key .*\n✘ no +enabled /)
  })

  test('in a pipe: a row for each step, with its state as a word and its command', async () => {
    const {api, keyId} = await setUp({enabled: false})
    const {stdout, stderr} = await apigw(KeysExplain, PETS, {on: api})
    expect(stdout.split('\n')[1]).toBe(`enabled\tno\tIt is disabled.\tapigw keys enable ${keyId}\t403 Forbidden`)
    expect(stderr).toBe('')
  })

  test('a narrow terminal breaks sentences between words, and no command', async () => {
    const {api} = await setUp({plan: {apiStages: []}})
    const {stdout} = await apigw(KeysExplain, PETS, {on: api, tty: true, columns: 60})
    const lines = stripVTControlCharacters(stdout).split('\n')
    const commands = lines.filter(line => line.includes('apigw '))
    expect(commands).toHaveLength(1)
    for (const line of lines) if (!line.includes('apigw ')) expect(line.length).toBeLessThanOrEqual(60)
  })

  test('as Markdown: the verdict, and a list, for an issue', async () => {
    const {api, keyId} = await setUp({enabled: false})
    const {stdout} = await apigw(KeysExplain, [...PETS, '--output', 'markdown'], {on: api})
    expect(stdout).toMatch(/^### ✘ GET \/pets of pets\/prod refuses mobile: 403 Forbidden\.\n\n- ✔ ok \*\*key/)
    expect(stdout).toContain(`- ✘ no **enabled**: It is disabled. \`apigw keys enable ${keyId}\`\n`)
  })
})

test('it takes a call for each thing that is looked at, and reads nothing twice', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const {id: keyId} = await apigateway.createApiKey({name: 'mobile', enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
  const before = new Map(sandbox.calls)
  expect((await apigw(KeysExplain, ['mobile'], {on: sandbox})).exitCode).toBe(0)
  const made = [...sandbox.calls].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
  expect(Object.fromEntries(made.filter(([, count]) => count > 0))).toEqual({
    ...{GetApiKeys: 1, GetUsagePlans: 1, GetRestApis: 1, GetStages: 1, GetDeployment: 1, GetResources: 1},
    ...{GetExport: 1, GetAccount: 1},
  })
})
