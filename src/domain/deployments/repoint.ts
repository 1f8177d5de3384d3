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

/** The same failure, with what it means here in front of it. */
export function restated(error: unknown, meaning: string, hint: string): unknown {
  if (!(error instanceof Problem) || error.kind === 'interrupted') return error
  const {kind, message, code, requestId} = error
  return new Problem(kind, `${meaning}: ${message}`, hint, {code, requestId, cause: error})
}

/** How often a stage is read back, a second apart, before it is taken for what it serves. */
const READS = 5

/**
 * The stage as it is once it, or its canary, serves a deployment.
 * @param before the stage as it was; undefined where it is new
 * @throws Problem conflict where somebody else made it serve something else at the same time
 */
export async function stageServing(
  {stages, session}: ReadingBackPorts,
  target: Target,
  id: string,
  before: Stage | undefined,
): Promise<Stage> {
  const {api, stage: name} = target
  const hint = `To bring it in: ${repointing(target, id)}`
  for (let read = 1; ; read++) {
    const now = await stages.get(api.id, name).catch(error => {
      const meaning = `${id} was deployed to ${name}, but the stage could not be read back`
      throw restated(error, meaning, `Look whether it serves ${id}: apigw stages get ${name} --api ${refOf(api)}`)
    })
    if (now.deploymentId === id || now.canary?.deploymentId === id) return now
    if (now.deploymentId !== before?.deploymentId) {
      const text = `${name} serves ${now.deploymentId}, which came in at the same time, and not ${id}.`
      throw new Problem('conflict', text, hint)
    }
    if (read === READS) {
      throw new Problem('failed', `${name} was told to serve ${id}, but serves ${now.deploymentId} still.`, hint)
    }
    await session.clock.sleep(1_000, session.signal)
  }
}
