import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {copiesOf, largeDefinition} from '../../support/large-definition.js'
import {sandboxForTest} from '../../support/sandbox.js'

// The code is what boto/boto3#1296 got for an import; the number is the default quota.
test('an import with more resources than the quota is refused with that error itself, and makes no API', async () => {
  const {apigateway} = await sandboxForTest()
  const {body, resources} = largeDefinition({operations: 500})
  expect(resources).toBeGreaterThan(300)
  await expect(apigateway.importRestApi({body})).rejects.toMatchObject({
    name: 'LimitExceededException',
    message: expect.stringMatching(/^Maximum number of Resources for this API has been reached\./),
  })
  expect((await apigateway.getRestApis({})).items ?? []).toEqual([])
})

/** Somebody else's, with paths, parameters, models and responses, and without integrations. */
const UBER = readFileSync('../shared/data/openapi/aws-apigateway-importer/uber.yaml', 'utf8')

test.each([
  ['500 operations, OpenAPI 3', () => largeDefinition({operations: 500})],
  ['1,000 operations, Swagger 2', () => largeDefinition({operations: 1_000, form: 'swagger'})],
  ['1,000 operations in almost 6 MB', () => largeDefinition({operations: 1_000, bytes: 5.9 * 1024 * 1024})],
  ['100 copies of a real one', () => copiesOf(parse(UBER), 500)],
])('with a higher quota all of a large definition is there: %s', async (_what, make) => {
  const {apigateway} = await sandboxForTest({resourceQuota: 2_000})
  const {body, operations, resources} = make()
  const {id: restApiId} = await apigateway.importRestApi({body})
  let position: string | undefined
  const found = []
  do {
    const page = await apigateway.getResources({restApiId, embed: ['methods'], limit: 500, position})
    found.push(...(page.items ?? []))
    position = page.position
  } while (position)
  expect(found).toHaveLength(resources)
  const methods = found.flatMap(({resourceMethods = {}}) => Object.keys(resourceMethods))
  expect(methods).toHaveLength(operations)
})
