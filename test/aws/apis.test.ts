import {expect, test} from 'vitest'
import {openApis} from '../../src/aws/apis.js'
import {collect} from '../../src/domain/apis.js'
import {sandboxForTest} from '../support/sandbox.js'
import {sessionOn} from '../support/session.js'

const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke"}]}'

test('a resource policy reads the same as it was written, though the service puts a backslash before each quote', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const apis = await openApis(sessionOn(sandbox).session)
  const {policy} = await apigateway.createRestApi({name: 'petstore', policy: POLICY})
  expect(policy).toBe(POLICY.replaceAll('"', '\\"'))
  expect(await collect(apis.list())).toMatchObject([{policy: POLICY}])
})

test('more APIs than fit on a page are all listed', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const names = Array.from({length: 501}, (_, i) => `api-${i}`)
  await Promise.all(names.map(name => apigateway.createRestApi({name, endpointConfiguration: {types: ['REGIONAL']}})))
  const apis = await openApis(sessionOn(sandbox).session)
  expect(new Set((await collect(apis.list())).map(({name}) => name))).toEqual(new Set(names))
  expect(sandbox.calls.get('GetRestApis')).toBe(2)
})

test('deleting two APIs keeps 30 s between the calls, as the service wants, and says so', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const ids = [await apigateway.createRestApi({name: 'a'}), await apigateway.createRestApi({name: 'b'})]
  const {session, notices, clock} = sessionOn(sandbox, {pacing: true})
  const apis = await openApis(session)
  for (const {id} of ids) await apis.delete(id!)
  expect(clock.total).toBe(30_250)
  expect(notices).toEqual(['waiting 31 s: DeleteRestApi is limited to 1 call per 30 s'])
})
