import {type ApiStore, collect} from './apis.js'
import {findNamed} from './choice.js'
import {Problem} from './problem.js'
import type {Stage, StageStore} from './stages.js'

export interface StageRef {
  apiId: string
  stage: string
}

/** How the service writes a stage of an API. */
export const stageKey = ({apiId, stage}: StageRef) => `${apiId}:${stage}`

/** A stage as people read and write it, by the name of its API where that is known. */
export const stageText = ({apiId, apiName, stage}: StageRef & {apiName?: string | undefined}) =>
  `${apiName || apiId}/${stage}`

export const isSame = (one: StageRef, other: StageRef) => stageKey(one) === stageKey(other)

/** What has stages: a plan. */
interface OnStages {
  apiStages: readonly StageRef[]
}

/** Where the stages that somebody names are looked up. */
export interface StageLookup {
  apis: Pick<ApiStore, 'list'>
  stages: Pick<StageStore, 'list'>
}

/** A stage that somebody named. */
export interface FoundStage extends StageRef {
  apiName: string
  deploymentId?: string | undefined
}

/**
 * Stages of APIs, by what somebody wrote for each.
 * @throws Problem `usage` for a text of another form, `missing` for an unknown API or stage
 */
export async function stagesByRef(
  {apis, stages}: StageLookup,
  refs: readonly string[],
): Promise<Map<string, FoundStage>> {
  const found = new Map<string, FoundStage>()
  if (refs.length === 0) return found
  const all = await collect(apis.list())
  const known = new Map<string, Pick<Stage, 'name' | 'deploymentId'>[]>()
  for (const ref of refs) {
    const parsed = parseStage(ref)
    const api = findNamed(all, parsed.api, 'API')
    const there = known.get(api.id) ?? (await stages.list(api.id))
    known.set(api.id, there)
    const stage = there.find(({name}) => name === parsed.stage)
    if (!stage) {
      const names = there.map(({name}) => name)
      const deploy = `Deploy it: apigw deploy --api ${api.id} --stage ${parsed.stage}`
      const hint = names.length > 0 ? `It has: ${names.join(', ')}` : deploy
      throw new Problem('missing', `API "${api.name}" has no stage "${parsed.stage}".`, hint)
    }
    found.set(ref, {apiId: api.id, apiName: api.name, stage: stage.name, deploymentId: stage.deploymentId})
  }
  return found
}

/** The same, each stage once. @throws Problem as `stagesByRef` does */
export async function findStages(lookup: StageLookup, refs: readonly string[]): Promise<StageRef[]> {
  return uniqueStages([...(await stagesByRef(lookup, refs)).values()])
}

/**
 * Stages of a plan, by what somebody wrote for each; of an API that is gone by its id. Some may not be on the plan.
 * @throws Problem `usage` for a text of another form, `missing` for an unknown API
 */
export async function planStagesByRef(
  {apiStages}: OnStages,
  apis: StageLookup['apis'],
  refs: readonly string[],
): Promise<Map<string, StageRef>> {
  const wanted = refs.map(ref => ({ref, ...parseStage(ref)}))
  const isId = (ref: string) => apiStages.some(({apiId}) => apiId === ref)
  const all = wanted.every(({api}) => isId(api)) ? [] : await collect(apis.list())
  const idOf = (api: string) => (isId(api) ? api : findNamed(all, api, 'API').id)
  return new Map(wanted.map(({ref, api, stage}) => [ref, {apiId: idOf(api), stage}]))
}

/** The same, each once. What is not on the plan is left out. @throws Problem as `planStagesByRef` does */
export async function findPlanStages(
  plan: OnStages,
  apis: StageLookup['apis'],
  refs: readonly string[],
): Promise<StageRef[]> {
  const stages = uniqueStages([...(await planStagesByRef(plan, apis, refs)).values()])
  return stages.filter(ref => plan.apiStages.some(stage => isSame(stage, ref)))
}

/** Of some stages those that a plan does not have yet. */
export const missingStages = ({apiStages}: OnStages, stages: readonly StageRef[]) =>
  stages.filter(stage => !apiStages.some(has => isSame(has, stage)))

/** Some stages, each once. */
export function uniqueStages<Ref extends StageRef>(stages: readonly Ref[]): Ref[] {
  return stages.filter((ref, i) => stages.findIndex(other => isSame(other, ref)) === i)
}

/**
 * A stage as somebody wrote it. Its name has neither `/` nor `:`; that of its API may have both.
 * @throws Problem usage for a text of another form
 */
export function parseStage(text: string): {api: string; stage: string} {
  const cut = Math.max(text.lastIndexOf('/'), text.lastIndexOf(':'))
  const [api, stage] = [text.slice(0, Math.max(cut, 0)), text.slice(cut + 1)]
  if (api === '' || stage === '')
    throw new Problem('usage', `"${text}" is not a stage.`, 'Write it as API/STAGE, such as petstore/prod.')
  return {api, stage}
}
