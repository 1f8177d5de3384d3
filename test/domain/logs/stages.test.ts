import {describe, expect, test} from 'vitest'
import type {RestApi} from '../../../src/domain/apis.js'
import type {Choose} from '../../../src/domain/choice.js'
import {
  accessGroupOf,
  executionGroupOf,
  type LoggedStage,
  type LoggedStageStores,
  loggedStages,
  resolveLoggedStage,
  resolveLoggedStages,
} from '../../../src/domain/logs/stages.js'
import {Problem} from '../../../src/domain/problem.js'
import type {Stage} from '../../../src/domain/stages.js'

const off = {level: 'OFF', dataTrace: false} as const

/** APIs by id; each has the stages `prod` and `test`. Those of the second kind are HTTP APIs if their id says so. */
function stores(rest: Record<string, string>, others: Record<string, string> | Problem): LoggedStageStores {
  return {
    apis: {
      async *list() {
        for (const [id, name] of Object.entries(rest)) yield {id, name} as RestApi
      },
    },
    stages: {list: async () => ['prod', 'test'].map(name => ({name, methodSettings: []}) as unknown as Stage)},
    v2Apis: {
      async *list() {
        if (others instanceof Problem) throw others
        for (const [id, name] of Object.entries(others)) {
          yield {kind: id.startsWith('http') ? 'HTTP' : 'WebSocket', id, name}
        }
      },
      async *stages() {
        for (const name of ['prod', 'test']) yield {name, setting: off, routes: []}
      },
    },
  }
}

const nobody: Choose = async ({flag}) => {
  throw new Problem('usage', `pass ${flag}`)
}

const find = (from: LoggedStageStores, api?: string, stage?: string) => resolveLoggedStage(from, {api, stage}, nobody)

describe('the stage whose logs are wanted', () => {
  const some = stores({rest1: 'petstore', rest2: 'twin', rest3: 'twin'}, {ws1: 'chat', ws2: 'petstore', http1: 'web'})

  test.each([
    ['a REST API by name', 'petstore', 'API-Gateway-Execution-Logs_rest1/prod'],
    ['a REST API by id', 'rest1', 'API-Gateway-Execution-Logs_rest1/prod'],
    ['a WebSocket API by name', 'chat', '/aws/apigateway/ws1/prod'],
    ['a WebSocket API by id, though its name is that of a REST API', 'ws2', '/aws/apigateway/ws2/prod'],
  ])('%s', async (_, api, group) => {
    expect(await find(some, api, 'prod')).toMatchObject({group, stage: 'prod'})
  })

  test('of an HTTP API: it has no execution log, and that is said with the command that shows the other', async () => {
    const stage = await find(some, 'web', 'prod')
    expect(stage).toMatchObject({kind: 'HTTP', group: undefined})
    expect(() => executionGroupOf(stage)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        hint: 'Its access log: apigw logs tail --access --api http1 --stage prod',
      }),
    )
  })

  test('a name that two have is not guessed at', async () => {
    await expect(find(some, 'twin', 'prod')).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('rest2, rest3'),
    })
  })

  test('a name that none has: all that there are, of every kind', async () => {
    await expect(find(some, 'nope', 'prod')).rejects.toMatchObject({
      kind: 'missing',
      hint: expect.stringContaining('chat'),
    })
  })

  test('who may not list the other APIs hears of the REST APIs', async () => {
    const blind = stores({rest1: 'petstore'}, new Problem('denied', 'not authorized'))
    await expect(find(blind, 'chat', 'prod')).rejects.toMatchObject({
      kind: 'missing',
      hint: expect.stringContaining('petstore'),
    })
  })

  test('other APIs are not asked for where a REST API is meant', async () => {
    const trap = stores({rest1: 'petstore'}, new Problem('unreachable', 'asked for other APIs'))
    expect(await find(trap, 'petstore', 'prod')).toMatchObject({kind: 'REST'})
  })

  test('nothing said and nobody to ask', async () => {
    await expect(find(some)).rejects.toThrow('--api NAME')
    await expect(find(some, 'chat')).rejects.toThrow('--stage NAME')
  })
})

