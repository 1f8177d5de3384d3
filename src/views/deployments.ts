import type {Deployed} from '../domain/deployments/deploy.js'
import {quoted} from '../domain/quoting.js'
import type {View} from './view.js'

/** What a deployment did. */
export const deployedView: View<Deployed> = {
  columns: [
    {header: 'STAGE', value: deployed => deployed.stage},
    {header: 'DEPLOYMENT', value: deployed => deployed.deploymentId},
    {header: 'PREVIOUS', value: deployed => deployed.previousDeploymentId},
    {header: 'CREATED', value: deployed => deployed.created, text: ({created}) => (created ? 'the stage is new' : '')},
    {header: 'URL', value: deployed => deployed.url, text: ({url}, paint) => paint.name(url)},
  ],
  id: deployed => deployed.deploymentId,
}

/** What one should know besides, in sentences. */
export function deployedRemarks({
  apiName,
  stage,
  deploymentId,
  previousDeploymentId,
  canaryPercent,
}: Deployed): string[] {
  const repoint = (id: string) => `apigw stages update ${stage} --api ${quoted(apiName)} --deployment ${id}`
  if (canaryPercent !== undefined) {
    return [
      `Only the canary of ${stage} got it: ${canaryPercent} % of the requests. For all of them: ${repoint(deploymentId)}`,
    ]
  }
  return previousDeploymentId ? [`To go back: ${repoint(previousDeploymentId)}`] : []
}
