import {expect, test} from 'vitest'
import {openWebAcls} from '../../src/aws/web-acls.js'
import type {Fault} from '../../src/sandbox/server.js'
import {deployedMockApi} from '../support/mock-api.js'
import {sandboxForTest} from '../support/sandbox.js'
import {sessionOn} from '../support/session.js'

const unavailable: Fault = {
  kind: 'error',
  status: 400,
  code: 'WAFUnavailableEntityException',
  message: 'AWS WAF couldn’t retrieve the resource that you requested. Retry your request.',
}

/** A stage, a web ACL, and WAF as this program uses it; it does not know one of them for the first calls. */
async function withUnknown(calls: number) {
  const kit = await sandboxForTest({
    fault: ({operation, count}) => (operation === 'AssociateWebACL' && count <= calls ? unavailable : undefined),
  })
  const {restApiId} = await deployedMockApi(kit.apigateway, ['prod'])
  const {Summary} = await kit.wafv2.createWebACL({
    Name: 'mine',
    Scope: 'REGIONAL',
    DefaultAction: {Allow: {}},
    VisibilityConfig: {SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'mine'},
  })
  const {session, notices, clock} = sessionOn(kit.sandbox)
  const associate = () => openWebAcls(session).associate(restApiId, 'prod', Summary?.ARN ?? '')
  const shown = async () => (await kit.apigateway.getStage({restApiId, stageName: 'prod'})).webAclArn
  return {...kit, associate, shown, arn: Summary?.ARN, notices, clock}
}

// "It can take from a few seconds to a number of minutes for changes to propagate": WAFUnavailableEntityException.
test('what WAF does not know yet, because it was just made, is waited for', async () => {
  const {associate, shown, arn, notices, clock} = await withUnknown(3)
  await associate()
  expect(await shown()).toBe(arn)
  expect(clock.slept).toEqual([5_000, 5_000, 5_000])
  expect(notices).toHaveLength(3)
})

test('but not for longer than the session has patience', async () => {
  const {associate, shown, clock} = await withUnknown(1_000)
  await expect(associate()).rejects.toMatchObject({code: 'WAFUnavailableEntityException'})
  expect(await shown()).toBeUndefined()
  expect(clock.total).toBe(120_000)
})
