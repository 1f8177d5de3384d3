import {flawOf} from '../key-values.js'
import type {ApiKey} from '../keys.js'
import {type StageRef, stageKey} from '../plan-stages.js'
import type {UsagePlan} from '../plans.js'
import {quoted} from '../quoting.js'
import type {Place} from './place.js'
import {cross, type Step, tick} from './step.js'

/** How to write a stage in a command, by id: names may be those of several. */
const stageRef = ({api, stage}: Place) => `${api.id}/${stage.name}`

const refOf = ({api, stage}: Place): StageRef => ({apiId: api.id, stage: stage.name})

const has = ({apiStages}: UsagePlan, stage: StageRef) => apiStages.some(each => stageKey(each) === stageKey(stage))

/** What to call a thing in a sentence, so that it can be found by it. */
export const called = ({id, name}: {id: string; name?: string | undefined}) =>
  name === undefined ? id : `${name} (${id})`

const listed = (plans: readonly UsagePlan[]) => plans.map(called).join(', ')

const placeName = ({api, stage}: Place) => `${api.name}/${stage.name}`

/** Of the plans of a key the one that opens the stage: there is one at most (recorded). */
export const planOpening = (plans: readonly UsagePlan[], place: Place): UsagePlan | undefined =>
  plans.find(plan => has(plan, refOf(place)))

/** Whether a key is on a plan with the stage. @param all every plan there is; undefined where they may not be listed */
export function planStep(
  key: ApiKey,
  own: readonly UsagePlan[],
  all: readonly UsagePlan[] | undefined,
  place: Place,
): Step {
  const plan = planOpening(own, place)
  if (plan) return tick('plan', `It is on usage plan ${called(plan)}, which has ${placeName(place)}.`)
  const having = (all ?? []).filter(each => has(each, refOf(place)))
  // A key cannot be on two plans that share a stage: the service refuses the second (recorded).
  const free = having.find(({apiStages}) => !apiStages.some(stage => own.some(each => has(each, stage))))
  const where = having.length > 0 ? ` ${placeName(place)} is on ${listed(having)}.` : ''
  const attach = free && `apigw plans attach ${free.id} --key ${key.id}`
  const [first] = own
  if (first) {
    const text = `It is on ${listed(own)}, without ${placeName(place)}.${where}`
    if (attach) return cross('stage', text, {command: attach})
    const command = `apigw plans attach ${first.id} --stage ${stageRef(place)}`
    return cross('stage', `${text} On a plan, the stage is open to all keys of the plan.`, {command})
  }
  if (attach) return cross('plan', `It is on no usage plan.${where}`, {command: attach})
  if (!all) return cross('plan', 'It is on no usage plan.', {command: 'apigw plans list'})
  const name = freeName(place, all)
  const create = `apigw plans create ${name} --stage ${stageRef(place)}`
  const text = `It is on no usage plan, and ${placeName(place)} is on none either.`
  return cross('plan', text, {command: `${create} && apigw plans attach ${name} --key ${key.id}`})
}

/** The command that issues a key with a value that none has; undefined for what cannot be one. */
export function issueCommand(value: string, all: readonly UsagePlan[] | undefined, place: Place): string | undefined {
  if (flawOf(value) !== undefined) return undefined
  const plan = all && planOpening(all, place)
  const key = `apigw keys create ${quoted(`${place.api.name}-${place.stage.name}`)} --value-stdin`
  if (plan) return `${key} --plan ${plan.id}`
  if (!all) return key
  const name = freeName(place, all)
  return `apigw plans create ${name} --stage ${stageRef(place)} && ${key} --plan ${name}`
}

/** A name for a new plan that none has, as a shell takes it. */
function freeName({api, stage}: Place, all: readonly UsagePlan[]): string {
  const names = new Set(all.map(({name}) => name))
  let name = `${api.name}-${stage.name}`
  for (let n = 2; names.has(name); n++) name = `${api.name}-${stage.name}-${n}`
  return quoted(name)
}
