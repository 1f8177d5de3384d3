import type {PatchOperation} from '@aws-sdk/client-api-gateway'
import {expect, test} from 'vitest'
import {giveLoggingRole} from '../../support/logging-role.js'
import {deployedMockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

async function withStage() {
  const clients = await sandboxForTest()
  const {restApiId} = await deployedMockApi(clients.apigateway)
  const stage = {restApiId, stageName: 'dev'}
  const patch = (...patchOperations: PatchOperation[]) => clients.apigateway.updateStage({...stage, patchOperations})
  return {...clients, restApiId, stage, patch}
}

const NO_ROLE = 'CloudWatch Logs role ARN must be set in account settings to enable logging'

test('logging needs the role of the account; switching off and data trace do not', async () => {
  const {patch, iam, apigateway} = await withStage()
  const level = (value: string) => patch({op: 'replace', path: '/*/*/logging/loglevel', value})
  await expect(level('INFO')).rejects.toMatchObject({name: 'BadRequestException', message: NO_ROLE})
  await level('OFF')
  await patch({op: 'replace', path: '/*/*/logging/dataTrace', value: 'true'})
  await giveLoggingRole({iam, apigateway})
  expect((await level('INFO')).methodSettings).toMatchObject({'*/*': {loggingLevel: 'INFO', dataTraceEnabled: true}})
  await expect(level('DEBUG')).rejects.toThrow('Invalid logging level specified: DEBUG')
})

test('access logs: a bad ARN is refused first, then a missing role, then the format', async () => {
  const {patch, iam, apigateway} = await withStage()
  const destination = (value: string): PatchOperation => ({
    op: 'replace',
    path: '/accessLogSettings/destinationArn',
    value,
  })
  const format = (value: string): PatchOperation => ({op: 'add', path: '/accessLogSettings/format', value})
  const group = 'arn:aws:logs:us-east-1:123456789012:log-group:access'
  await expect(patch(destination('not-an-arn'), format('x'))).rejects.toThrow(
    "Invalid ARN specified in the request. ARNs must start with 'arn:': not-an-arn",
  )
  await expect(patch(destination(group), format('x'))).rejects.toThrow(NO_ROLE)
  await giveLoggingRole({iam, apigateway})
  await expect(patch(destination(group), format('$context.status'))).rejects.toThrow(
    "Access Log format must include either $context.requestId or $context.extendedRequestId : '$context.status'",
  )
  const stream = 'arn:aws:firehose:us-east-1:123456789012:deliverystream/'
  await expect(patch(destination(`${stream}mine`))).rejects.toMatchObject({name: 'BadRequestException'})
  await patch(destination(`${stream}amazon-apigateway-mine`))
  const set = await patch(destination(group), format('$context.requestId'))
  expect(set.accessLogSettings).toEqual({destinationArn: group, format: '$context.requestId'})
  expect((await patch({op: 'remove', path: '/accessLogSettings'})).accessLogSettings).toBeUndefined()
})

test('one refused operation leaves the stage as it was', async () => {
  const {patch, apigateway, stage} = await withStage()
  const {$metadata: _, ...before} = await apigateway.getStage(stage)
  await expect(
    patch(
      {op: 'replace', path: '/description', value: 'new'},
      {op: 'replace', path: '/variables/a', value: '1'},
      {op: 'replace', path: '/nowhere', value: 'x'},
    ),
  ).rejects.toThrow(/^Invalid method setting path: \/nowhere\. Must be one of: \[\/deploymentId, \/description, /)
  expect(await apigateway.getStage(stage)).toMatchObject(before)
})

test('an operation that a known path does not have is refused otherwise than an unknown path', async () => {
  const {patch} = await withStage()
  const add = (path: string) => patch({op: 'add', path, value: '1'})
  await expect(add('/canarySettings/deploymentId')).rejects.toThrow(
    'Invalid add operation with path: /canarySettings/deploymentId',
  )
  await expect(add('/canarySettings')).rejects.toThrow(
    'Invalid method setting path: /canarySettings. Must be one of: [',
  )
  await expect(add('/accessLogSettings/nope')).rejects.toThrow(
    'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
  )
  for (const path of ['accessLogSettings/destinationArn', 'canarySettings/stageVariableOverrides', 'x/GET']) {
    await expect(patch({op: 'remove', path: `/${path}`})).rejects.toThrow(
      `Cannot remove method setting ${path} because there is no method setting for this method `,
    )
  }
})

test('method settings keep the path as written as their key, and start from those of all methods', async () => {
  const {patch} = await withStage()
  const {methodSettings} = await patch(
    {op: 'replace', path: '/*/*/throttling/rateLimit', value: '12.5'},
    {op: 'replace', path: '/~1pets~1{id}/GET/throttling/burstLimit', value: '7'},
    {op: 'replace', path: '/*/*/throttling/rateLimit', value: '-1'},
  )
  expect(methodSettings).toMatchObject({
    '*/*': {throttlingRateLimit: -1, throttlingBurstLimit: 5000},
    '~1pets~1{id}/GET': {throttlingRateLimit: 12.5, throttlingBurstLimit: 7},
  })
})

test('a cache comes with its cluster and a size', async () => {
  const {patch} = await withStage()
  expect(await patch({op: 'replace', path: '/cacheClusterEnabled', value: 'true'})).toMatchObject({
    cacheClusterEnabled: true,
    cacheClusterSize: '0.5',
    cacheClusterStatus: 'AVAILABLE',
  })
  expect(await patch({op: 'replace', path: '/cacheClusterEnabled', value: 'false'})).toMatchObject({
    cacheClusterStatus: 'NOT_AVAILABLE',
  })
})

test('stages of one deployment can be listed, and an API has room for ten', async () => {
  const {apigateway, restApiId} = await withStage()
  const {id: deploymentId} = await apigateway.createDeployment({restApiId})
  for (let i = 2; i <= 10; i++) await apigateway.createStage({restApiId, stageName: `s${i}`, deploymentId})
  expect((await apigateway.getStages({restApiId, deploymentId})).item).toHaveLength(9)
  const refused = apigateway.createStage({restApiId, stageName: 's11', deploymentId})
  await expect(refused).rejects.toMatchObject({name: 'LimitExceededException', $metadata: {httpStatusCode: 429}})
})
