import {collect, type RestApi, refOf} from '../apis.js'
import type {Deployment, DeploymentStore} from '../deployments/deployment.js'
import {isUncertain} from '../deployments/repoint.js'
import {isMissing, Problem, unlessRefused} from '../problem.js'
import type {Session} from '../session.js'
import type {Stage, StageStore} from '../stages.js'

type Api = Pick<RestApi, 'id' | 'name'>

export interface TemporaryStagePorts {
  deployments: Pick<DeploymentStore, 'list' | 'create'>
  stages: Pick<StageStore, 'create' | 'update'>
  /** What works although the command was interrupted. */
  undoing: {deployments: Pick<DeploymentStore, 'delete'>; stages: Pick<StageStore, 'get' | 'delete'>}
  /** Letters and digits that nobody can guess. */
  secret(): string
  session: Pick<Session, 'clock' | 'notice'>
}

export interface TemporaryStageRequest {
  /** The stages that the API has. */
  stages: readonly Stage[]
  /** What the stage is to serve; the API as it is edited now when left out. */
  deploymentId?: string | undefined
}

/** How the names of these stages begin. */
const PREFIX = 'apigw-temporary-'

/** The description of the deployments that are made with them. */
const DESCRIPTION = 'apigw: temporary, of the API as it was edited'

/** Every request is one too many. It cannot be set while a stage is made. */
const CLOSED = {methodSettings: [{method: '*', throttleRate: 0, throttleBurst: 0}]}

/** Milliseconds after which a temporary stage is taken for a leftover: no run waits that long for a call. */
const LEFTOVER_AGE = 10 * 60_000

/**
 * Does something with a stage that is there for that alone. The service tells what a stage serves, but not what a
 * deployment has that no stage serves, and what is edited not in the form of a document. The stage answers requests like
 * any other, so nobody can guess its name, and it is throttled to none at once. It is deleted again, interrupted or not,
 * and with it the deployment that was made for it; what a run that was killed left behind, the next one deletes.
 * @throws Problem of the service's for an API that cannot be deployed, or that has no room for a stage more
 */
export async function withTemporaryStage<Result>(
  ports: TemporaryStagePorts,
  api: Api,
  {stages, deploymentId}: TemporaryStageRequest,
  use: (stage: {name: string; deploymentId: string}) => Promise<Result>,
): Promise<Result> {
  // Only housekeeping: what cannot be deleted stays for another run.
  await unlessRefused(removeLeftovers(ports, api, stages), undefined)
  const name = PREFIX + ports.secret()
  const made: {deploymentId?: string} = {}
  let failed: unknown
  const making = <Made>(call: Promise<Made>) =>
    call.catch(error => {
      failed = error
      throw error
    })
  try {
    if (deploymentId === undefined) {
      const {id} = await making(ports.deployments.create(api, {description: DESCRIPTION, stage: {name}}))
      made.deploymentId = id
      await ports.stages.update(api.id, name, CLOSED)
      return await use({name, deploymentId: id})
    }
    await making(ports.stages.create(api.id, {name, deploymentId, variables: {}, tags: {}, tracing: false}))
    await ports.stages.update(api.id, name, CLOSED)
    return await use({name, deploymentId})
  } finally {
    const isCutOff = isUncertain(failed) || (failed instanceof Problem && failed.kind === 'interrupted')
    if (isCutOff) await arrival(ports, api, name)
    // What the service has not even tried is not there.
    const isNever = failed instanceof Problem && ['gave-up', 'denied', 'usage'].includes(failed.kind)
    if (!isNever) await takeAway(ports, api, name, deploymentId === undefined ? made : undefined)
  }
}

/** How often, a second apart, it is looked for a stage whose making was cut off. */
const LOOKS = 2

/** What was cut off on its way may be carried out after what undoes it has found nothing: it is waited for. */
async function arrival({undoing, session}: TemporaryStagePorts, api: Api, name: string): Promise<void> {
  for (let look = 1; look <= LOOKS; look++) {
    const isMade = await undoing.stages.get(api.id, name).then(
      () => true,
      error => !isMissing(error),
    )
    if (isMade) return
    await session.clock.sleep(1_000)
  }
}

/** Whether a stage is there for a moment only. */
export const isTemporary = ({name}: Pick<Stage, 'name'>) => name.startsWith(PREFIX)

/** Whether a deployment was made with such a stage. */
export const isTemporaryDeployment = ({description}: Pick<Deployment, 'description'>) => description === DESCRIPTION

/** @param made with the deployment that goes with it, if there is one; without its id where the answer was lost */
async function takeAway(
  {undoing, session}: TemporaryStagePorts,
  api: Api,
  name: string,
  made: {deploymentId?: string} | undefined,
): Promise<void> {
  let left = `temporary stage ${name}`
  const tidying = [`apigw stages delete ${name} --api ${refOf(api)} --confirm ${name}`]
  try {
    const id = made && (made.deploymentId ?? (await undoing.stages.get(api.id, name)).deploymentId)
    if (id !== undefined) tidying.push(`apigw deployments delete ${id} --api ${refOf(api)} --confirm ${id}`)
    await unlessMissing(undoing.stages.delete(api.id, name))
    if (id === undefined) return
    left = `deployment ${id} of the temporary stage`
    tidying.shift()
    await unlessMissing(undoing.deployments.delete(api.id, id))
  } catch (error) {
    if (isMissing(error)) return
    if (!(error instanceof Problem)) throw error
    const commands = tidying.map(command => `To tidy up: ${command}`)
    session.notice([`The ${left} could not be deleted, a later run does it: ${error.message}`, ...commands].join('\n'))
  }
}

/** Stages and deployments that are left of runs which were killed; those of a run beside this one are left alone. */
async function removeLeftovers(ports: TemporaryStagePorts, api: Api, stages: readonly Stage[]): Promise<void> {
  const {deployments, undoing, session} = ports
  const isOld = ({createdDate}: Pick<Deployment, 'createdDate'>) =>
    createdDate !== undefined && session.clock.now() - createdDate.getTime() > LEFTOVER_AGE
  const old = stages.filter(stage => isTemporary(stage) && isOld(stage))
  for (const {name} of old) await unlessMissing(undoing.stages.delete(api.id, name))
  const used = new Set(stages.filter(stage => !old.includes(stage)).map(({deploymentId}) => deploymentId))
  const unused = (await collect(deployments.list(api.id))).filter(
    deployment => isTemporaryDeployment(deployment) && !used.has(deployment.id) && isOld(deployment),
  )
  for (const {id} of unused) await unlessMissing(undoing.deployments.delete(api.id, id))
}

async function unlessMissing(deletion: Promise<void>): Promise<void> {
  await deletion.catch(error => {
    if (!isMissing(error)) throw error
  })
}
