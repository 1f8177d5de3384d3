import type {PatchOperation} from '@aws-sdk/client-api-gateway'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {deployedMockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

const value = fc.constantFrom(
  undefined,
  '',
  'x',
  'true',
  '0',
  '-1',
  '7',
  '1e99',
  'NaN',
  '{}',
  '[]',
  'null',
  'a:b',
  '__proto__',
)

const patch = (paths: readonly string[]): fc.Arbitrary<PatchOperation[]> => {
  const path = fc.oneof(
    {weight: 5, arbitrary: fc.constantFrom(...paths)},
    {weight: 1, arbitrary: fc.string({maxLength: 12})},
    {weight: 1, arbitrary: fc.constantFrom('', '/', '//', '/~', '/__proto__', '/constructor/x', `/${'a/'.repeat(50)}`)},
  )
  const op = fc.constantFrom('add' as const, 'replace' as const, 'remove' as const, 'copy' as const, 'test' as const)
  return fc.array(fc.record({op, path, value, from: fc.option(path, {nil: undefined})}), {maxLength: 4})
}

/** What every patch must keep to, whatever is in it: it is carried out, or refused as the caller's fault with no trace. */
async function checkPatches(
  paths: readonly string[],
  read: () => Promise<object>,
  update: (patchOperations: PatchOperation[]) => Promise<unknown>,
) {
  const state = async () => ({...(await read()), $metadata: undefined})
  await fc.assert(
    fc.asyncProperty(patch(paths), async patchOperations => {
      const before = await state()
      const refusal = await update(patchOperations).then(
        () => undefined,
        (error: {name: string; $metadata?: {httpStatusCode?: number}}) => error,
      )
      if (!refusal) return
      expect([400, 404, 409]).toContain(refusal.$metadata?.httpStatusCode)
      expect(await state()).toEqual(before)
    }),
    {numRuns: 150, seed: 2026},
  )
}

test('a patch of a stage is all or nothing', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const stage = {restApiId, stageName: 'dev'}
  await checkPatches(
    [
      '/description',
      '/deploymentId',
      '/variables/a',
      '/variables',
      '/cacheClusterSize',
      '/*/*/logging/loglevel',
      '/*/*/throttling/rateLimit',
      '/~1pets/GET/caching/ttlInSeconds',
      '/*/*',
      '/canarySettings',
      '/canarySettings/percentTraffic',
      '/canarySettings/stageVariableOverrides/a',
      '/canarySettings/deploymentId',
      '/canarySettings/stageVariableOverrides',
      '/accessLogSettings',
      '/accessLogSettings/destinationArn',
    ],
    () => apigateway.getStage(stage),
    patchOperations => apigateway.updateStage({...stage, patchOperations}),
  )
})

test('a patch of an API is all or nothing', async () => {
  const {apigateway} = await sandboxForTest()
  const {id: restApiId} = await apigateway.createRestApi({name: 'x'})
  await checkPatches(
    [
      '/name',
      '/description',
      '/policy',
      '/binaryMediaTypes/a~1b',
      '/minimumCompressionSize',
      '/apiKeySource',
      '/endpointConfiguration/types/0',
      '/endpointConfiguration/ipAddressType',
      '/endpointConfiguration/vpcEndpointIds',
    ],
    () => apigateway.getRestApi({restApiId}),
    patchOperations => apigateway.updateRestApi({restApiId, patchOperations}),
  )
})

test('a patch of a usage plan is all or nothing', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name: 'gold',
    apiStages: [{apiId: restApiId, stage: 'dev'}],
  })
  const throttle = `/apiStages/${restApiId}:dev/throttle`
  await checkPatches(
    [
      '/name',
      '/description',
      '/productCode',
      '/throttle',
      '/throttle/rateLimit',
      '/throttle/burstLimit',
      '/quota',
      '/quota/limit',
      '/quota/period',
      '/quota/offset',
      '/apiStages',
      throttle,
      `${throttle}//pets/GET/rateLimit`,
      `${throttle}//pets/GET`,
    ],
    () => apigateway.getUsagePlan({usagePlanId}),
    patchOperations => apigateway.updateUsagePlan({usagePlanId, patchOperations}),
  )
})

test('a patch of a method is all or nothing', async () => {
  const {apigateway} = await sandboxForTest()
  const {method} = await deployedMockApi(apigateway)
  await checkPatches(
    [
      '/authorizationType',
      '/authorizerId',
      '/apiKeyRequired',
      '/operationName',
      '/requestValidatorId',
      '/authorizationScopes',
      '/requestParameters/method.request.querystring.q',
      '/requestParameters/method.request.header.q',
      '/requestModels/application~1json',
    ],
    () => apigateway.getMethod(method),
    patchOperations => apigateway.updateMethod({...method, patchOperations}),
  )
})
