import {expect, test} from 'vitest'
import {gold} from '../../support/gold.js'
import {sandboxForTest} from '../../support/sandbox.js'

const VALUE = 'abcdefghij0123456789'

test('a key without a value gets one of 40 letters and digits, is disabled, and shows its value once', async () => {
  const {apigateway} = await sandboxForTest()
  const {id, value, enabled} = await apigateway.createApiKey({name: 'mobile'})
  expect(value).toMatch(/^[A-Za-z0-9]{40}$/)
  expect(enabled).toBe(false)
  expect(await apigateway.getApiKey({apiKey: id})).toMatchObject({id, name: 'mobile', tags: {}})
  expect((await apigateway.getApiKey({apiKey: id})).value).toBeUndefined()
  expect((await apigateway.getApiKey({apiKey: id, includeValue: true})).value).toBe(value)
  expect((await apigateway.getApiKeys({includeValues: true})).items?.[0]?.value).toBe(value)
})

test('two keys may share a name but not a value', async () => {
  const {apigateway} = await sandboxForTest()
  await apigateway.createApiKey({name: 'twin', value: VALUE})
  await apigateway.createApiKey({name: 'twin'})
  const refused = apigateway.createApiKey({name: 'other', value: VALUE})
  await expect(refused).rejects.toMatchObject({name: 'ConflictException', message: 'API Key already exists'})
})

test('one refused operation discards the whole patch, the date of the last update included', async () => {
  let now = Date.UTC(2026, 0, 1)
  const {apigateway} = await sandboxForTest({millis: () => now})
  const {id: apiKey, lastUpdatedDate} = await apigateway.createApiKey({description: 'old', customerId: 'c1'})
  now += 60_000
  const description = {op: 'replace' as const, path: '/description', value: 'new'}
  for (const [operation, message] of [
    [
      {op: 'replace' as const, path: '/value', value: VALUE},
      "Invalid patch path  '/value' specified for op 'replace'. Must be one of: [/description, /enabled, /name, /customerId]",
    ],
    [{op: 'replace' as const, path: '/customerId', value: ''}, 'Customer Id cannot be an empty string'],
  ] as const) {
    await expect(apigateway.updateApiKey({apiKey, patchOperations: [description, operation]})).rejects.toThrow(message)
    expect(await apigateway.getApiKey({apiKey})).toMatchObject({description: 'old', customerId: 'c1', lastUpdatedDate})
  }
  const updated = await apigateway.updateApiKey({apiKey, patchOperations: [{...description, value: ''}]})
  expect(updated.description).toBeUndefined()
  expect(updated.lastUpdatedDate).toEqual(new Date(now))
})

test('with a name filter keys come by name, page by page; the filter is a case-sensitive prefix', async () => {
  const {apigateway} = await sandboxForTest()
  for (const name of ['plum', 'pear', 'peach', 'Pear', 'apple']) await apigateway.createApiKey({name})
  const names: (string | undefined)[] = []
  let position: string | undefined
  do {
    const page = await apigateway.getApiKeys({nameQuery: 'p', limit: 2, position})
    names.push(...(page.items ?? []).map(key => key.name))
    position = page.position
  } while (position)
  expect(names).toEqual(['peach', 'pear', 'plum'])
})

test('without a filter the newest key comes first and every page goes on where the last one ended', async () => {
  const {apigateway} = await sandboxForTest()
  const ids: (string | undefined)[] = []
  for (let i = 0; i < 5; i++) ids.unshift((await apigateway.createApiKey({})).id)
  const first = await apigateway.getApiKeys({limit: 3})
  const second = await apigateway.getApiKeys({limit: 3, position: first.position})
  expect([...first.items!, ...second.items!].map(key => key.id)).toEqual(ids)
  expect(second.position).toBeUndefined()
})

const importing = (csv: string, failOnWarnings?: boolean) => ({
  format: 'csv' as const,
  body: Buffer.from(csv),
  failOnWarnings,
})

