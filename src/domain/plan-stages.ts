import {type ApiStore, collect} from './apis.js'
import {findNamed} from './choice.js'
import {Problem} from './problem.js'
import type {StageStore} from './stages.js'

export interface StageRef {
  apiId: string
  stage: string
}

/** How the service writes a stage of an API. */
export const stageKey = ({apiId, stage}: StageRef) => `${apiId}:${stage}`

const isSame = (one: StageRef, other: StageRef) => stageKey(one) === stageKey(other)

/** What has stages: a plan. */
interface OnStages {
  apiStages: readonly StageRef[]
}

/** Where the stages that somebody names are looked up. */
export interface StageLookup {
  apis: Pick<ApiStore, 'list'>
  stages: Pick<StageStore, 'list'>
}

/**
 * Stages of APIs, as somebody wrote them, each once.
 * @throws Problem `usage` for a text of another form, `missing` for an unknown API or stage
 */
export async function findStages({apis, stages}: StageLookup, refs: readonly string[]): Promise<StageRef[]> {
  if (refs.length === 0) return []
  const all = await collect(apis.list())
  const found: StageRef[] = []
  for (const {api: ref, stage} of refs.map(parseStage)) {
    const api = findNamed(all, ref, 'API')
    const names = (await stages.list(api.id)).map(({name}) => name)
    if (!names.includes(stage)) {
      const deploy = `Deploy it: apigw deploy --api ${api.id} --stage ${stage}`
      const hint = names.length > 0 ? `It has: ${names.join(', ')}` : deploy
      throw new Problem('missing', `API "${api.name}" has no stage "${stage}".`, hint)
    }
    found.push({apiId: api.id, stage})
  }
  return unique(found)
}

/**
 * Those stages of a plan that somebody means; of an API that is gone by its id. What is not on the plan is left out.
 * @throws Problem `usage` for a text of another form, `missing` for an unknown API
 */
export async function findPlanStages(
  {apiStages}: OnStages,
  apis: StageLookup['apis'],
  refs: readonly string[],
): Promise<StageRef[]> {
  const wanted = refs.map(parseStage)
  const isId = (ref: string) => apiStages.some(({apiId}) => apiId === ref)
  const all = wanted.every(({api}) => isId(api)) ? [] : await collect(apis.list())
  const refsById = wanted.map(({api, stage}) => ({apiId: isId(api) ? api : findNamed(all, api, 'API').id, stage}))
  return unique(refsById).filter(ref => apiStages.some(stage => isSame(stage, ref)))
}

/** Of some stages those that a plan does not have yet. */
export const missingStages = ({apiStages}: OnStages, stages: readonly StageRef[]) =>
  stages.filter(stage => !apiStages.some(has => isSame(has, stage)))

const unique = (stages: readonly StageRef[]) =>
  stages.filter((stage, i) => stages.findIndex(other => isSame(other, stage)) === i)

/** The name of a stage has neither `/` nor `:`; that of an API may have both. */
function parseStage(text: string): {api: string; stage: string} {
  const cut = Math.max(text.lastIndexOf('/'), text.lastIndexOf(':'))
  const [api, stage] = [text.slice(0, Math.max(cut, 0)), text.slice(cut + 1)]
  if (api === '' || stage === '')
    throw new Problem('usage', `"${text}" is not a stage.`, 'Write it as API/STAGE, such as petstore/prod.')
  return {api, stage}
}
