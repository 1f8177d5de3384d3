import type {CreateDeploymentRequest, Deployment} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Handlers} from '../service.js'
import type {Snapshot} from '../store.js'
import {restApiOf} from './lookup.js'
import {page} from './paging.js'
import {newStage} from './stages.js'

export const deployments: Handlers = {
  CreateDeployment(input: CreateDeploymentRequest, call) {
    const record = restApiOf(call, input.restApiId)
    const methods = Object.values(record.resources).flatMap(resource => Object.values(resource.resourceMethods ?? {}))
    if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods")
    if (methods.some(method => !method.methodIntegration)) throw badRequest('No integration defined for method')
    const deployment: Deployment = {id: shortId(), description: input.description, createdDate: call.now()}
    record.deployments[deployment.id!] = {deployment, snapshot: snapshotOf(record)}
    if (input.stageName) {
      const stage = record.stages[input.stageName]
      if (stage) Object.assign(stage, {deploymentId: deployment.id, lastUpdatedDate: call.now()})
      else {
        const {stageName, variables, stageDescription: description, tracingEnabled} = input
        const settings = {stageName, deploymentId: deployment.id, variables, description, tracingEnabled}
        record.stages[stageName] = newStage(settings, call)
      }
    }
    return deployment
  },

  GetDeployments(input: {restApiId: string; position?: string; limit?: number}, call) {
    const all = Object.values(restApiOf(call, input.restApiId).deployments)
    return page(
      all.map(({deployment}) => deployment),
      input,
    )
  },
}

/** Deep copies: a deployment must not change when the API is edited afterwards. */
function snapshotOf(record: Snapshot): Snapshot {
  const {api, resources, models, requestValidators, authorizers, gatewayResponses} = record
  return structuredClone({api, resources, models, requestValidators, authorizers, gatewayResponses})
}
