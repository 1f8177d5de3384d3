import {expect, test} from 'vitest'
import type {IssuedKey} from '../../src/domain/keys.js'
import {type OpeningLookup, openingOf} from '../../src/domain/openings.js'
import {Problem} from '../../src/domain/problem.js'
import type {Route} from '../../src/domain/routes.js'

const LOCATION = {region: 'eu-west-1', partition: 'aws', dnsSuffix: 'amazonaws.com'}
const KEY: IssuedKey = {
  id: 'k1',
  enabled: true,
  tags: {},
  plans: [{id: 'p1', name: 'gold', tags: {}, apiStages: [{apiId: 'a1', stage: 'prod', throttle: {}}]}],
}

async function* apis() {
  yield {id: 'a1', name: 'petstore', endpointType: 'REGIONAL', vpcEndpointIds: []}
}

function lookup(deployed: () => Promise<Route[]>): OpeningLookup {
  const parts = {
    apis: {list: apis},
    stages: {list: async () => [{name: 'prod', deploymentId: 'd1'}]},
    routes: {deployed},
  }
  return parts as unknown as OpeningLookup
}

const route = (method: string, path: string, apiKeyRequired = true): Route => ({method, path, apiKeyRequired})

test.each([
  ['a GET without variables', [route('POST', '/a'), route('GET', '/b/{id}'), route('GET', '/c')], 'GET', '/c'],
  ['a GET with them', [route('POST', '/a'), route('GET', '/b/{id}')], 'GET', '/b/{id}'],
  ['ANY as GET', [route('POST', '/a'), route('ANY', '/b')], 'GET', '/b'],
  ['what there is', [route('GET', '/', false), route('DELETE', '/a')], 'DELETE', '/a'],
])('the example is the easiest call that asks for a key: %s', async (_, routes, method, path) => {
  const {example} = await openingOf(
    KEY,
    lookup(async () => routes),
    LOCATION,
  )
  expect(example).toEqual({method, url: `https://a1.execute-api.eu-west-1.amazonaws.com/prod${path}`})
})

test('what may not be looked up makes the answer poorer and nothing else', async () => {
  const denied = async () => {
    throw new Problem('denied', 'no')
  }
  expect(await openingOf(KEY, lookup(denied), LOCATION)).toEqual({
    stages: [{plan: 'gold', api: 'petstore', stage: 'prod'}],
    isUnguarded: false,
  })
})

test('a server that tells no methods of a deployment is not taken for one that lets everybody in', async () => {
  expect(
    (
      await openingOf(
        KEY,
        lookup(async () => []),
        LOCATION,
      )
    ).isUnguarded,
  ).toBe(false)
  const open = await openingOf(
    KEY,
    lookup(async () => [route('GET', '/', false)]),
    LOCATION,
  )
  expect(open.isUnguarded).toBe(true)
})

test('a key on no plan opens nothing, and nothing is looked up', async () => {
  expect(await openingOf({...KEY, plans: []}, {} as OpeningLookup, LOCATION)).toEqual({stages: [], isUnguarded: false})
})
