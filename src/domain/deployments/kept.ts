import {type RestApi, refOf} from '../apis.js'
import {type PlanStore, plansWith} from '../plans.js'
import {Problem} from '../problem.js'
import type {Session} from '../session.js'
import {lossesBetween, type Stage, settingsOf} from '../stages.js'
import {restated} from './repoint.js'
import {restoring} from './restoring.js'

export interface KeepingPorts {
  plans: Pick<PlanStore, 'list'>
  session: Pick<Session, 'notice'>
}

/** What a stage has and must have still when it serves something else. */
export interface Belongings {
  stage: Stage
  /** Names of the usage plans with the stage; undefined where these credentials may not see them. */
  plans: string[] | undefined
}

/** What a stage had before and has still, counted. */
export interface Kept {
  settings: number
  /** Undefined where these credentials may not see them. */
  usagePlans?: number | undefined
}

type Api = Pick<RestApi, 'id' | 'name'>

/** What a stage has. */
export async function belongingsOf(ports: KeepingPorts, api: Api, stage: Stage): Promise<Belongings> {
  return {stage, plans: await plansOf(ports, api, stage.name)}
}

async function plansOf({plans, session}: KeepingPorts, api: Api, stage: string): Promise<string[] | undefined> {
  try {
    return (await plansWith(plans, {apiId: api.id, stage})).map(({name}) => name)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'denied') throw error
    session.notice('These credentials may not read usage plans: whether the stage keeps its own is not checked.')
    return undefined
  }
}

const servedBy = ({deploymentId, canary}: Stage) =>
  canary?.percentTraffic ? `${deploymentId}, and its canary ${canary.deploymentId}` : `${deploymentId}`

/**
 * Looks whether a stage still has what it is to have.
 * @param wanted what it had before, with what was to be set on it
 * @param after the stage as it is now
 * @throws Problem that names what is lost, and the commands that bring it back
 */
export async function checkKept(ports: KeepingPorts, api: Api, wanted: Belongings, after: Stage): Promise<Kept> {
  const {stage} = wanted
  const plans =
    wanted.plans &&
    (await plansOf(ports, api, stage.name).catch(error => {
      const meaning = `${stage.name} serves ${servedBy(after)}, but whether it is on its usage plans still could not be read`
      throw restated(error, meaning, `Look: apigw plans list. They were: ${wanted.plans?.join(', ') || 'none'}`)
    }))
  const lostPlans = plans ? (wanted.plans ?? []).filter(plan => !plans.includes(plan)) : []
  const lost = [...lossesBetween(stage, after), ...lostPlans.map(plan => `usage plan ${plan} is gone`)]
  if (lost.length === 0) return {settings: settingsOf(stage).size, usagePlans: plans && wanted.plans?.length}
  const text = `${stage.name} serves ${after.deploymentId}, but the stage is not as it was: ${lost.join('; ')}.`
  const look = `Look: apigw stages get ${stage.name} --api ${refOf(api)}`
  const restore = restoring(api, stage, after, lostPlans).map(command => `To restore it: ${command}`)
  throw new Problem('failed', text, [...restore, look].join('\n'))
}
