import type {
  CreateDeploymentRequest,
  Deployment,
  GetDeploymentRequest,
  GetDeploymentsRequest,
  MethodSnapshot,
  UpdateDeploymentRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {entryOf, type RestApiRecord, type Snapshot} from '../store.js'
import {partOf, restApiOf} from './lookup.js'
import {page} from './paging.js'
import {PatchTable, setText} from './patch.js'
import {newCanarySettings, newStage, withCacheCluster} from './stage-settings.js'

type DeploymentAddress = {restApiId: string; deploymentId: string}

export const deployments: Handlers = {
  CreateDeployment(input: CreateDeploymentRequest, call) {
    const record = restApiOf(call, input.restApiId)
    checkCanary(input, record)
    checkDeployable(record)
    const deployment: Deployment = {
      id: shortId(record.deployments),
      description: input.description || undefined,
      createdDate: call.now(),
    }
    // The stage is made before anything is kept: it may be refused.
    const stage = input.stageName ? stageAfter(deployment.id!, input, record, call) : undefined
    record.deployments[deployment.id!] = {deployment, snapshot: snapshotOf(record)}
    if (stage) {
      call.gateway.cache.follow(input.restApiId ?? '', entryOf(record.stages, input.stageName!), stage)
      record.stages[input.stageName!] = stage
    }
    return deployment
  },

  GetDeployment(input: GetDeploymentRequest, call) {
    const {deployment, snapshot} = deploymentOf(call, input as DeploymentAddress)
    return {...deployment, apiSummary: input.embed?.includes('apisummary') ? summaryOf(snapshot) : undefined}
  },

  GetDeployments: (input: GetDeploymentsRequest, call) =>
    page(
      Object.values(restApiOf(call, input.restApiId).deployments).map(({deployment}) => deployment),
      input,
    ),

  UpdateDeployment(input: UpdateDeploymentRequest, call) {
    const record = deploymentOf(call, input as DeploymentAddress)
    record.deployment = PATCHES.apply(record.deployment, input.patchOperations)
    return record.deployment
  },

  DeleteDeployment(input: DeploymentAddress, call) {
    deploymentOf(call, input)
    const record = restApiOf(call, input.restApiId)
    const stages = Object.values(record.stages)
    if (stages.some(({deploymentId}) => deploymentId === input.deploymentId)) {
      throw badRequest('Active stages pointing to this deployment must be moved or deleted')
    }
    // Source: Terraform's provider waits for these words (internal/service/apigateway/deployment.go).
    if (stages.some(({canarySettings}) => canarySettings?.deploymentId === input.deploymentId)) {
      throw badRequest('Active stages with canary settings pointing to this deployment must be moved or deleted')
    }
    delete record.deployments[input.deploymentId]
  },
}

const PATCHES = new PatchTable<Deployment>([{path: '/description', replace: setText('description')}])

function deploymentOf(call: Call, {restApiId, deploymentId}: DeploymentAddress) {
  const record = partOf(call, restApiId, 'deployments', deploymentId)
  if (!record) throw notFound('Invalid Deployment identifier specified')
  return record
}

function checkCanary({canarySettings, stageName}: CreateDeploymentRequest, record: RestApiRecord): void {
  if (!canarySettings) return
  const invalid = 'Invalid deployment content specified.'
  if (!stageName) {
    throw badRequest(
      `${invalid}Non null and non empty stageName must be provided for canary deployment. Provided value is ${stageName ?? 'null'}`,
    )
  }
  if (!entryOf(record.stages, stageName)) {
    throw badRequest(`${invalid}Stage ${stageName} must already be created before making a canary release deployment`)
  }
}

/** @throws ServiceError BadRequestException for what cannot go live */
function checkDeployable(record: RestApiRecord): void {
  const methods = Object.values(record.resources).flatMap(resource => Object.values(resource.resourceMethods ?? {}))
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods")
  if (methods.some(method => !method.methodIntegration)) throw badRequest('No integration defined for method')
  if (methods.some(method => method.authorizerId && !record.authorizers[method.authorizerId])) {
    throw badRequest('Invalid Authorizer identifier specified')
  }
  const {endpointConfiguration, policy} = record.api
  if (endpointConfiguration?.types?.includes('PRIVATE') && !policy) {
    throw badRequest("Private REST API doesn't have a resource policy attached to it")
  }
}

/** The stage named in the request as it is after the deployment: new, repointed, or with a new canary. */
function stageAfter(deploymentId: string, input: CreateDeploymentRequest, record: RestApiRecord, call: Call) {
  const {stageName, stageDescription, variables, tracingEnabled, cacheClusterEnabled, cacheClusterSize} = input
  const existing = entryOf(record.stages, stageName!)
  const cluster = {cacheClusterEnabled, cacheClusterSize}
  if (!existing) {
    const settings = {stageName, deploymentId, variables, description: stageDescription, tracingEnabled, ...cluster}
    return newStage(settings, record, call)
  }
  const {canarySettings} = input
  if (canarySettings) {
    return {
      ...existing,
      canarySettings: newCanarySettings({...canarySettings, deploymentId}),
      lastUpdatedDate: call.now(),
    }
  }
  // Settings that are sent win over those of the stage; what is not sent stays.
  return withCacheCluster({
    ...existing,
    deploymentId,
    description: stageDescription ?? existing.description,
    variables: variables ? {...existing.variables, ...variables} : existing.variables,
    tracingEnabled: tracingEnabled ?? existing.tracingEnabled,
    cacheClusterEnabled: cacheClusterEnabled ?? existing.cacheClusterEnabled,
    cacheClusterSize: cacheClusterSize ?? existing.cacheClusterSize,
    lastUpdatedDate: call.now(),
  })
}

/** Deep copies: a deployment must not change when the API is edited afterwards. */
function snapshotOf(record: Snapshot): Snapshot {
  const {api, resources, models, requestValidators, authorizers, gatewayResponses} = record
  return structuredClone({api, resources, models, requestValidators, authorizers, gatewayResponses})
}

function summaryOf({resources}: Snapshot): Record<string, Record<string, MethodSnapshot>> {
  const withMethods = Object.values(resources).filter(({resourceMethods}) => resourceMethods)
  return Object.fromEntries(
    withMethods.map(({path, resourceMethods = {}}) => [
      path!,
      Object.fromEntries(
        Object.entries(resourceMethods).map(([name, {authorizationType, apiKeyRequired}]) => [
          name,
          {authorizationType, apiKeyRequired},
        ]),
      ),
    ]),
  )
}
