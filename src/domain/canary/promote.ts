import type {RestApi} from '../apis.js'
import {belongingsOf, checkKept} from '../deployments/kept.js'
import {isUncertain} from '../deployments/repoint.js'
import {duration} from '../duration.js'
import type {Change, Plan} from '../plan.js'
import {Problem, unlessRefused} from '../problem.js'
import {checkVariableCount, type Stage} from '../stages.js'
import {type Bake, type BakePorts, checkSame, limitsText, watchCanary} from './bake.js'
import {canaryCommand, isPromoted, type StageWithCanary} from './canary.js'
import {type CanaryPorts, planAbortion} from './changes.js'

export type PromotionPorts = CanaryPorts & BakePorts

/** What a promotion did. */
export interface Promoted {
  apiId: string
  apiName: string
  stage: string
  /** What all requests are served from now on. */
  deploymentId?: string | undefined
  /** What the stage served before; undefined where it was the same. */
  previousDeploymentId?: string | undefined
  /** Variables that the stage has from the canary. */
  variables: Record<string, string>
  /** Why it was done, where the canary was watched before. */
  reason?: string | undefined
}

/**
 * Lets a stage serve to all what its canary serves: deployment and variables come over and the canary gets no requests
 * any more, all by one UpdateStage, which the service carries out as a whole or not at all. Then the settings of the
 * canary, which do nothing any more, are removed: while a stage has them it cannot be given another deployment in the
 * usual way (developer guide, "Set up an API Gateway canary release deployment"). Whoever is stopped between the two
 * has promoted; the next run finishes.
 * @param bake watched before, and then promoted, aborted, or left
 * @throws Problem failed when the canary was aborted by its limits, gave-up when too little is known of it and it was
 *   left; conflict where somebody changes it meanwhile
 */
export function planPromotion(
  ports: PromotionPorts,
  api: RestApi,
  stage: StageWithCanary,
  bake?: Bake,
): Plan<Promoted> {
  if (isPromoted(stage)) return finishing(ports, api, stage)
  checkVariableCount({...stage.variables, ...stage.canary.variables})
  return {
    changes: [promotion(stage, bake)],
    apply: async () => {
      const reason = bake && (await watchAndDecide(ports, api, stage, bake))
      return {...(await promote(ports, api, stage)), reason}
    },
  }
}

function promotion({name, deploymentId, variables, canary}: StageWithCanary, bake: Bake | undefined): Change {
  const others = Object.entries(canary.variables).filter(([key, value]) => variables[key] !== value)
  const detail = [
    `all requests go to ${canary.deploymentId}, instead of ${canary.percentTraffic} %, and none to ${deploymentId}`,
    ...others.map(([key, value]) => `with ${key}=${value}`),
    ...(bake ? [`after ${duration(bake.duration)} with ${limitsText(bake.limits)}, else the canary is aborted`] : []),
  ]
  return {action: 'update', kind: 'stage', name, detail: detail.join(', ')}
}

/** Why the canary may be promoted. @throws Problem when it may not */
async function watchAndDecide(
  ports: PromotionPorts,
  api: RestApi,
  stage: StageWithCanary,
  bake: Bake,
): Promise<string> {
  const {outcome, reason} = await watchCanary(ports, api, stage, bake)
  if (outcome === 'promote') return reason
  const {name, canary} = stage
  if (outcome === 'leave') {
    const text = `${reason} The canary of ${name} is left as it is, with ${canary.percentTraffic} % of the requests.`
    const ways = ['promote', 'abort'].map(verb => canaryCommand(verb, api, name))
    const hint = `Decide: ${ways.join(', or ')}; or watch longer, or for fewer requests: --bake, --min-requests, --if-few`
    throw new Problem('gave-up', text, hint, {code: 'TooFewRequests'})
  }
  // Nobody may abort what somebody else has put in its place.
  const now = await ports.stages.get(api.id, name)
  checkSame(stage, now.canary)
  const {deploymentId} = await planAbortion(ports, api, {...now, canary: now.canary ?? canary}).apply()
  const text = `The canary of ${name} was aborted: ${reason} All requests are served ${deploymentId} again.`
  const hint = `What it served stays as deployment ${canary.deploymentId}. Failures: apigw logs search --errors --api ${api.id} --stage ${name}`
  throw new Problem('failed', text, hint, {code: 'CanaryAborted'})
}

async function promote(ports: PromotionPorts, api: RestApi, stage: StageWithCanary): Promise<Promoted> {
  const {name, canary} = stage
  const now = await ports.stages.get(api.id, name)
  checkSame(stage, now.canary)
  const wanted = {...now, variables: {...now.variables, ...now.canary?.variables}, canary: undefined}
  const before = await belongingsOf(ports, api, wanted)
  const after = await ports.stages.update(api.id, name, {canary: 'promote'})
  if (after.deploymentId !== canary.deploymentId) {
    const text = `${name} serves ${after.deploymentId} and not ${canary.deploymentId}: somebody else changed it meanwhile.`
    throw new Problem('conflict', text, `Look: apigw stages get ${name} --api ${api.id}`)
  }
  await checkKept(ports, api, before, await withoutSettings(ports, api, after))
  return {...promotedOn(api, after), previousDeploymentId: now.deploymentId, variables: now.canary?.variables ?? {}}
}

const promotedOn = (api: RestApi, {name, deploymentId}: Stage): Promoted => ({
  apiId: api.id,
  apiName: api.name,
  stage: name,
  deploymentId,
  variables: {},
})

/** The stage without the settings of its canary. What it serves does not depend on whether this can be done. */
async function withoutSettings({stages}: PromotionPorts, api: RestApi, stage: Stage): Promise<Stage> {
  try {
    return await stages.update(api.id, stage.name, {canary: 'remove'})
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    // Where only the answer was lost they are gone, and there is nothing left to finish.
    const now = isUncertain(error) ? await unlessRefused(stages.get(api.id, stage.name), stage) : stage
    if (!now.canary) return now
    const {kind, code, requestId} = error
    const text = `${stage.name} serves all requests ${stage.deploymentId}, but the settings of its canary, at 0 %, could not be removed: ${error.message}`
    const hint = `To finish: ${canaryCommand('promote', api, stage.name)}`
    throw new Problem(kind, text, hint, {code, requestId, cause: error})
  }
}

/** What is left to do where a promotion was stopped half-way, or made in the AWS console, which leaves them. */
function finishing({stages}: PromotionPorts, api: RestApi, stage: StageWithCanary): Plan<Promoted> {
  const detail = `its canary, ${stage.canary.deploymentId}, is promoted already: its settings, at 0 %, are removed`
  return {
    changes: [{action: 'update', kind: 'stage', name: stage.name, detail}],
    apply: async () => promotedOn(api, await stages.update(api.id, stage.name, {canary: 'remove'})),
  }
}
