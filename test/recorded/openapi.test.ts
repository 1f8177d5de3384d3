import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {openSnapshots} from '../../src/aws/snapshots.js'
import {snapshotOfDefinition} from '../../src/domain/snapshots/defined.js'
import {snapshotOfEdited} from '../../src/domain/snapshots/edited.js'
import {undeployed} from '../../src/domain/snapshots/reading.js'
import {ACCOUNT_ID} from '../../src/sandbox/service.js'
import {pictureOf, usedModels} from '../sandbox/openapi/picture.js'
import {sandboxForTest} from '../support/sandbox.js'
import {sessionOn} from '../support/session.js'

const DEFINITIONS = join(import.meta.dirname, '../../../shared/data/openapi')

/** What the definitions leave open for whoever imports them. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '${uri}': 'http://petstore.execute-api.us-east-1.amazonaws.com/petstore/pets',
  '${authorizer_lambda_invocation_arn}':
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:a/invocations',
}

const HTTP_API = 'made for an HTTP API: its integration has a subtype and neither method nor address'
const TEMPLATE = 'part of a CloudFormation template: only CloudFormation can tell the addresses of its integrations'
const NO_BACK_END = 'says nothing of a back end: it can be imported, not deployed'

/** Definitions that the service refuses, with what it says first. */
const REFUSED: Readonly<Record<string, {reason: string; error: RegExp}>> = {
  'aws-apigateway-importer/apigateway.json': {
    reason: 'maps a header that its responses for 400 do not declare',
    error:
      /^Errors found during import:\n\tUnable to put integration response on 'GET' for resource at path '\/products': .*test-method-response-header/,
  },
  'aws-apigateway-importer/basic.json': {reason: 'Swagger 1.2', error: /^Invalid OpenAPI input\.$/},
  'serverless-patterns/apigw-http-api-eventbridge-lambda-sls_api.json': {
    reason: HTTP_API,
    error: integrationOn('POST', '/'),
  },
  'serverless-patterns/apigw-http-api-sqs-lambda-sls_api.json': {reason: HTTP_API, error: integrationOn('POST', '/')},
  'serverless-patterns/apigw-sqs-lambda_api.yaml': {reason: HTTP_API, error: integrationOn('POST', '/submit')},
  'serverless-patterns/apigw-dynamodb-lambda-scheduler-ses-auto-deletion-sam_restapi_api.yaml': {
    reason: TEMPLATE,
    error: malformedAt('/reminders/{id}'),
  },
  'serverless-patterns/apigw-rest-apigw-rest_api.yaml': {
    reason: TEMPLATE,
    error: malformedAt('/admin/reports'),
  },
  'serverless-patterns/appsync-apigateway-dynamodb-sam_restapi_api.yaml': {
    reason: TEMPLATE,
    error: malformedAt('/restaurants/{restaurantid}'),
  },
}

/** Definitions that can be imported but not deployed. */
const NOT_DEPLOYABLE: Readonly<Record<string, string>> = {
  'aws-apigateway-importer/uber.yaml': NO_BACK_END,
  'moto/petstore-swagger-v3.yaml': NO_BACK_END,
}

const names = existsSync(DEFINITIONS)
  ? readdirSync(DEFINITIONS, {recursive: true, withFileTypes: true})
      .filter(entry => entry.isFile())
      .map(entry => relative(DEFINITIONS, join(entry.parentPath, entry.name)))
      .sort()
  : []
if (names.length === 0) process.stdout.write(`skipped: no definitions in ${DEFINITIONS}\n`)

