import {type ApiStore, collect} from './apis.js'
import {type Choose, findNamed} from './choice.js'
import type {KeyValue} from './keys.js'
import type {Plan} from './plan.js'
import {Problem} from './problem.js'
import type {StageStore} from './stages.js'
import type {Tags} from './tags.js'

/** Requests a second in the long run, and at once. */
export interface Throttle {
  rateLimit: number
  burstLimit: number
}

export const QUOTA_PERIODS = ['DAY', 'WEEK', 'MONTH'] as const

/** Requests of one key in a period. */
export interface Quota {
  limit: number
  period: (typeof QUOTA_PERIODS)[number]
  /** Requests that count as made already in the first period. */
  offset: number
}

export interface StageRef {
  apiId: string
  stage: string
}

/** A stage on a plan, with what the plan says of single methods, by "/path/METHOD". */
export interface PlanStage extends StageRef {
  throttle: Record<string, Throttle>
}

export interface UsagePlan {
  id: string
  name: string
  description?: string | undefined
  /** None: only the limits of the stage and the account hold. */
  throttle?: Throttle | undefined
  quota?: Quota | undefined
  apiStages: PlanStage[]
  /** The product on AWS Marketplace that the plan belongs to. */
  productCode?: string | undefined
  tags: Tags
}

/** A key as a plan knows it. */
export interface PlanKey {
  id: string
  name?: string | undefined
  value: KeyValue
}

export interface NewPlan {
  name: string
  description?: string | undefined
  throttle?: Throttle | undefined
  quota?: Quota | undefined
  apiStages: readonly StageRef[]
  tags: Tags
}

/** What is to be different; what is not mentioned stays. `null` takes a limit away. */
export interface PlanChange {
  name?: string | undefined
  description?: string | undefined
  throttle?: Partial<Throttle> | null | undefined
  quota?: Quota | null | undefined
  addStages?: readonly StageRef[]
  removeStages?: readonly StageRef[]
}

/** The usage plans of an account and Region. */
export interface PlanStore {
  /** All plans, or those that a key is on. */
  list(filter: {keyId?: string}): AsyncIterable<UsagePlan>
  create(plan: NewPlan): Promise<UsagePlan>
  /** Changes everything in one call: the service takes one in 20 seconds. */
  update(id: string, change: PlanChange): Promise<UsagePlan>
  /** The keys of a plan. */
  keys(id: string): AsyncIterable<PlanKey>
  /** @throws Problem conflict when the key is on a plan with one of the plan's stages already */
  addKey(planId: string, keyId: string): Promise<void>
}

/** How the service writes a stage of an API. */
export const stageKey = ({apiId, stage}: StageRef) => `${apiId}:${stage}`

/** The usage plans that a stage is on. */
export async function plansWith(plans: Pick<PlanStore, 'list'>, stage: StageRef): Promise<UsagePlan[]> {
  const all = await collect(plans.list({}))
  return all.filter(({apiStages}) => apiStages.some(other => stageKey(other) === stageKey(stage)))
}

const isSame = (one: StageRef, other: StageRef) => stageKey(one) === stageKey(other)

/** @throws Problem `missing`, or `usage` when the name is ambiguous */
export async function findUsagePlan(plans: Pick<PlanStore, 'list'>, ref: string): Promise<UsagePlan> {
  return findNamed(await collect(plans.list({})), ref, 'usage plan')
}

/** Several plans, by name or id, each once. Asks nothing where nothing is looked for. */
export async function findUsagePlans(plans: Pick<PlanStore, 'list'>, refs: readonly string[]): Promise<UsagePlan[]> {
  if (refs.length === 0) return []
  const all = await collect(plans.list({}))
  return [...new Set(refs.map(ref => findNamed(all, ref, 'usage plan')))]
}

/** The plans for a new key as a person chooses them: one by name, or none. */
export async function choosePlans(plans: Pick<PlanStore, 'list'>, choose: Choose): Promise<string[]> {
  const all = await collect(plans.list({}))
  const choices = all.map(plan => ({name: [plan.name, ...limitsOf(plan)].join(', '), value: plan.name}))
  const none = {name: 'none: the key opens nothing yet', value: ''}
  const chosen = await choose({message: 'Which usage plan?', flag: '--plan PLAN', choices: [...choices, none]})
  return chosen === '' ? [] : [chosen]
}

/**
 * A stage belongs to one plan of a key only: the service refuses the second.
 * @throws Problem conflict
 */
export function rejectSharedStages(plans: readonly UsagePlan[]): void {
  const holders = new Map<string, UsagePlan>()
  for (const plan of plans) {
    for (const stage of plan.apiStages.map(stageKey)) {
      const other = holders.get(stage)
      if (other) {
        const text = `The usage plans "${other.name}" and "${plan.name}" both have the stage ${stage}: a key can be on only one of them.`
        throw new Problem('conflict', text, 'Choose one, or take the stage off the other: apigw plans detach')
      }
      holders.set(stage, plan)
    }
  }
}

export interface PlanRequest extends Omit<NewPlan, 'apiStages'> {
  /** Stages as somebody wrote them: `API/STAGE` or `API:STAGE`, the API by name or id. */
  stages: readonly string[]
  /** Take the plan that has the name already, and only put missing stages on it. */
  ifNotExists: boolean
}

/** Where the stages that somebody names are looked up. */
export interface StageLookup {
  apis: Pick<ApiStore, 'list'>
  stages: Pick<StageStore, 'list'>
}

