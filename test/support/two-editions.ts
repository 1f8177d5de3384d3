import type {Stage} from '@aws-sdk/client-api-gateway'
import {expect} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {sandboxForTest} from './sandbox.js'

/** What tells by whom a request was answered: the edition, and the variable `mode` of the stage. */
interface Edition {
  from: 'old' | 'new'
  mode: string
}

/** A mock that says by whom it was answered, and what it sees of the stage. */
const says = (from: string) => ({
  responses: {'200': {description: 'ok'}},
  'x-amazon-apigateway-integration': {
    type: 'mock',
    requestTemplates: {'application/json': '{"statusCode": 200}'},
    responses: {
      default: {
        statusCode: '200',
        responseTemplates: {'application/json': `{"from": "${from}", "mode": "$stageVariables.mode"}`},
      },
    },
  },
})

/** Two editions of an API: `/pets` is in both, each has a path that the other has not. */
const edition = (from: 'old' | 'new') =>
  JSON.stringify({
    openapi: '3.0.1',
    info: {title: 'petstore', version: '1'},
    paths: {'/pets': {get: says(from)}, [from === 'old' ? '/cats' : '/dogs']: {get: says(from)}},
  })

/** A sandbox with the API `petstore` in its old edition, and what changes it to its new one. */
export async function twoEditions(options: SandboxOptions = {}) {
  const kit = await sandboxForTest(options)
  const {apigateway, sandbox} = kit
  const {id: restApiId = ''} = await apigateway.importRestApi({
    body: Buffer.from(edition('old')),
    parameters: {endpointConfigurationTypes: 'REGIONAL'},
  })
  const answer = async (path: string, stage: string) => {
    const response = await fetch(`${sandbox.url}/execute-api/${restApiId}/${stage}${path}`)
    return {status: response.status, body: (await response.json()) as Edition & {message?: string}}
  }
  return {
    ...kit,
    restApiId,
    edit: async (to: 'old' | 'new') => {
      await apigateway.putRestApi({restApiId, mode: 'overwrite', body: Buffer.from(edition(to))})
    },
    deployment: async () => (await apigateway.createDeployment({restApiId})).id as string,
    /** What a stage serves; undefined where there is none. Throws where it is a mixture of two editions. */
    served: async (stage: string): Promise<Edition | undefined> => {
      const [pets, cats, dogs] = await Promise.all([
        answer('/pets', stage),
        answer('/cats', stage),
        answer('/dogs', stage),
      ])
      if (pets.body.message === 'Forbidden') return undefined
      const unknown = {status: 403, body: {message: 'Missing Authentication Token'}}
      const isOld = pets.body.from === 'old'
      expect({cats, dogs}).toEqual(isOld ? {cats: pets, dogs: unknown} : {cats: unknown, dogs: pets})
      return pets.body
    },
  }
}

export type TwoEditions = Awaited<ReturnType<typeof twoEditions>>

/** Settings of all kinds that a stage can have without more than API Gateway. */
export async function furnish({apigateway, restApiId}: TwoEditions, stageName: string): Promise<void> {
  const {clientCertificateId} = await apigateway.generateClientCertificate({})
  const values: Record<string, string> = {
    '/description': 'live',
    '/variables/mode': 'a',
    '/variables/table': 'pets',
    '/tracingEnabled': 'true',
    '/clientCertificateId': clientCertificateId as string,
    '/*/*/throttling/rateLimit': '100',
    '/*/*/throttling/burstLimit': '200',
    '/*/*/metrics/enabled': 'true',
    '/~1pets/GET/throttling/rateLimit': '50',
  }
  await apigateway.updateStage({
    restApiId,
    stageName,
    patchOperations: Object.entries(values).map(([path, value]) => ({op: 'replace', path, value})),
  })
  const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/${stageName}`
  await apigateway.tagResource({resourceArn, tags: {team: 'pets'}})
  for (const name of ['gold', 'silver']) {
    await apigateway.createUsagePlan({name, apiStages: [{apiId: restApiId, stage: stageName}]})
  }
}

/** What a stage is set to, what it serves apart, and the names of its usage plans. */
export async function furniture({apigateway, restApiId}: TwoEditions, stageName: string) {
  const stage: Stage & {$metadata?: unknown} = await apigateway.getStage({restApiId, stageName})
  const {$metadata: _, deploymentId: __, lastUpdatedDate: ___, ...settings} = stage
  const {items = []} = await apigateway.getUsagePlans({})
  const plans = items.filter(({apiStages = []}) => apiStages.some(each => each.stage === stageName))
  return {settings, plans: plans.map(({name}) => name)}
}
