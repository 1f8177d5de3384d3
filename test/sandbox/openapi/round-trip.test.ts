import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {APIGateway, GetExportRequest} from '@aws-sdk/client-api-gateway'
import {expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'
import {pictureOf, usedModels} from './picture.js'

const DEFINITIONS = join(import.meta.dirname, 'definitions')

const files = readdirSync(DEFINITIONS)

/** Swagger 2.0 cannot say what `orders` does of the content types of single responses. */
const FORMS = [
  ...files.map(file => ({file, exportType: 'oas30', accepts: 'application/json'})),
  ...files.map(file => ({file, exportType: 'oas30', accepts: 'application/yaml'})),
  {file: 'books.swagger.json', exportType: 'swagger', accepts: 'application/json'},
  {file: 'books.swagger.json', exportType: 'swagger', accepts: 'application/yaml'},
]

test.each(FORMS)('$file exported as $exportType in $accepts and imported again is the same API', async form => {
  const {apigateway} = await sandboxForTest()
  const body = readFileSync(join(DEFINITIONS, form.file))

  const first = await apigateway.importRestApi({body, failOnWarnings: true})
  const exported = await exportOf(apigateway, first.id!, form)
  const second = await apigateway.importRestApi({body: exported, failOnWarnings: true})

  const before = await pictureOf(apigateway, first.id!)
  const after = await pictureOf(apigateway, second.id!, first.id)
  expect(Object.keys(before.resources).length).toBeGreaterThan(1)
  expect(after).toEqual({...before, models: usedModels(before)})
})

test('an API put back over itself stays the same, ids and all', async () => {
  const {apigateway} = await sandboxForTest()
  const body = readFileSync(join(DEFINITIONS, 'orders.oas30.yaml'))
  const {id} = await apigateway.importRestApi({body})
  const embed = {restApiId: id, embed: ['methods']}
  const before = await apigateway.getResources(embed)
  const exported = await exportOf(apigateway, id!, {exportType: 'oas30', accepts: 'application/json'})

  await apigateway.putRestApi({restApiId: id, mode: 'overwrite', body: exported})

  const after = await apigateway.getResources(embed)
  expect(after.items).toEqual(before.items)
})

/** The definition of an API, which has to be deployed for it. */
async function exportOf(
  client: APIGateway,
  restApiId: string,
  {exportType, accepts}: Pick<GetExportRequest, 'exportType' | 'accepts'>,
): Promise<Uint8Array> {
  const stageName = 'test'
  await client.createDeployment({restApiId, stageName})
  const parameters = {extensions: 'apigateway'}
  const {body} = await client.getExport({restApiId, stageName, exportType, accepts, parameters})
  return body!
}
