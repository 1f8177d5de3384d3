import type {Deployment as SdkDeployment} from '@aws-sdk/client-api-gateway'
import type {DeployPorts} from '../domain/deployments/deploy.js'
import type {Deployment, DeploymentStore} from '../domain/deployments/deployment.js'
import {type Refusal, refusal} from '../domain/deployments/refusal.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {openLocation} from './location.js'
import {allPages} from './paging.js'
import {openPlans} from './plans.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'

/** Deployments of REST APIs over the SDK. */
export async function openDeployments(session: Session): Promise<DeploymentStore> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async *list(restApiId) {
      for await (const deployment of allPages(page => send(new sdk.GetDeploymentsCommand({...page, restApiId})))) {
        yield deploymentFrom(deployment)
      }
    },
    async create(api, {description, stage}) {
      const canary = stage?.canary
      const input = {
        restApiId: api.id,
        description,
        stageName: stage?.name,
        variables: stage?.variables,
        canarySettings: canary && {
          percentTraffic: canary.percentTraffic,
          stageVariableOverrides: canary.variables,
          useStageCache: canary.useStageCache,
        },
      }
      try {
        return deploymentFrom(await send(new sdk.CreateDeploymentCommand(input)))
      } catch (error) {
        const known = error instanceof Problem && REFUSALS.find(([text]) => text.test(error.message))
        if (!known) throw error
        throw refusal(known[1], api, [], {code: error.code, requestId: error.requestId, cause: error})
      }
    },
    async delete(restApiId, deploymentId) {
      await send(new sdk.DeleteDeploymentCommand({restApiId, deploymentId}))
    },
  }
}

/** Everything that a deployment works with. */
export async function openDeployPorts(session: Session): Promise<DeployPorts> {
  const [deployments, snapshots, stages, plans, location] = await Promise.all([
    openDeployments(session),
    openSnapshots(session),
    openStages(session),
    openPlans(session),
    openLocation(session),
  ])
  return {deployments, snapshots, stages, plans, location, session}
}

/** What the service says when it will not deploy. Sources: reports of users (re:Post, issue threads), all of BadRequestException. */
const REFUSALS: readonly (readonly [RegExp, Refusal])[] = [
  [/doesn't contain any methods/, 'no methods'],
  [/^No integration defined for method/, 'no integration'],
  [/doesn't have a resource policy attached/, 'no resource policy'],
]

export const deploymentFrom = ({id = '', description, createdDate}: SdkDeployment): Deployment => ({
  id,
  description,
  createdDate,
})
