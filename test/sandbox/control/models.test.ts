import {expect, test} from 'vitest'
import {mockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

async function withPet() {
  const clients = await sandboxForTest()
  const {restApiId, method} = await mockApi(clients.apigateway)
  const create = (name: string, schema: object | string) =>
    clients.apigateway.createModel({
      restApiId,
      name,
      contentType: 'application/json',
      schema: typeof schema === 'string' ? schema : JSON.stringify(schema),
    })
  await create('Pet', {type: 'object', properties: {name: {type: 'string'}, legs: {type: 'integer'}}})
  const $ref = `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Pet`
  await create('Pets', {type: 'array', items: {$ref}})
  return {...clients, restApiId, method, create}
}

test('names are unique letters and digits, and a schema says something', async () => {
  const {create, apigateway, restApiId} = await withPet()
  await expect(create('Pet', {type: 'object'})).rejects.toMatchObject({
    name: 'ConflictException',
    message: 'Model name already exists for this REST API',
  })
  await expect(create('my-pet', {type: 'object'})).rejects.toMatchObject({name: 'BadRequestException'})
  await expect(create('None', '')).rejects.toThrow('Model schema must have at least 1 property or array items defined')
  await expect(apigateway.getModel({restApiId, modelName: 'None'})).rejects.toThrow(
    'Invalid model name specified: None',
  )
})

test('a flattened model has the models that it refers to in it', async () => {
  const {apigateway, restApiId} = await withPet()
  const {schema} = await apigateway.getModel({restApiId, modelName: 'Pets', flatten: true})
  expect(JSON.parse(schema!)).toEqual({
    type: 'array',
    items: {type: 'object', properties: {name: {type: 'string'}, legs: {type: 'integer'}}},
  })
})

test('a template from a model walks its items and fills in values of the right type', async () => {
  const {apigateway, restApiId} = await withPet()
  const {value} = await apigateway.getModelTemplate({restApiId, modelName: 'Pets'})
  expect(value).toContain("#set($inputRoot = $input.path('$'))")
  expect(value).toMatch(/#foreach\(\$elem in \$inputRoot\)[\s\S]*"name" : "foo",\s+"legs" : 42/)
})

test('a model in use cannot be deleted', async () => {
  const {apigateway, restApiId, method} = await withPet()
  await apigateway.updateMethod({
    ...method,
    patchOperations: [{op: 'add', path: '/requestModels/application~1json', value: 'Pet'}],
  })
  await expect(apigateway.deleteModel({restApiId, modelName: 'Pet'})).rejects.toMatchObject({
    name: 'ConflictException',
    message: "Cannot delete model 'Pet', is referenced in method request: //GET",
  })
})
