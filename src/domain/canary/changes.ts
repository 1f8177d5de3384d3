import type {RestApi} from '../apis.js'
import {belongingsOf, checkKept, type KeepingPorts} from '../deployments/kept.js'
import type {Change, Plan} from '../plan.js'
import {type CanaryChanges, checkVariableCount, checkVariables, type StageStore} from '../stages.js'
import type {StageWithCanary} from './canary.js'
import {canaryOn, type StagedCanary} from './start.js'

export interface CanaryPorts extends KeepingPorts {
  stages: Pick<StageStore, 'get' | 'list' | 'update'>
}

/** Changes how many requests a canary gets, its variables, or its cache: by one call, all or nothing. */
export function planCanaryChanges(
  ports: CanaryPorts,
  api: RestApi,
  stage: StageWithCanary,
  wanted: CanaryChanges,
): Plan<StagedCanary> {
  const {canary} = stage
  const variables = checkVariables(wanted.variables ?? {})
  checkVariableCount({...stage.variables, ...canary.variables, ...variables})
  // What is not there cannot be taken away: the service would refuse all of it.
  const changes = {
    ...wanted,
    unsetVariables: wanted.unsetVariables?.filter(name => Object.hasOwn(canary.variables, name)),
  }
  const details = [
    ...otherwise('share', canary.percentTraffic, changes.percentTraffic, ' %'),
    ...otherwise('cache of the stage', canary.useStageCache, changes.useStageCache),
    ...Object.entries(variables).flatMap(([name, value]) =>
      otherwise(`variable ${name}`, canary.variables[name] ?? 'none', value),
    ),
    ...(changes.unsetVariables ?? []).map(name => `variable ${name}: ${canary.variables[name]} → as on the stage`),
  ]
  return {
    changes: details.map(detail => ({action: 'update', kind: 'canary of stage', name: stage.name, detail})),
    apply: async () => {
      if (details.length === 0) return canaryOn(api, stage, canary)
      const after = await ports.stages.update(api.id, stage.name, {canary: changes})
      return canaryOn(api, after, after.canary ?? canary)
    },
  }
}

type Setting = string | number | boolean

function otherwise(name: string, is: Setting, wanted: Setting | undefined, unit = ''): string[] {
  return wanted === undefined || wanted === is ? [] : [`${name}: ${is}${unit} → ${wanted}${unit}`]
}

/** What is left when a canary is gone. */
export interface Aborted {
  apiId: string
  apiName: string
  stage: string
  /** What all requests are served from now on. */
  deploymentId?: string | undefined
  /** What the canary served; as a deployment it stays. */
  abortedDeploymentId?: string | undefined
}

/** Takes a canary back: all requests are served what the stage serves, and the settings of the canary are gone. */
export function planAbortion(ports: CanaryPorts, api: RestApi, stage: StageWithCanary): Plan<Aborted> {
  const {canary} = stage
  const variables = Object.keys(canary.variables)
  const change: Change = {
    action: 'delete',
    kind: 'canary of stage',
    name: stage.name,
    detail: [
      `all requests go to ${stage.deploymentId} again, instead of ${canary.percentTraffic} % to ${canary.deploymentId}`,
      ...(variables.length > 0 ? [`its variables are lost: ${variables.join(', ')}`] : []),
    ].join('; '),
  }
  return {
    changes: [change],
    apply: async () => {
      const before = await belongingsOf(ports, api, {...stage, canary: undefined})
      const after = await ports.stages.update(api.id, stage.name, {canary: 'remove'})
      await checkKept(ports, api, before, after)
      return {
        apiId: api.id,
        apiName: api.name,
        stage: stage.name,
        deploymentId: after.deploymentId,
        abortedDeploymentId: canary.deploymentId,
      }
    },
  }
}
