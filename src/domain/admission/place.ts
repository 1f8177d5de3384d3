import {type ApiStore, collect, type RestApi, resolveApi} from '../apis.js'
import type {Choose} from '../choice.js'
import type {UsagePlan} from '../plans.js'
import {resolveStage, type Stage, type StageStore} from '../stages.js'
import {type Read, readValue} from './reading.js'

/** A stage that a key is held against. */
export interface Place {
  api: RestApi
  stage: Stage
  /** All stages of the API. */
  stages: readonly Stage[]
}

/**
 * The stage that is meant. What is not said is taken from the plans of the key, where these leave only one; else somebody
 * chooses.
 * @throws Problem as `resolveApi` and `resolveStage` do
 */
export async function placeFor(
  ports: {apis: Pick<ApiStore, 'list'>; stages: Pick<StageStore, 'list'>},
  {plans}: {plans: Read<UsagePlan[]>},
  said: {api?: string | undefined; stage?: string | undefined},
  choose: Choose,
): Promise<Place> {
  const opened = (readValue(plans) ?? [])
    .flatMap(({apiStages}) => apiStages)
    .filter(({stage}) => stage === (said.stage ?? stage))
  const all = await collect(ports.apis.list())
  const known = onlyOne(opened.map(({apiId}) => apiId).filter(apiId => all.some(({id}) => id === apiId)))
  const api = await resolveApi({list: () => each(all)}, said.api ?? known ?? onlyOne(all.map(({id}) => id)), choose)
  const stages = await ports.stages.list(api.id)
  const ofApi = onlyOne(opened.filter(({apiId}) => apiId === api.id).map(({stage}) => stage))
  return {api, stage: await resolveStage(stages, said.stage ?? ofApi, choose, api), stages}
}

function onlyOne(names: readonly string[]): string | undefined {
  const [first, ...others] = new Set(names)
  return others.length === 0 ? first : undefined
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}
