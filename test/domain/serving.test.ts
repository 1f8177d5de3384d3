import {describe, expect, test} from 'vitest'
import type {RestApi} from '../../src/domain/apis.js'
import {
  type Answer,
  parseProbe,
  prepareWait,
  quietProbe,
  type Repointed,
  type Wait,
  witnessOf,
} from '../../src/domain/serving.js'
import type {RouteSnapshot, Snapshot} from '../../src/domain/snapshots/snapshot.js'
import {FakeClock} from '../support/session.js'

const MOCK: RouteSnapshot = {integration: {type: 'MOCK'}}
const HTTP: RouteSnapshot = {integration: {type: 'HTTP_PROXY', uri: 'https://example.com'}}

function snapshot(routes: Record<string, RouteSnapshot> | readonly string[]): Snapshot {
  const named = Array.isArray(routes) ? Object.fromEntries(routes.map(route => [route, MOCK])) : routes
  return {
    settings: {},
    routes: named as Record<string, RouteSnapshot>,
    ...{gatewayResponses: {}, authorizers: {}, models: {}, validators: {}},
    detail: 'full',
    untold: [],
  }
}

describe('the request that disturbs no back end', () => {
  test.each<[string, string[], string | undefined]>([
    ['the root, where it has no method', ['GET /pets'], 'GET /'],
    ['another method of the root', ['GET /', 'ANY /pets'], 'OPTIONS /'],
    ['a path beside the root', ['ANY /'], 'GET /apigw-probe'],
    ['a deeper path below a variable', ['ANY /', 'ANY /{id}'], 'GET /apigw/probe'],
    ['another method below a greedy path', ['ANY /', 'GET /{proxy+}'], 'OPTIONS /apigw-probe'],
    ['none where everything has a method', ['ANY /', 'ANY /{proxy+}'], undefined],
  ])('is %s', (_, routes, expected) => {
    const probe = quietProbe(snapshot(routes))
    expect(probe && `${probe.method} ${probe.path}`).toBe(expected)
  })
})

describe('the request that tells the new snapshot from the old one', () => {
  const OLD = {'GET /pets': HTTP}

  test.each<[string, Record<string, RouteSnapshot>, string | undefined]>([
    ['a mock that came', {...OLD, 'GET /health': MOCK}, 'GET /health'],
    ['the preflight of a path that came', {...OLD, 'POST /cats': HTTP, 'OPTIONS /cats': MOCK}, 'OPTIONS /cats'],
    ['a path with variables, filled in', {...OLD, 'GET /a/{b}/{c+}': MOCK}, 'GET /a/apigw-probe/apigw-probe'],
    ['what wants a key, whatever is behind it', {...OLD, 'DELETE /a': {...HTTP, apiKeyRequired: true}}, 'DELETE /a'],
    ['what wants a token of Cognito', {...OLD, 'POST /a': {...HTTP, authorization: 'COGNITO_USER_POOLS'}}, 'POST /a'],
    ['nothing that reaches a back end', {...OLD, 'GET /a': HTTP}, undefined],
    ['a mock of any method: nothing is behind it', {...OLD, 'POST /a': MOCK}, 'POST /a'],
    ['nothing that asks a Lambda authorizer', {...OLD, 'GET /a': {...MOCK, authorization: 'CUSTOM'}}, undefined],
    [
      'nothing that IAM answers as if it were not there',
      {...OLD, 'GET /a': {...MOCK, authorization: 'AWS_IAM'}},
      undefined,
    ],
    ['nothing that the old snapshot has another method for', {'GET /{x}': HTTP}, undefined],
  ])('is %s', (_, routes, expected) => {
    const witness = witnessOf(snapshot(OLD), snapshot(routes))
    expect(witness && `${witness.method} ${witness.path}`).toBe(expected)
  })

  test('is one that goes, where none comes', () => {
    const witness = witnessOf(snapshot({...OLD, 'GET /cats': MOCK}), snapshot(OLD))
    expect(witness).toEqual({method: 'GET', path: '/cats', route: 'GET /cats', change: 'removed'})
    expect(witnessOf(snapshot({'GET /{x}': MOCK}), snapshot({'GET /{x}': MOCK, 'GET /y': MOCK}))).toBeUndefined()
  })
})

