import type {SandboxOptions} from '../../src/sandbox/server.js'
import {PETSTORE} from './petstore.js'
import {sandboxForTest} from './sandbox.js'

/** The petstore, where `GET /pets` asks for a key. */
export function guardedPetstore(): string {
  const definition = JSON.parse(PETSTORE)
  definition.paths['/pets'].get.security = [{key: []}]
  definition.components = {securitySchemes: {key: {type: 'apiKey', name: 'x-api-key', in: 'header'}}}
  return JSON.stringify(definition)
}

/** The guarded petstore, deployed to the stage `prod`, which is on the usage plan `gold`. */
export async function gold(options: SandboxOptions = {}) {
  const kit = await sandboxForTest(options)
  const {apigateway} = kit
  const {id = ''} = await apigateway.importRestApi({body: Buffer.from(guardedPetstore())})
  await apigateway.createDeployment({restApiId: id, stageName: 'prod'})
  const plan = await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: id, stage: 'prod'}]})
  return {...kit, restApiId: id, planId: plan.id as string}
}
