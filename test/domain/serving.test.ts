import {describe, expect, test} from 'vitest'
import type {RestApi} from '../../src/domain/apis.js'
import type {Deployed} from '../../src/domain/deployments/deploy.js'
import type {Route} from '../../src/domain/routes.js'
import {type Answer, awaitServing, quietProbe} from '../../src/domain/serving.js'
import {FakeClock} from '../support/session.js'

const route = (method: string, path: string): Route => ({method, path, apiKeyRequired: false})

describe('the request that disturbs no back end', () => {
  test.each<[string, Route[], string | undefined]>([
    ['the root, where it has no method', [route('GET', '/pets')], 'GET /'],
    ['another method of the root', [route('GET', '/'), route('ANY', '/pets')], 'OPTIONS /'],
    ['a path beside the root', [route('ANY', '/')], 'GET /apigw-probe'],
    ['a deeper path below a variable', [route('ANY', '/'), route('ANY', '/{id}')], 'GET /apigw/probe'],
    ['another method below a greedy path', [route('ANY', '/'), route('GET', '/{proxy+}')], 'OPTIONS /apigw-probe'],
    ['none where everything has a method', [route('ANY', '/'), route('ANY', '/{proxy+}')], undefined],
  ])('is %s', (_, routes, expected) => {
    const probe = quietProbe(routes)
    expect(probe && `${probe.method} ${probe.path}`).toBe(expected)
  })
})

describe('waiting until a stage answers', () => {
  const api = {endpointType: 'REGIONAL', disableExecuteApiEndpoint: false} as RestApi
  const deployed = {stage: 'prod', url: 'https://a.example/prod', created: true} as Deployed
  const unknown: Answer = {status: 403, message: 'Forbidden'}
  const known: Answer = {status: 403, message: 'Missing Authentication Token'}

  /** Waits with these answers, the last of which goes on for ever. */
  async function wait(answers: (Answer | undefined)[], change: Partial<Parameters<typeof awaitServing>[1]> = {}) {
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
    const done = awaitServing(caller, {api, routes: [route('GET', '/pets')], deployed, ...change}, session)
    const problem = await done.then(
      () => undefined,
      error => error,
    )
    return {problem, notices, called, total: clock.total}
  }

  test('a new stage is there when it is no longer unknown, three times in a row', async () => {
    const {problem, called, notices} = await wait([undefined, unknown, known, unknown, known])
    expect(problem).toBeUndefined()
    expect(called).toEqual(Array(7).fill('GET https://a.example/prod/'))
    expect(notices.at(0)).toBe('waiting for prod to answer: no answer')
    expect(notices.at(-1)).toBe('prod answers.')
  })

  test('a stage that was there before may answer Forbidden: a firewall may do that', async () => {
    const {problem, called} = await wait([unknown], {deployed: {...deployed, created: false}})
    expect(problem).toBeUndefined()
    expect(called).toHaveLength(3)
  })

  test('answers that differ, and failures of the server, are not steady', async () => {
    const {called} = await wait([{status: 200}, {status: 404}, {status: 500}, {status: 200}])
    expect(called).toHaveLength(6)
  })

  test('it gives up after the patience of the session, and says what it saw', async () => {
    const {problem, total} = await wait([unknown])
    expect(problem).toMatchObject({
      kind: 'gave-up',
      message: 'prod is deployed, but after 1 min it does not answer steadily: 403 Forbidden.',
      hint: 'It may only need longer: curl -i https://a.example/prod/',
    })
    expect(total).toBe(60_000)
  })

  test('a path that somebody named is called even if the API has it', async () => {
    const {called} = await wait([{status: 200}], {path: 'pets'})
    expect(called).toEqual(Array(3).fill('GET https://a.example/prod/pets'))
  })

  test.each<[string, Partial<Parameters<typeof awaitServing>[1]>]>([
    ['a private API is reached from its VPC only', {api: {...api, endpointType: 'PRIVATE'}}],
    ['its default endpoint is switched off', {api: {...api, disableExecuteApiEndpoint: true}}],
    ['every request would reach your back end', {routes: [route('ANY', '/'), route('ANY', '/{proxy+}')]}],
  ])('where calling would tell nothing it is not called, and says why: %s', async (why, change) => {
    const {problem, called, notices} = await wait([known], change)
    expect({problem, called}).toEqual({problem: undefined, called: []})
    expect(notices).toEqual([expect.stringContaining(`prod is not called to see whether it answers: ${why}`)])
  })
})
