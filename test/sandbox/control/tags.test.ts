import {expect, test} from 'vitest'
import {deployedMockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

test('tags are merged, removed one by one, and shown by the object itself', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const {id: usagePlan} = await apigateway.createUsagePlan({name: 'gold'})
  const {id: apiKey} = await apigateway.createApiKey({tags: {owner: 'me'}})
  for (const path of [
    `/restapis/${restApiId}`,
    `/restapis/${restApiId}/stages/dev`,
    `/usageplans/${usagePlan}`,
    `/apikeys/${apiKey}`,
  ]) {
    const resourceArn = `arn:aws:apigateway:us-east-1::${path}`
    await apigateway.tagResource({resourceArn, tags: {owner: 'me', team: ''}})
    await apigateway.tagResource({resourceArn, tags: {team: 'a'}})
    expect((await apigateway.getTags({resourceArn})).tags).toEqual({owner: 'me', team: 'a'})
    await apigateway.untagResource({resourceArn, tagKeys: ['owner', 'unknown']})
    expect((await apigateway.getTags({resourceArn})).tags).toEqual({team: 'a'})
  }
  expect((await apigateway.getStage({restApiId, stageName: 'dev'})).tags).toEqual({team: 'a'})
  expect((await apigateway.getUsagePlans({})).items?.[0]?.tags).toEqual({team: 'a'})
  expect((await apigateway.getApiKey({apiKey})).tags).toEqual({team: 'a'})
})

test('an object has room for 50 tags, none of which may be called after AWS', async () => {
  const {apigateway} = await sandboxForTest()
  const many = Object.fromEntries(Array.from({length: 51}, (_, i) => [`k${i}`, 'v']))
  for (const tags of [many, {'aws:x': 'v'}]) {
    await expect(apigateway.createRestApi({name: 'x', tags})).rejects.toMatchObject({name: 'BadRequestException'})
  }
  expect((await apigateway.getRestApis({})).items ?? []).toEqual([])
})
