import type {SandboxOptions} from '../../src/sandbox/server.js'
import {petstore} from './petstore.js'

/** The petstore, deployed to the stage `prod`, which is on the usage plan `gold`. */
export async function gold(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {apigateway, restApiId} = kit
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const plan = await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}]})
  return {...kit, planId: plan.id as string}
}
