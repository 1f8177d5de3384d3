import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {openPlans} from '../../src/aws/plans.js'
import {gold} from '../support/gold.js'
import {sessionOn} from '../support/session.js'

const limit = (rateLimit: number, burstLimit: number) => ({rateLimit, burstLimit})

/** `gold`, with another stage `beta`, and its plans as the program sees them. */
async function plansOfGold() {
  const kit = await gold()
  await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'beta'})
  const plans = await openPlans(sessionOn(kit.sandbox).session)
  const throttlesOf = async (name: string) => {
    const {apiStages = []} = await kit.apigateway.getUsagePlan({usagePlanId: kit.planId})
    return apiStages.find(({stage}) => stage === name)?.throttle
  }
  return {...kit, plans, throttlesOf, on: (stage: string) => ({apiId: kit.restApiId, stage})}
}

test('limits of single methods are set, changed and taken away one by one, together with all else in one call', async () => {
  const {plans, planId, sandbox, throttlesOf, on} = await plansOfGold()
  await plans.update(planId, {
    throttle: limit(100, 200),
    addStages: [{...on('beta'), throttle: {'/pets/GET': limit(0.5, 1)}}],
    methodThrottles: [
      {...on('prod'), throttle: {'//GET': limit(1, 2), '/pets/GET': limit(3, 4), '/pets/{id}/a~1b/GET': limit(5, 6)}},
    ],
  })
  expect(sandbox.calls.get('UpdateUsagePlan')).toBe(1)
  expect(await throttlesOf('prod')).toEqual({
    '//GET': limit(1, 2),
    '/pets/GET': limit(3, 4),
    '/pets/{id}/a~1b/GET': limit(5, 6),
  })
  expect(await throttlesOf('beta')).toEqual({'/pets/GET': limit(0.5, 1)})

  const throttle = {'//GET': null, '/pets/GET': limit(3, 40), '/pets/{id}/a~1b/GET': null}
  await plans.update(planId, {methodThrottles: [{...on('prod'), throttle}]})
  expect(await throttlesOf('prod')).toEqual({'/pets/GET': limit(3, 40)})
  expect(await throttlesOf('beta')).toEqual({'/pets/GET': limit(0.5, 1)})
})

test('a limit of a method of a stage that is not on the plan is refused, and so is the rest', async () => {
  const {plans, planId, apigateway, on} = await plansOfGold()
  const methodThrottles = [{...on('beta'), throttle: {'/pets/GET': limit(1, 1)}}]
  await expect(plans.update(planId, {name: 'silver', methodThrottles})).rejects.toMatchObject({kind: 'failed'})
  expect((await apigateway.getUsagePlan({usagePlanId: planId})).name).toBe('gold')
})

test('twenty methods of a stage may have limits of their own, not more', async () => {
  const {plans, planId, throttlesOf, on} = await plansOfGold()
  const limits = (count: number) =>
    Object.fromEntries(Array.from({length: count}, (_, i) => [`/r${i}/GET`, limit(1, 1)]))
  await plans.update(planId, {methodThrottles: [{...on('prod'), throttle: limits(20)}]})
  await expect(plans.update(planId, {methodThrottles: [{...on('prod'), throttle: limits(21)}]})).rejects.toMatchObject({
    code: 'LimitExceededException',
  })
  expect(Object.keys((await throttlesOf('prod')) ?? {})).toHaveLength(20)
})

test('keys are put on plans and taken off one by one: the service refuses what comes beside another', async () => {
  let [underWay, most] = [0, 0]
  const server = createServer((_, response) => {
    most = Math.max(most, ++underWay)
    // Long enough for one that does not wait to arrive beside it.
    setTimeout(() => {
      underWay -= 1
      response.writeHead(201, {'content-type': 'application/json'}).end('{}')
    }, 25)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const plans = await openPlans(sessionOn({url}).session)
  await Promise.all([
    plans.addKey('plan01', 'key0000001'),
    plans.removeKey('plan02', 'key0000002'),
    plans.addKey('plan01', 'key0000003'),
  ])
  expect(most).toBe(1)
})
