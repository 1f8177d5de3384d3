import {type ApiStore, collect, type RestApi} from '../apis.js'
import type {AttachmentStores} from '../attachments.js'
import type {ApiKey} from '../keys.js'
import {quotaText} from '../limits.js'
import {methodName} from '../method-limits.js'
import {findUsagePlans, type PlanKey, type UsagePlan} from '../plans.js'
import {Problem, unlessRefused} from '../problem.js'
import {isFollowedBy, successorsOf} from '../rotations/marks.js'
import {isReserved, type Tags} from '../tags.js'
import {PATTERNS} from './schema.js'

/** What a plan file says, as data: what is written as YAML or JSON. */
export interface PlanFileData {
  plans: Record<string, PlanData>
}

interface PlanData {
  description?: string | undefined
  rate?: number | undefined
  burst?: number | undefined
  quota?: string | undefined
  quotaOffset?: number | undefined
  productCode?: string | undefined
  stages: Record<string, Record<string, string>>
  keys?: string[] | undefined
  tags?: Tags | undefined
}

/**
 * Usage plans as a plan file that `plans apply` finds to be so already. All is in an order of its own, so that the same
 * plans give the same file.
 * @param refs which plans, by name or id; all where there are none
 * @throws Problem usage where two plans to be written have one name, by which a plan file knows them
 */
export async function exportPlans(
  {plans, keys, lookup}: AttachmentStores,
  refs: readonly string[],
  {withKeys}: {withKeys: boolean},
): Promise<PlanFileData> {
  const chosen = refs.length > 0 ? await findUsagePlans(plans, refs) : await collect(plans.list({}))
  checkNames(chosen)
  const apiName = chosen.some(({apiStages}) => apiStages.length > 0) ? await apiRefs(lookup.apis) : String
  const allKeys = withKeys && chosen.length > 0 ? await collect(keys.list({})) : undefined
  const keyName = allKeys && keyRefs(allKeys)
  const successors = successorsOf(allKeys ?? [])
  const entries: [string, PlanData][] = []
  for (const plan of chosen.sort(by(({name}) => name))) {
    const onPlan = keyName && (await collect(plans.keys(plan.id)))
    const ids = new Set(onPlan?.map(({id}) => id))
    const staying = onPlan?.filter(({id}) => !isFollowedBy(ids, id, successors))
    entries.push([plan.name, dataOf(plan, apiName, staying?.map(keyName!))])
  }
  return {plans: Object.fromEntries(entries)}
}

/** The text of a plan file. */
export async function planFileText(data: PlanFileData, format: 'yaml' | 'json'): Promise<string> {
  if (format === 'json') return `${JSON.stringify(data, undefined, 2)}\n`
  const {stringify} = await import('yaml')
  return HEADER + stringify(JSON.parse(JSON.stringify(data)), {lineWidth: 0, blockQuote: 'literal'})
}

/** The first line is what editors look for, the language server for YAML in them; the schema is expected beside the file. */
const HEADER = `# yaml-language-server: $schema=plans.schema.json
# For editors: apigw plans schema > plans.schema.json. What would change: apigw plans apply --dry-run -f FILE

`

function checkNames(plans: readonly UsagePlan[]): void {
  const names = new Map<string, UsagePlan[]>()
  for (const plan of plans) names.set(plan.name, [...(names.get(plan.name) ?? []), plan])
  const shared = [...names.values()].filter(({length}) => length > 1)
  if (shared.length === 0) return
  const told = shared.map(same => `"${same[0]?.name}" (${same.map(({id}) => id).join(', ')})`)
  const text = `A plan file knows usage plans by their names, and some have one name: ${told.join('; ')}.`
  throw new Problem(
    'usage',
    text,
    'Export only one of each, by its id, or rename it: apigw plans update ID --name NAME',
  )
}

function dataOf(plan: UsagePlan, apiName: (id: string) => string, keys: string[] | undefined): PlanData {
  const {throttle, quota} = plan
  const stages = plan.apiStages.map(({apiId, stage, throttle: methods}): [string, Record<string, string>] => [
    `${apiName(apiId)}/${stage}`,
    Object.fromEntries(
      Object.entries(methods)
        .sort(by(([key]) => key))
        .map(([key, {rateLimit, burstLimit}]) => [exportedMethod(key, plan), `${rateLimit}/${burstLimit}`]),
    ),
  ])
  const tags = Object.entries(plan.tags).filter(([name]) => !isReserved(name))
  return {
    description: plan.description || undefined,
    rate: throttle?.rateLimit,
    burst: throttle?.burstLimit,
    quota: quota && quotaText(quota),
    quotaOffset: quota?.offset || undefined,
    productCode: plan.productCode || undefined,
    stages: Object.fromEntries(stages.sort(by(([ref]) => ref))),
    keys: keys?.sort(),
    tags: tags.length > 0 ? Object.fromEntries(tags.sort(by(([name]) => name))) : undefined,
  }
}

const IS_METHOD = new RegExp(PATTERNS.method)

/** @throws Problem failed for what no method is: it could not be applied again, and nothing is left out in silence */
function exportedMethod(key: string, plan: UsagePlan): string {
  const name = methodName(key)
  if (IS_METHOD.test(name)) return name
  throw new Problem('failed', `Usage plan "${plan.name}" (${plan.id}) limits "${key}", which is no method.`)
}

/** By their UTF-16 units, which is the same order everywhere. */
function by<Item>(text: (item: Item) => string): (one: Item, other: Item) => number {
  return (one, other) => (text(one) < text(other) ? -1 : text(one) > text(other) ? 1 : 0)
}

/** How to name the APIs in a file: by name, where that is enough to find each. Where they may not be listed, by id. */
export async function apiRefs(apis: Pick<ApiStore, 'list'>): Promise<(id: string) => string> {
  const all = await unlessRefused(collect(apis.list()), [] as RestApi[])
  return refsOf(all, () => true)
}

const IS_KEY = new RegExp(PATTERNS.key)

/** How to name the keys of plans: by name, where that is enough to find each and cannot be taken for a value. */
function keyRefs(all: readonly ApiKey[]): (key: PlanKey) => string {
  const refOf = refsOf(all, name => IS_KEY.test(name))
  return ({id}) => refOf(id)
}

function refsOf(
  all: readonly {id: string; name?: string | undefined}[],
  isFit: (name: string) => boolean,
): (id: string) => string {
  const ids = new Set(all.map(({id}) => id))
  const counts = new Map<string, number>()
  for (const {name = ''} of all) counts.set(name, (counts.get(name) ?? 0) + 1)
  const names = new Map(all.map(({id, name = ''}) => [id, name]))
  return id => {
    const name = names.get(id) ?? ''
    return name !== '' && counts.get(name) === 1 && !ids.has(name) && isFit(name) ? name : id
  }
}