describe('a probe as somebody writes it', () => {
  const api = snapshot(['GET /health', 'ANY /pets/{id}'])

  test.each([
    ['/health', 'GET /health'],
    ['health', 'GET /health'],
    ['GET /health?deep=1', 'GET /health?deep=1'],
    ['post /pets/7', 'POST /pets/7'],
  ])('%s', (text, expected) => {
    const {method, path} = parseProbe(text, api)
    expect(`${method} ${path}`).toBe(expected)
  })

  test('that the API has no method for could never succeed', () => {
    expect(() => parseProbe('POST /health', api)).toThrow('--probe: the API has no method for POST /health.')
    expect(() => parseProbe('GET /a b', api)).toThrow('is not a request')
    expect(parseProbe('/anything')).toEqual({method: 'GET', path: '/anything'})
  })
})

describe('waiting until a stage answers', () => {
  const api = {endpointType: 'REGIONAL', disableExecuteApiEndpoint: false} as RestApi
  const answer = (status: number, message?: string, text = ''): Answer => ({status, message, text})
  const unknown = answer(403, 'Forbidden')
  const missing = answer(403, 'Missing Authentication Token')
  const ok = answer(200)
  const NEW: Partial<Wait> = {creates: true, before: snapshot([])}

  /** Waits with these answers, the last of which goes on for ever; the first is of before, where there is a witness. */
  async function wait(answers: (Answer | undefined)[], change: Partial<Wait> = {}, deployed: Partial<Repointed> = {}) {
    const clock = new FakeClock()
    const notices: string[] = []
    const called: string[] = []
    const signal = new AbortController().signal
    const caller = {
      call: async ({method, url}: {method: string; url: string}) => {
        called.push(`${method} ${url}`)
        return answers.length > 1 ? answers.shift() : answers[0]
      },
    }
    const session = {clock, signal, maxWait: 60_000, notice: (text: string) => notices.push(text)}
    const pets = snapshot({'GET /pets': HTTP})
    const what: Wait = {
      api,
      stage: 'prod',
      url: 'https://a/prod',
      creates: false,
      before: pets,
      after: pets,
      ...change,
    }
    const repointed: Repointed = {deploymentId: 'new123', previousDeploymentId: 'old123', ...deployed}
    const problem = await prepareWait(caller, what, session)
      .then(answers => answers(repointed))
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    return {problem, notices, called, total: clock.total}
  }

  test('a new stage is there when it is no longer unknown, three times in a row', async () => {
    const answers = [undefined, unknown, missing, unknown, missing]
    const {problem, called, notices} = await wait(answers, NEW, {previousDeploymentId: undefined})
    expect(problem).toBeUndefined()
    expect(called).toEqual(Array(7).fill('GET https://a/prod/'))
    expect(notices.at(0)).toBe('waiting for prod to answer: no answer')
    expect(notices.at(-1)).toBe('prod answers.')
  })

  test('a stage that was there before may answer Forbidden: a firewall may do that', async () => {
    const {problem, called} = await wait([unknown])
    expect(problem).toBeUndefined()
    expect(called).toHaveLength(3)
  })

  test('where nothing shows which deployment answers, no more is claimed than that the stage does', async () => {
    const {notices} = await wait([missing])
    expect(notices).toEqual(['prod answers. Which deployment an answer comes from, it does not tell.'])
  })

  test('answers that differ, and failures of the server, are not steady', async () => {
    const {called} = await wait([answer(200), answer(404), answer(500), answer(200)])
    expect(called).toHaveLength(6)
  })

  test('it gives up after the patience of the session, and says what it saw', async () => {
    const {problem, total} = await wait([unknown], NEW)
    expect(problem).toMatchObject({
      kind: 'gave-up',
      message: 'prod is deployed, but after 1 min it does not answer as it should: 403 Forbidden.',
      hint: 'It may only need longer: curl -i https://a/prod/',
    })
    expect(total).toBe(60_000)
  })

  describe('a method that came', () => {
    const after = snapshot({'GET /pets': HTTP, 'GET /health': MOCK})

    test('shows the new deployment once it is there', async () => {
      const {notices, called} = await wait([missing, missing, ok, missing, ok], {after})
      expect(called).toEqual(Array(7).fill('GET https://a/prod/health'))
      expect(notices.at(0)).toBe('waiting for prod to answer: GET /health is not there yet')
      expect(notices.at(-1)).toBe('prod answers, from new123: GET /health is there.')
    })

    test('shows nothing if something in front of the stage answered before', async () => {
      const {notices, called} = await wait([unknown], {after})
      expect(called).toEqual(['GET https://a/prod/health', ...Array(3).fill('GET https://a/prod/')])
      expect(notices.at(-1)).toContain('Which deployment an answer comes from, it does not tell.')
    })

    test('is known by the type of the answer, too, where the API has words of its own for it', async () => {
      const own = {status: 404, message: 'Nothing here', errorType: 'MissingAuthenticationTokenException', text: ''}
      expect((await wait([own, own, ok], {after})).notices.at(-1)).toContain('GET /health is there')
    })

    test('shows a canary by a single answer: the others come from the stage', async () => {
      const {called} = await wait([missing, missing, ok, missing], {after}, {canaryPercent: 10})
      expect(called).toHaveLength(3)
    })
  })

  test('a method that goes shows the new deployment once it is gone', async () => {
    const before = snapshot({'GET /pets': HTTP, 'GET /cats': MOCK})
    const {notices, called} = await wait([ok, ok, missing], {before})
    expect(called).toHaveLength(5)
    expect(notices.at(-1)).toBe('prod answers, from new123: GET /cats is gone.')
  })

  describe('a request that somebody named', () => {
    const probe = {method: 'GET', path: '/pets'}

    test('is called until its status is below 400', async () => {
      const {called, problem} = await wait([missing, answer(404), ok], {probe})
      expect(problem).toBeUndefined()
      expect(called).toEqual(Array(5).fill('GET https://a/prod/pets'))
      expect((await wait([answer(404)], {probe})).problem).toMatchObject({kind: 'gave-up'})
    })

    test('shows the deployment where its answer has the id in it', async () => {
      const from = (id: string) => answer(200, undefined, `{"deployment": "${id}"}`)
      const {called, notices} = await wait([from('old123'), from('old123'), from('new123')], {probe})
      expect(called).toHaveLength(5)
      expect(notices.at(0)).toBe('waiting for prod to answer: the answer still comes from old123')
      expect(notices.at(-1)).toBe('prod answers, from new123: the answer says so.')
      expect((await wait([from('xnew1234')], {probe})).notices.at(-1)).toContain('it does not tell')
    })

    test('is called after the method that shows the new deployment', async () => {
      const after = snapshot({'GET /pets': HTTP, 'GET /health': MOCK})
      const {called, notices} = await wait([missing, ok], {after, probe})
      const url = 'GET https://a/prod'
      expect(called).toEqual([...Array(4).fill(`${url}/health`), ...Array(3).fill(`${url}/pets`)])
      expect(notices.at(-1)).toBe('prod answers, from new123: GET /health is there.')
    })
  })

  test.each<[string, Partial<Wait>]>([
    ['a private API is reached from its VPC only', {api: {...api, endpointType: 'PRIVATE'}}],
    ['its default endpoint is switched off', {api: {...api, disableExecuteApiEndpoint: true}}],
    ['every request would reach your back end', {after: snapshot({'ANY /': HTTP, 'ANY /{proxy+}': HTTP})}],
  ])('where calling would tell nothing it is not called, and says why: %s', async (why, change) => {
    const {problem, called, notices} = await wait([missing], change)
    expect({problem, called}).toEqual({problem: undefined, called: []})
    expect(notices).toEqual([expect.stringContaining(`prod is not called to see whether it answers: ${why}`)])
  })
})
