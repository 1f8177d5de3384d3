import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {onTestFinished} from 'vitest'
import {functionModules} from '../functions.js'
import {sandboxForTest} from '../sandbox.js'
import {definition, FUNCTIONS, KEY} from './definition.js'
import {Editor} from './editor.js'
import type {Edit} from './edits.js'
import {ask, QUESTIONS} from './questions.js'

/** A route with each kind of back end. */
const FIRST_ROUTES: Edit[] = [
  {edit: 'route', place: {path: '/', method: 'GET'}, backEnd: {kind: 'mock', status: '200', body: 'x', strict: false}},
  {
    edit: 'route',
    place: {path: '/a', method: 'ANY'},
    backEnd: {kind: 'http', path: 'x', answer: 'x', encoded: false, refuses: true, strict: false},
  },
  {edit: 'route', place: {path: '/b', method: 'ANY'}, backEnd: {kind: 'proxy', path: 'x', method: 'GET'}},
  {edit: 'route', place: {path: '/c/{proxy+}', method: 'ANY'}, backEnd: {kind: 'lambda', name: 'echo-a'}},
]

/** A back end that says what it was asked, and answers with the status that is wanted. */
async function startBackEnd(): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', part => parts.push(part))
    request.on('end', () => {
      if (request.url === '/bytes') {
        response.setHeader('content-type', 'application/octet-stream')
        return response.end(Buffer.from([0xff, 0xfe, 0x00, 0x41]))
      }
      const {method, url, headers} = request
      response.statusCode = headers['x-want'] === '404' ? 404 : 200
      response.setHeader('content-type', 'application/json')
      const said = JSON.stringify({method, url, set: headers['x-set'], body: Buffer.concat(parts).toString()})
      // So that it says as much whatever the gateway converts it to.
      response.end(Buffer.from(said).toString('base64'))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A sandbox on which random APIs are made, edited, deployed and asked. */
export async function randomApis() {
  const backEndUrl = await startBackEnd()
  const functions = functionModules(FUNCTIONS)
  const kit = await sandboxForTest({functions})
  const {apigateway, sandbox} = kit
  const {id: keyId = ''} = await apigateway.createApiKey({name: 'key', value: KEY, enabled: true})

  /** What every question is answered with on a stage. */
  const answers = async (restApiId: string, stage: string): Promise<string[]> => {
    const told: string[] = []
    // Few at a time, so that there need not be as many connections.
    for (let i = 0; i < QUESTIONS.length; i += 32) {
      const some = QUESTIONS.slice(i, i + 32)
      told.push(...(await Promise.all(some.map(question => ask(sandbox.port, restApiId, stage, question)))))
    }
    return told
  }

  return {
    ...kit,
    questions: QUESTIONS,
    answers,
    create: async () => {
      const body = Buffer.from(JSON.stringify(definition(backEndUrl)))
      const {id = ''} = await apigateway.importRestApi({body})
      await new Editor(apigateway, id, backEndUrl).all(FIRST_ROUTES)
      return id
    },
    edit: (restApiId: string, edits: readonly Edit[]) => new Editor(apigateway, restApiId, backEndUrl).all(edits),
    /** Deploys to a stage, on which the key is good. */
    deploy: async (restApiId: string, stageName: string) => {
      const {item: stages = []} = await apigateway.getStages({restApiId})
      const {id = ''} = await apigateway.createDeployment({restApiId, stageName})
      if (stages.some(stage => stage.stageName === stageName)) return id
      const {id: usagePlanId = ''} = await apigateway.createUsagePlan({
        name: `${restApiId} ${stageName}`,
        apiStages: [{apiId: restApiId, stage: stageName}],
      })
      await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
      return id
    },
    drop: async (restApiId: string) => {
      const {items = []} = await apigateway.getUsagePlans({limit: 500})
      for (const {id: usagePlanId, apiStages = []} of items) {
        const stages = apiStages.map(({apiId, stage}) => `${apiId}:${stage}`)
        const patchOperations = stages.map(value => ({op: 'remove', path: '/apiStages', value}) as const)
        await apigateway.deleteUsagePlanKey({usagePlanId, keyId})
        await apigateway.updateUsagePlan({usagePlanId, patchOperations})
        await apigateway.deleteUsagePlan({usagePlanId})
      }
      await apigateway.deleteRestApi({restApiId})
    },
  }
}
