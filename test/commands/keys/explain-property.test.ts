import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {expect, test} from 'vitest'
import KeysExplain from '../../../src/commands/keys/explain.js'
import type {Step} from '../../../src/domain/admission/step.js'
import {apigw} from '../../support/apigw.js'
import {type DeployedApi, deployedApi, mock} from '../../support/deployed-api.js'

// For whatever set-up, what is explained is what a real request gets.

const VALUE = `${'p'.repeat(34)}bMZHBg`

/** Routes of the API, and a request that each answers. */
const ROUTES = {'GET /pets': 'GET /pets', 'GET /pets/{id}': 'GET /pets/7', 'ANY /files/{proxy+}': 'POST /files/a/b'}
const REQUESTS = [...Object.values(ROUTES), 'GET /files/a', 'GET /pets/7/', 'GET /dogs', 'DELETE /pets', 'GET /']

/** Numbers from 0 to 1 that look random and are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

type Choose = <Item>(...items: Item[]) => Item

/** Asks for a key on some routes, and deploys that or leaves it edited. */
async function require(api: DeployedApi, choose: Choose) {
  for (const route of Object.keys(ROUTES)) {
    const [httpMethod, path] = route.split(' ') as [string, string]
    const method = {restApiId: api.restApiId, resourceId: api.resources[path]!, httpMethod}
    const value = String(choose(true, true, false))
    await api.apigateway.updateMethod({...method, patchOperations: [{op: 'replace', path: '/apiKeyRequired', value}]})
  }
}

async function setUp(api: DeployedApi, choose: Choose): Promise<void> {
  const {apigateway, restApiId} = api
  await require(api, choose)
  await api.deploy()
  if (choose(true, false, false)) {
    await require(api, choose)
    const canarySettings = {percentTraffic: choose(0, 50, 100)}
    await apigateway.createDeployment({restApiId, stageName: 'prod', canarySettings})
  }
  if (choose(true, false)) await require(api, choose)
  await limitStage(api, choose)
  const keyId = await replacedKey(apigateway, choose)
  const own = [
    {apiId: restApiId, stage: 'prod', throttle: choose(undefined, {'/pets/GET': {rateLimit: 0, burstLimit: 0}})},
  ]
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name: 'gold',
    apiStages: choose(own, own, own, []),
    quota: choose(undefined, {limit: 50, period: 'DAY'}, {limit: 5, offset: 5, period: 'MONTH'}),
    throttle: choose(undefined, undefined, {rateLimit: 50, burstLimit: 50}, {rateLimit: 50, burstLimit: 0}),
  })
  if (choose(true, true, true, false)) await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
}

async function limitStage(api: DeployedApi, choose: Choose) {
  const setting = choose(undefined, undefined, undefined, '/*/*', '/~1pets~1{id}/GET')
  if (setting === undefined) return
  await api.patchStage({
    [`${setting}/throttling/rateLimit`]: '50',
    [`${setting}/throttling/burstLimit`]: choose('0', '50'),
  })
}

/** The key of this set-up: plans of earlier ones are of other APIs. */
async function replacedKey(apigateway: APIGateway, choose: Choose): Promise<string> {
  for (const {id} of (await apigateway.getApiKeys({})).items ?? []) await apigateway.deleteApiKey({apiKey: id})
  const {id = ''} = await apigateway.createApiKey({name: 'mobile', value: VALUE, enabled: choose(true, true, false)})
  return id
}

/** What the stage and its canary answer to a request, where they get any. */
async function answersTo(api: DeployedApi, request: string, setChance: (chance: number) => void): Promise<string[]> {
  const answers = new Set<string>()
  for (const chance of [0, 0.999]) {
    setChance(chance)
    const {status, body} = await api.call(request, {headers: {'x-api-key': VALUE}})
    answers.add(status === 200 ? '200' : `${status} ${JSON.parse(body).message}`)
  }
  return [...answers]
}

async function explained(api: DeployedApi, more: string[]) {
  const argv = ['mobile', '--api', api.restApiId, '--stage', 'prod', '--json', ...more]
  const {exitCode, stdout} = await apigw(KeysExplain, argv, {on: api})
  const steps: Step[] = JSON.parse(stdout)
  return {exitCode, verdict: steps.at(-1)!}
}

test.each(Array.from({length: 16}, (_, i) => i + 1))(
  'whatever is set up, the exit code says what a request gets (%i)',
  async seed => {
    const random = numbers(seed * 7919)
    const choose: Choose = (...items) => items[Math.floor(random() * items.length)]!
    let chance = 0
    const routes = Object.fromEntries(Object.keys(ROUTES).map(route => [route, mock('ok')]))
    const api = await deployedApi(routes, {random: () => chance})
    await setUp(api, choose)
    const answers = new Map<string, string[]>()
    for (const request of REQUESTS) {
      const {exitCode, verdict} = await explained(api, ['--route', request])
      const got = await answersTo(api, request, next => {
        chance = next
      })
      answers.set(request, got)
      const isLetIn = got.every(answer => answer === '200')
      expect({request, exitCode, verdict, got}).toMatchObject({exitCode: isLetIn ? 0 : 1, verdict: {ok: isLetIn}})
      // Which of two limits is asked first is not documented: only the status has to be right then.
      const statuses = got.map(answer => answer.replace(/^429 .*/, '429'))
      if (!isLetIn) expect(statuses).toContain(verdict.answer?.replace(/^429 .*/, '429'))
    }
    const ofRoutes = Object.values(ROUTES).flatMap(request => answers.get(request) ?? [])
    expect((await explained(api, [])).exitCode).toBe(ofRoutes.every(answer => answer === '200') ? 0 : 1)
  },
)