describe('stages of many APIs', () => {
  const some = stores({rest1: 'a', rest2: 'b'}, {ws1: 'c'})
  const names = async (refs: {api?: string; stage?: string}) => {
    const found: string[] = []
    for await (const {api, stage} of loggedStages(some, refs)) found.push(`${api}/${stage}`)
    return found
  }

  test('all, one name of all, all of one API, one', async () => {
    expect(await names({})).toEqual(['a/prod', 'a/test', 'b/prod', 'b/test', 'c/prod', 'c/test'])
    expect(await names({stage: 'prod'})).toEqual(['a/prod', 'b/prod', 'c/prod'])
    expect(await names({api: 'c'})).toEqual(['c/prod', 'c/test'])
    expect(await names({api: 'b', stage: 'test'})).toEqual(['b/test'])
  })

  test('of one API a stage that is not there is missing; of all there are just none', async () => {
    await expect(names({api: 'a', stage: 'nope'})).rejects.toMatchObject({kind: 'missing'})
    expect(await names({stage: 'nope'})).toEqual([])
  })
})

describe('the group of an access log', () => {
  const stage = (accessLogArn?: string) =>
    ({apiId: 'http1', api: 'petstore', stage: '$default', accessLogArn}) as LoggedStage

  test.each([
    'arn:aws:logs:us-east-1:123456789012:log-group:/apis/access',
    'arn:aws-cn:logs:cn-north-1:123456789012:log-group:/apis/access:*',
  ])('%s', arn => {
    expect(accessGroupOf(stage(arn))).toBe('/apis/access')
  })

  test('a stream of Firehose cannot be read, and none is missing', () => {
    const firehose = 'arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x'
    expect(() => accessGroupOf(stage(firehose))).toThrow(expect.objectContaining({kind: 'failed'}))
    const hint = "Switch it on: apigw logs enable --access-log json --api http1 --stage '$default'"
    expect(() => accessGroupOf(stage())).toThrow(expect.objectContaining({kind: 'missing', hint}))
  })
})

describe('several stages', () => {
  const rest: Record<string, string[]> = {rest1: ['prod', 'beta'], rest2: ['prod'], rest3: ['old']}
  const some: LoggedStageStores = {
    ...stores({rest1: 'petstore', rest2: 'shop', rest3: 'attic'}, {ws1: 'chat'}),
    stages: {
      list: async id => (rest[id] ?? []).map(name => ({name, methodSettings: []}) as unknown as Stage),
    },
  }
  const resolve = async (apis: string[], stages: string[], choose: Choose = nobody) =>
    (await resolveLoggedStages(some, {apis, stages}, choose)).map(({api, stage}) => `${api}/${stage}`)

  test.each([
    ['of one API', ['petstore'], ['prod', 'beta'], ['petstore/prod', 'petstore/beta']],
    [
      'of several, as far as each has them',
      ['petstore', 'shop'],
      ['beta', 'prod'],
      ['petstore/prod', 'petstore/beta', 'shop/prod'],
    ],
    ['of one name, of APIs of both kinds', ['shop', 'chat'], ['prod'], ['shop/prod', 'chat/prod']],
    ['of an API that is named twice', ['shop', 'rest2'], ['prod', 'prod'], ['shop/prod']],
  ])('%s', async (_, apis, stages, expected) => {
    expect(await resolve(apis, stages)).toEqual(expected)
  })

  test.each([
    ['an API that is not there', ['petstore', 'nope'], ['prod'], 'There is no API "nope".'],
    ['a stage that none has', ['petstore', 'shop'], ['prod', 'nope'], 'There is no stage "nope".'],
    ['an API that has none of the stages', ['petstore', 'attic'], ['prod', 'beta'], 'attic has no stage prod or beta.'],
  ])('%s is missed by name', async (_, apis, stages, message) => {
    await expect(resolve(apis, stages)).rejects.toMatchObject({kind: 'missing', message})
  })

  test('where no stage was named, one is chosen of those that there are, each once', async () => {
    const asked: string[] = []
    const choose: Choose = async ({choices}) => {
      asked.push(...choices.map(({value}) => value))
      return 'prod'
    }
    expect(await resolve(['petstore', 'shop'], [], choose)).toEqual(['petstore/prod', 'shop/prod'])
    expect(asked).toEqual(['prod', 'beta'])
    await expect(resolve(['petstore'], [])).rejects.toMatchObject({kind: 'usage', message: 'pass --stage NAME'})
    await expect(resolve([], ['prod'])).rejects.toMatchObject({kind: 'usage', message: 'pass --api NAME'})
  })
})