describe.skipIf(names.length === 0)('definitions that others wrote', () => {
  test('every exception is a definition that is there', () => {
    const excepted = [REFUSED, NOT_DEPLOYABLE].flatMap(Object.keys)
    expect(excepted.filter(name => !names.includes(name))).toEqual([])
  })

  const refused = names.filter(name => REFUSED[name])
  test.each(refused)('%s is refused as a whole', async name => {
    const {apigateway} = await sandboxForTest()

    const answer = await apigateway.importRestApi({body: read(name)}).catch((error: Error) => error)

    expect(answer).toMatchObject({name: 'BadRequestException', message: expect.stringMatching(REFUSED[name]!.error)})
    expect((await apigateway.getRestApis({})).items).toEqual([])
  })

  const undeployable = names.filter(name => NOT_DEPLOYABLE[name])
  test.each(undeployable)('%s is imported, and has nothing to deploy', async name => {
    const {apigateway} = await sandboxForTest()

    const {id: restApiId} = await apigateway.importRestApi({body: read(name)})

    const deployment = apigateway.createDeployment({restApiId, stageName: 'test'})
    await expect(deployment).rejects.toThrow('No integration defined for method')
  })

  const imported = names.filter(name => !REFUSED[name] && !NOT_DEPLOYABLE[name])
  const forms = imported.flatMap(name => [
    {name, exportType: 'oas30', accepts: 'application/json'},
    {name, exportType: 'oas30', accepts: 'application/yaml'},
    {name, exportType: 'swagger', accepts: 'application/json'},
    {name, exportType: 'swagger', accepts: 'application/yaml'},
  ])
  for (const {name, exportType, accepts} of forms) {
    test(`${name} is the same after import, export as ${exportType} in ${accepts}, and import`, async () => {
      const {apigateway} = await sandboxForTest()
      const first = await apigateway.importRestApi({body: read(name)})
      const second = await apigateway.importRestApi({
        body: await exported(apigateway, first.id!, {exportType, accepts}),
      })

      const before = await pictureOf(apigateway, first.id!)
      const after = await pictureOf(apigateway, second.id!, first.id)
      expect(Object.values(before.resources).filter(Boolean).length).toBeGreaterThan(0)
      // The date of an API without a version is exported as its version, as recorded.
      const api = {version: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), ...before.api}
      expect(after).toEqual({...before, api, models: usedModels(before)})
    })
  }
})

describe.skipIf(names.length === 0)('the normal form of definitions that others wrote', () => {
  test.each(names.filter(name => !REFUSED[name]))('%s is what the API says after its import', async name => {
    const {sandbox, apigateway} = await sandboxForTest()
    const source = await openSnapshots(sessionOn(sandbox).session)
    const {id = ''} = await apigateway.importRestApi({body: read(name)})

    const edited = snapshotOfEdited(await source.edited(id))

    const text = read(name).toString().replaceAll('${AWS::Region}', 'us-east-1')
    const document = parse(text.replaceAll('${AWS::AccountId}', ACCOUNT_ID), {logLevel: 'silent'})
    expect(Object.keys(edited.routes).length).toBeGreaterThan(0)
    expect(snapshotOfDefinition(document)).toEqual(edited)
  })

  const deployable = names.filter(name => !REFUSED[name] && !NOT_DEPLOYABLE[name])
  test.each(deployable)('%s is what a stage says after its deployment', async name => {
    const {sandbox, apigateway} = await sandboxForTest()
    const source = await openSnapshots(sessionOn(sandbox).session)
    const {id: restApiId = ''} = await apigateway.importRestApi({body: read(name)})
    const {id: deploymentId = ''} = await apigateway.createDeployment({restApiId, stageName: 'test'})

    const api = {id: restApiId, name}
    expect((await undeployed(source, api, {name: 'test', deploymentId})).items).toEqual([])
    expect(snapshotOfDefinition(await source.exported(restApiId, 'test'))).toEqual(
      snapshotOfEdited(await source.edited(restApiId)),
    )
  })
})

function integrationOn(method: string, path: string): RegExp {
  const place = `Unable to put integration on '${method}' for resource at path '${path}': `
  return new RegExp(`^Errors found during import:\n\t${place.replace(/[{}/]/g, '\\$&')}`)
}

function malformedAt(path: string): RegExp {
  const text = `Unable to parse API definition because of a malformed integration at path ${path}.`
  return new RegExp(`^${text.replace(/[{}/.]/g, '\\$&')}$`)
}

function read(name: string): Uint8Array {
  let text = readFileSync(join(DEFINITIONS, name), 'utf8')
  for (const [placeholder, value] of Object.entries(PLACEHOLDERS)) text = text.replaceAll(placeholder, value)
  return Buffer.from(text)
}

async function exported(
  client: APIGateway,
  restApiId: string,
  {exportType, accepts}: {exportType: string; accepts: string},
): Promise<Uint8Array> {
  await client.createDeployment({restApiId, stageName: 'test'})
  const parameters = {extensions: 'apigateway'}
  const {body} = await client.getExport({restApiId, stageName: 'test', exportType, accepts, parameters})
  return body!
}