/**
 * Creates a plan with all its stages in one call.
 * @throws Problem before anything is created: an unknown API or stage
 */
export async function createUsagePlan(
  plans: PlanStore,
  lookup: StageLookup,
  request: PlanRequest,
): Promise<Plan<UsagePlan>> {
  const {stages, ifNotExists, ...rest} = request
  const apiStages = await findStages(lookup, stages)
  const existing = ifNotExists ? await planCalled(plans, request.name) : undefined
  if (existing) return completed(plans, existing, apiStages)
  const detail = [...limitsOf(rest), ...apiStages.map(stageKey)].join(', ')
  return {
    changes: [{action: 'create', kind: 'usage plan', name: request.name, detail}],
    apply: () => plans.create({...rest, apiStages}),
  }
}

async function planCalled(plans: PlanStore, name: string): Promise<UsagePlan | undefined> {
  const same = (await collect(plans.list({}))).filter(plan => plan.name === name)
  return same.length === 0 ? undefined : findNamed(same, name, 'usage plan')
}

/** A plan that is there already, with the stages that it should have besides. */
function completed(plans: PlanStore, plan: UsagePlan, wanted: readonly StageRef[]): Plan<UsagePlan> {
  const addStages = wanted.filter(stage => !plan.apiStages.some(has => isSame(has, stage)))
  return {
    changes: addStages.map(stage => ({
      action: 'attach',
      kind: 'stage',
      name: stageKey(stage),
      detail: `to ${plan.name}`,
    })),
    apply: async () => (addStages.length === 0 ? plan : plans.update(plan.id, {addStages})),
  }
}

/** Throttle and quota in words; empty where there is no limit. */
export function limitsOf({throttle, quota}: {throttle?: Throttle | undefined; quota?: Quota | undefined}): string[] {
  return [
    ...(throttle ? [`${throttle.rateLimit} requests/s, ${throttle.burstLimit} at once`] : []),
    ...(quota ? [quotaText(quota)] : []),
  ]
}

/** As it is typed: `10000/day`. */
export const quotaText = ({limit, period}: Quota) => `${limit}/${period.toLowerCase()}`

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
      const hint =
        names.length > 0 ? `It has: ${names.join(', ')}` : `Deploy it: apigw deploy --api ${api.id} --stage ${stage}`
      throw new Problem('missing', `API "${api.name}" has no stage "${stage}".`, hint)
    }
    const one = {apiId: api.id, stage}
    if (!found.some(other => isSame(other, one))) found.push(one)
  }
  return found
}

/** The name of a stage has neither `/` nor `:`; that of an API may have both. */
function parseStage(text: string): {api: string; stage: string} {
  const cut = Math.max(text.lastIndexOf('/'), text.lastIndexOf(':'))
  const [api, stage] = [text.slice(0, Math.max(cut, 0)), text.slice(cut + 1)]
  if (api === '' || stage === '')
    throw new Problem('usage', `"${text}" is not a stage.`, 'Write it as API/STAGE, such as petstore/prod.')
  return {api, stage}
}

/**
 * The limits that a new plan's flags ask for.
 * @throws Problem usage for numbers that are none, or for a rate without a burst or the reverse: assumed, as in other
 * tools, is that the service takes what is missing for zero and lets no request through
 */
export function limitsFrom(flags: {
  rate?: string | undefined
  burst?: string | undefined
  quota?: string | undefined
}): Pick<NewPlan, 'throttle' | 'quota'> {
  const quota = flags.quota === undefined ? undefined : quotaOf(flags.quota)
  if (flags.rate === undefined && flags.burst === undefined) return {quota}
  if (flags.rate !== undefined && flags.burst !== undefined) {
    return {throttle: {rateLimit: rateOf(flags.rate), burstLimit: burstOf(flags.burst)}, quota}
  }
  const [given, other] = flags.rate === undefined ? ['--burst', '--rate'] : ['--rate', '--burst']
  throw new Problem('usage', `${given} needs ${other} beside it.`, 'For instance: --rate 100 --burst 200')
}

/** Requests a second; fractions are allowed. @throws Problem usage */
export function rateOf(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (rate > 0) return rate
  throw new Problem(
    'usage',
    `--rate "${text}" is not a number of requests a second.`,
    'For instance: --rate 100, or --rate 0.5',
  )
}

/** @throws Problem usage */
export function burstOf(text: string): number {
  const burst = wholeNumber(text)
  if (burst !== undefined) return burst
  throw new Problem('usage', `--burst "${text}" is not a whole number of requests.`, 'For instance: --burst 200')
}

/** `10000/day`, `/week` or `/month`. @throws Problem usage */
export function quotaOf(text: string): Quota {
  const [, limit = '', word = ''] = /^([^/]*)\/(.*)$/.exec(text) ?? []
  const period = QUOTA_PERIODS.find(name => name.toLowerCase() === word.toLowerCase())
  const count = wholeNumber(limit)
  if (period && count !== undefined) return {limit: count, period, offset: 0}
  const wrong = period || word === '' ? 'is not a quota' : `has an unknown period`
  throw new Problem('usage', `--quota "${text}" ${wrong}.`, 'Write it as 10000/day, 10000/week or 10000/month.')
}

/** The model's type of both burst and quota is a 32-bit integer. */
const LARGEST = 2_147_483_647

function wholeNumber(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= LARGEST ? number : undefined
}
