import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {startSandbox} from '../../../src/sandbox/server.js'
import {deployedApi, mock} from '../../support/deployed-api.js'
import {deployedMockApi} from '../../support/mock-api.js'
import {clientsOn, sandboxForTest} from '../../support/sandbox.js'

const VISIBILITY = {SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'acl'}

/** A stage, its ARN, and a function that makes web ACLs. */
async function withStage() {
  const clients = await sandboxForTest()
  const {restApiId} = await deployedMockApi(clients.apigateway, ['prod'])
  const ResourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/prod`
  const acl = async (
    Name: string,
    action: 'Allow' | 'Block' = 'Allow',
    Scope: 'REGIONAL' | 'CLOUDFRONT' = 'REGIONAL',
  ) => {
    const DefaultAction = {[action]: {}}
    const {Summary} = await clients.wafv2.createWebACL({Name, Scope, DefaultAction, VisibilityConfig: VISIBILITY})
    return Summary?.ARN ?? ''
  }
  const shown = async () => (await clients.apigateway.getStage({restApiId, stageName: 'prod'})).webAclArn
  return {...clients, restApiId, ResourceArn, acl, shown}
}

test('a stage shows the web ACL that WAF put in front of it, until WAF takes it away', async () => {
  const {wafv2, ResourceArn, acl, shown} = await withStage()
  const [first, second] = [await acl('first'), await acl('second')]
  await wafv2.associateWebACL({WebACLArn: first, ResourceArn})
  expect(await shown()).toBe(first)
  await wafv2.associateWebACL({WebACLArn: second, ResourceArn})
  expect((await wafv2.getWebACLForResource({ResourceArn})).WebACL).toMatchObject({Name: 'second', ARN: second})
  await wafv2.disassociateWebACL({ResourceArn})
  expect(await shown()).toBeUndefined()
  expect((await wafv2.getWebACLForResource({ResourceArn})).WebACL).toBeUndefined()
})

test('web ACLs are listed by scope', async () => {
  const {wafv2, acl} = await withStage()
  const ARN = await acl('mine')
  await acl('edge', 'Allow', 'CLOUDFRONT')
  expect((await wafv2.listWebACLs({Scope: 'REGIONAL'})).WebACLs).toMatchObject([{Name: 'mine', ARN}])
})

test('an ARN that is none, or that of a web ACL for CloudFront, is an invalid parameter', async () => {
  const {wafv2, ResourceArn, acl} = await withStage()
  const global = await acl('edge', 'Allow', 'CLOUDFRONT')
  const elsewhere = (await acl('mine')).replace('us-east-1', 'eu-west-1')
  for (const WebACLArn of [global, elsewhere, 'arn:aws:nothing:of:the:kind']) {
    // Reported: hashicorp/terraform-provider-aws#28753.
    await expect(wafv2.associateWebACL({WebACLArn, ResourceArn})).rejects.toMatchObject({
      name: 'WAFInvalidParameterException',
      message: `Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes., field: RESOURCE_ARN, parameter: ${WebACLArn}`,
      Field: 'RESOURCE_ARN',
    })
  }
})

test('what is not there cannot be associated', async () => {
  const {wafv2, ResourceArn, acl} = await withStage()
  const WebACLArn = await acl('mine')
  // Reported: aws-samples/serverless-patterns#2173.
  const refusal = {
    name: 'WAFNonexistentItemException',
    message: 'AWS WAF couldn’t perform the operation because your resource doesn’t exist.',
  }
  const none = WebACLArn.replace(/[^/]+$/, '00000000-0000-4000-8000-000000000000')
  await expect(wafv2.associateWebACL({WebACLArn: none, ResourceArn})).rejects.toMatchObject(refusal)
  const noStage = ResourceArn.replace('prod', 'beta')
  await expect(wafv2.associateWebACL({WebACLArn, ResourceArn: noStage})).rejects.toMatchObject(refusal)
  await expect(wafv2.disassociateWebACL({ResourceArn: noStage})).rejects.toMatchObject(refusal)
})

test('a web ACL that blocks answers 403 before any authorization, and to paths that the API does not have', async () => {
  const api = await deployedApi({'GET /pets': mock('{}', {authorizationType: 'AWS_IAM'})})
  const status = async (path: string) => [(await api.call(`GET ${path}`)).status, (await api.call(`GET ${path}`)).body]
  expect((await api.call('GET /pets')).body).toContain('Missing Authentication Token')
  const {wafv2} = clientsOn({url: api.url} as never)
  const {Summary} = await wafv2.createWebACL({
    Name: 'closed',
    Scope: 'REGIONAL',
    DefaultAction: {Block: {}},
    VisibilityConfig: VISIBILITY,
  })
  const ResourceArn = `arn:aws:apigateway:us-east-1::/restapis/${api.restApiId}/stages/prod`
  await wafv2.associateWebACL({WebACLArn: Summary?.ARN, ResourceArn})
  // Status and body: gateway response WAF_FILTERED.
  expect(await status('/pets')).toEqual([403, '{"message":"Forbidden"}'])
  expect(await status('/nowhere')).toEqual([403, '{"message":"Forbidden"}'])
  await wafv2.disassociateWebACL({ResourceArn})
  expect((await api.call('GET /pets')).body).toContain('Missing Authentication Token')
})

test('rules are not evaluated: a web ACL that has some is refused rather than taken for one that works', async () => {
  const {wafv2} = await sandboxForTest()
  const rule = {
    Name: 'r',
    Priority: 0,
    Statement: {GeoMatchStatement: {CountryCodes: ['DE' as const]}},
    Action: {Block: {}},
  }
  const acl = {Name: 'a', Scope: 'REGIONAL', DefaultAction: {Allow: {}}, VisibilityConfig: VISIBILITY} as const
  await expect(wafv2.createWebACL({...acl, Rules: [{...rule, VisibilityConfig: VISIBILITY}]})).rejects.toMatchObject({
    $metadata: {httpStatusCode: 501},
  })
})

test('a state that was written before web ACLs were served still opens', async () => {
  const stateFile = join(mkdtempSync(join(tmpdir(), 'apigw-state-')), 'state.json')
  const first = await startSandbox({stateFile})
  await clientsOn(first).apigateway.createRestApi({name: 'old'})
  await first.stop()
  const state = JSON.parse(readFileSync(stateFile, 'utf8'))
  delete state.regions['us-east-1'].webAcls
  writeFileSync(stateFile, JSON.stringify(state))
  const {wafv2, apigateway} = await sandboxForTest({stateFile})
  expect((await wafv2.listWebACLs({Scope: 'REGIONAL'})).WebACLs).toEqual([])
  expect((await apigateway.getRestApis({})).items).toHaveLength(1)
})