test('an import reads columns in any order and case, and enables keys where no column says otherwise', async () => {
  const {apigateway} = await sandboxForTest()
  const plan = await apigateway.createUsagePlan({name: 'gold'})
  const csv = [
    'description,KEY,name,usageplanids,ignored',
    `"for ""the"" app, mainly",${VALUE}1,mobile,"${plan.id}, nosuchplan",x`,
    `,${VALUE}2,web,,`,
  ].join('\r\n')
  const {ids = [], warnings} = await apigateway.importApiKeys(importing(csv))
  expect(warnings ?? []).toEqual([])
  expect(ids).toHaveLength(2)
  expect(await apigateway.getApiKey({apiKey: ids[0], includeValue: true})).toMatchObject({
    name: 'mobile',
    value: `${VALUE}1`,
    description: 'for "the" app, mainly',
    enabled: true,
  })
  const onPlan = await apigateway.getUsagePlanKeys({usagePlanId: plan.id})
  expect(onPlan.items?.map(key => key.id)).toEqual([ids[0]])
})

test('an import needs its two columns', async () => {
  const {apigateway} = await sandboxForTest()
  await expect(apigateway.importApiKeys(importing('name\nx'))).rejects.toThrow("Missing required column 'Key' ")
})

test('a bad row is skipped with a warning; failing on warnings keeps the good rows all the same', async () => {
  const {apigateway} = await sandboxForTest()
  const csv = `name,key\ngood,${VALUE}\nbad,short`
  const warning = 'Skipped invalid record: 2. API Key value should be at least 20 characters'
  await expect(apigateway.importApiKeys(importing(csv, true))).rejects.toMatchObject({
    name: 'BadRequestException',
    message: `Warnings found during import:\n\t${warning}`,
  })
  expect((await apigateway.getApiKeys({})).items?.map(key => key.name)).toEqual(['good'])
  expect((await apigateway.importApiKeys(importing(csv))).warnings).toEqual([warning])
})

test('a value that exists is overwritten in place and dated anew', async () => {
  let now = Date.UTC(2026, 0, 1)
  const {apigateway} = await sandboxForTest({millis: () => now})
  const {id} = await apigateway.createApiKey({name: 'old', value: VALUE, enabled: true})
  now += 3_600_000
  const {ids} = await apigateway.importApiKeys(importing(`name,key,enabled\nnew,${VALUE},false`))
  expect(ids).toEqual([id])
  expect(await apigateway.getApiKey({apiKey: id})).toMatchObject({
    name: 'new',
    enabled: false,
    createdDate: new Date(now),
    lastUpdatedDate: new Date(now),
  })
})

test('an import skips a row with a name that is too long, and goes on; an empty cell enables the key', async () => {
  const {apigateway} = await sandboxForTest()
  const csv = `name,key,enabled\n${'x'.repeat(1025)},${VALUE}1,\ngood,${VALUE}2,`
  const {ids = [], warnings} = await apigateway.importApiKeys(importing(csv))
  expect(warnings).toEqual(['Skipped invalid record: 1. Invalid API Key name, can be at most 1024 characters.'])
  expect(await apigateway.getApiKey({apiKey: ids[0]})).toMatchObject({name: 'good', enabled: true})
})

test('an import makes a key although one of its plans is refused, and says so', async () => {
  const {apigateway} = await gold()
  const {items: [first] = []} = await apigateway.getUsagePlans({})
  const rival = await apigateway.createUsagePlan({name: 'silver', apiStages: first?.apiStages})
  const csv = `name,key,usageplanids\nmobile,${VALUE},"${first?.id},${rival.id}"`
  const {ids = [], warnings = []} = await apigateway.importApiKeys(importing(csv))
  expect(warnings).toEqual([expect.stringMatching(/record: 1\. .*cannot reference multiple Usage Plans/)])
  expect((await apigateway.getUsagePlans({keyId: ids[0]})).items).toMatchObject([{name: 'gold'}])
})
