import {type RestApi, refOf} from '../apis.js'
import {Problem} from '../problem.js'
import type {Session} from '../session.js'
import type {Stage, StageStore} from '../stages.js'

export interface ReadingBackPorts {
  stages: Pick<StageStore, 'get'>
  session: Pick<Session, 'clock' | 'signal'>
}

/** A stage of an API that is to serve something else. */
export interface Target {
  api: Pick<RestApi, 'id' | 'name'>
  stage: string
}

/** The command that makes a stage serve a deployment. */
export const repointing = ({api, stage}: Target, deploymentId: string) =>
  `apigw stages update ${stage} --api ${refOf(api)} --deployment ${deploymentId}`

/** The same failure, or interruption, of a change under way, with what it means here in front of it. */
export function restated(error: unknown, meaning: string, hint: string): unknown {
  if (!(error instanceof Problem)) return error
  const {kind, message, code, requestId} = error
  return new Problem(kind, `${meaning}: ${message}`, hint, {code, requestId, cause: error})
}

/** Whether a call may have been carried out although it failed: neither refused nor throttled nor interrupted. */
export const isUncertain = (error: unknown): error is Problem =>
  error instanceof Problem &&
  (error.kind === 'unreachable' || (error.kind === 'failed' && error.code !== 'BadRequestException'))

/** How often a stage is read back, a second apart, before it is taken for what it serves. */
const READS = 5

/**
 * The stage as it is once it, or its canary, serves a deployment.
 * @param before the stage as it was; undefined where it is new
 * @param toCanary whether only its canary was to serve it
 * @throws Problem conflict where somebody else made it, or a canary of it, serve something else at the same time
 */
export async function stageServing(
  {stages, session}: ReadingBackPorts,
  target: Target,
  id: string,
  before: Stage | undefined,
  toCanary = false,
): Promise<Stage> {
  const {api, stage: name} = target
  const hint = `To bring it in: ${repointing(target, id)}`
  for (let read = 1; ; read++) {
    const now = await stages.get(api.id, name).catch(error => {
      const meaning = `${id} was deployed to ${name}, but the stage could not be read back`
      throw restated(error, meaning, `Look whether it serves ${id}: apigw stages get ${name} --api ${refOf(api)}`)
    })
    if (now.canary?.deploymentId === id) return now
    if (now.deploymentId === id) return withoutStranger(target, id, now)
    if (toCanary && now.canary?.deploymentId !== before?.canary?.deploymentId) throw otherCanary(target, id, now)
    if (now.deploymentId !== before?.deploymentId) {
      const text = `${name} serves ${now.deploymentId}, which came in at the same time, and not ${id}.`
      throw new Problem('conflict', text, hint)
    }
    if (read === READS) {
      const serving = toCanary ? `The canary of ${name}` : name
      const serves = toCanary ? now.canary?.deploymentId : now.deploymentId
      const text = `${serving} was told to serve ${id}, but serves ${serves} still.`
      throw new Problem('failed', text, toCanary ? `Look: ${canaryStatus(target)}` : hint)
    }
    await session.clock.sleep(1_000, session.signal)
  }
}

const canaryStatus = ({api, stage}: Target) => `apigw canary status --api ${refOf(api)} --stage ${stage}`

/** @throws Problem conflict where a canary takes requests away from what the stage serves, which nobody knew of */
function withoutStranger(target: Target, id: string, now: Stage): Stage {
  const {percentTraffic = 0, deploymentId} = now.canary ?? {}
  if (percentTraffic === 0) return now
  const {api, stage: name} = target
  const text =
    `${name} serves ${id}, but ${percentTraffic} % of the requests get ${deploymentId}: ` +
    'somebody else started a canary at the same time.'
  const abort = `apigw canary abort --api ${refOf(api)} --stage ${name}`
  throw new Problem('conflict', text, `Look: ${canaryStatus(target)}\nTo give all requests ${id}: ${abort}`)
}

function otherCanary(target: Target, id: string, {canary}: Stage): Problem {
  const {api, stage: name} = target
  const is = canary ? `which serves ${canary.deploymentId} since then` : 'which is gone since then'
  const text = `${id} was deployed to the canary of ${name}, ${is}: somebody else changed it at the same time.`
  const look = canary ? canaryStatus(target) : `apigw stages get ${name} --api ${refOf(api)}`
  return new Problem('conflict', text, `Look: ${look}`)
}
