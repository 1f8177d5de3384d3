import type {HistoryPorts} from '../domain/deployments/history.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {deploymentFrom, openDeployments} from './deployments.js'
import {openRoutes} from './routes.js'
import {openStages} from './stages.js'

/** Everything that the history of an API works with, over the SDK. */
export async function openHistory(session: Session): Promise<HistoryPorts> {
  const [{sdk, send}, {list}, stages, routes] = await Promise.all([
    openApiGateway(session),
    openDeployments(session),
    openStages(session),
    openRoutes(session),
  ])
  return {
    stages,
    routes,
    deployments: {
      list,
      async describe(restApiId, deploymentId, value) {
        const patchOperations = [{op: 'replace' as const, path: '/description', value}]
        const input = {restApiId, deploymentId, patchOperations}
        return deploymentFrom(await send(new sdk.UpdateDeploymentCommand(input)))
      },
      async delete(restApiId, deploymentId) {
        await send(new sdk.DeleteDeploymentCommand({restApiId, deploymentId})).catch(error => {
          throw inPlainWords(error, deploymentId)
        })
      },
    },
  }
}

/**
 * `Active stages pointing to this deployment must be moved or deleted` (recorded), and the same of `Active stages with
 * canary settings` (Terraform's provider, deployment.go): both BadRequestException.
 */
function inPlainWords(error: unknown, id: string): unknown {
  const user = error instanceof Problem && /^Active stages( with canary settings)? pointing/.exec(error.message)
  if (!user) return error
  const text = `${id} is served by ${user[1] ? 'the canary of a stage' : 'a stage'}, since a moment ago.`
  return new Problem('conflict', text, 'See by which: apigw deployments list', error)
}
