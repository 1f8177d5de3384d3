import {sortedRoutes} from '../routes.js'
import {withoutCredentials} from './credentials.js'
import {alikeInForm} from './policy.js'
import {type Json, NOTHING, type Snapshot} from './snapshot.js'

/** What one side of a comparison is. */
export interface Side {
  /** `edited` is the API as it is now in the editor; `file` a definition that was not imported yet. */
  kind: 'edited' | 'stage' | 'deployment' | 'file'
  /** For people: "prod", "deployment 46bce8", "as edited", "petstore.yaml". */
  name: string
  deploymentId?: string | undefined
  /** When that deployment was made, where somebody looked. */
  createdDate?: Date | undefined
}

/** One property that is not alike on both sides. */
export interface FieldDifference {
  /** A path into the normal form: `integration.uri`, `responses.200.headers`; empty for the thing itself. */
  field: string
  /** The same in its parts, of which some are names that somebody chose and may have dots. */
  path: readonly string[]
  /** Undefined where the side has none. What looks like a credential is `[hidden]`. */
  before?: Json | undefined
  after?: Json | undefined
  /** Set where something in `before` or `after` is hidden; both may look alike then. */
  isHidden?: true
}

export type ItemKind =
  | 'route'
  | 'gateway response'
  | 'authorizer'
  | 'model'
  | 'validator'
  | 'setting'
  /** Of stages, where two of them are compared. */
  | 'stage setting'

/** One thing that is not alike on both sides. */
export interface ItemDifference {
  kind: ItemKind
  /** `GET /pets/{id}`, `DEFAULT_4XX`, `policy`. */
  name: string
  change: 'added' | 'removed' | 'changed'
  /** What exactly; of a thing that was added or removed all that it has. */
  fields: readonly FieldDifference[]
}

/** What makes `after` another API than `before`. */
export interface Difference {
  api: {id: string; name: string}
  before: Side
  after: Side
  /** Routes first, in the order of a tree, then the others by kind and name. Empty where both answer alike. */
  items: readonly ItemDifference[]
  /** How many of them. */
  counts: Record<ItemDifference['change'], number>
  /** What was not compared, because one side cannot be told: "endpoint type". */
  untold: readonly string[]
}

/**
 * Compares two snapshots of an API. Where one of them is a summary only what a summary has is compared. Maps are
 * compared member by member, down to what is no map; lists as a whole. Values that look like credentials are compared
 * as they are and then hidden, so that a difference can be shown to anybody.
 */
export function compare(
  api: {id: string; name: string},
  before: {side: Side; snapshot: Snapshot},
  after: {side: Side; snapshot: Snapshot},
): Difference {
  const isSummary = before.snapshot.detail === 'summary' || after.snapshot.detail === 'summary'
  const isOfExport = [before, after].some(({side}) => side.kind === 'stage' || side.kind === 'deployment')
  const partial = isOfExport && !isSummary ? partialModels(before.snapshot, after.snapshot) : []
  const snapshots = [before.snapshot, after.snapshot]
    .map(snapshot => (isSummary ? summarised(snapshot) : snapshot))
    .map(snapshot => withoutModels(snapshot, partial))
  const [one, other] = withPoliciesAlike(snapshots, api.id)
  const items = PARTS.flatMap(([part, kind]) => itemDifferences(kind, one?.[part] ?? {}, other?.[part] ?? {}))
  const untold = [
    ...new Set([
      ...(isSummary ? NOT_IN_SUMMARY : []),
      ...before.snapshot.untold,
      ...after.snapshot.untold,
      ...partial.map(name => `the schema of the model ${name}, of which an export tells only a part`),
    ]),
  ]
  return withItems({api: {id: api.id, name: api.name}, before: before.side, after: after.side, untold}, items)
}

/** Whether a side is known by its routes only: that they are alike does not say that the two are. */
export const isOfRoutesOnly = ({untold}: Difference) => NOT_IN_SUMMARY.every(part => untold.includes(part))

/** A difference of these items. */
export function withItems(
  difference: Omit<Difference, 'items' | 'counts'>,
  items: readonly ItemDifference[],
): Difference {
  const count = (wanted: ItemDifference['change']) => items.filter(({change}) => change === wanted).length
  const counts = {added: count('added'), changed: count('changed'), removed: count('removed')}
  return {...difference, items, counts}
}

/** The parts of a snapshot in the order in which they are told. */
const PARTS = [
  ['routes', 'route'],
  ['gatewayResponses', 'gateway response'],
  ['authorizers', 'authorizer'],
  ['models', 'model'],
  ['validators', 'validator'],
  ['settings', 'setting'],
] as const satisfies (readonly [keyof Snapshot, ItemKind])[]

const partialModels = (...snapshots: Snapshot[]): string[] =>
  [...new Set(snapshots.flatMap(({partialModels = []}) => partialModels))].sort()

function withoutModels(snapshot: Snapshot, names: readonly string[]): Snapshot {
  if (names.length === 0) return snapshot
  const models = Object.entries(snapshot.models).filter(([name]) => !names.includes(name))
  return {...snapshot, models: Object.fromEntries(models)}
}

/** A file may name the API in its policy in a way that the service replaces. */
function withPoliciesAlike(snapshots: readonly Snapshot[], apiId: string): Snapshot[] {
  const [one, other] = snapshots.map(({settings}) => settings.policy)
  const policies = alikeInForm(one, other, apiId)
  return snapshots.map((snapshot, i) => {
    const policy = policies[i]
    return policy === undefined ? snapshot : {...snapshot, settings: {...snapshot.settings, policy}}
  })
}

/** What the service does not tell of a deployment that no stage serves. */
const NOT_IN_SUMMARY = [
  'what methods take and answer, and what is behind them',
  'gateway responses',
  'authorizers',
  'models',
  'validators',
  'settings of the API',
]

/** A snapshot with no more in it than a summary has. */
function summarised(snapshot: Snapshot): Snapshot {
  const routes = Object.entries(snapshot.routes).map(([name, {authorization, apiKeyRequired}]) => [
    name,
    {...(authorization && {authorization}), ...(apiKeyRequired && {apiKeyRequired})},
  ])
  return {...NOTHING, routes: Object.fromEntries(routes), detail: 'summary', untold: snapshot.untold}
}

/** What is not alike between things by their names. */
export function itemDifferences(kind: ItemKind, before: object, after: object): ItemDifference[] {
  const [one, other] = [before, after] as [Record<string, Json>, Record<string, Json>]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return (kind === 'route' ? inTreeOrder(names) : names).flatMap(name => {
    const [was, is] = [own(one, name), own(other, name)]
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    // A thing that has nothing is one, too, and there is no field to tell of.
    const isNothing = change !== 'changed' && isEmpty(was ?? is)
    const fields = isNothing ? [] : fieldDifferences([], was, is).map(field => hidden(name, field))
    return fields.length === 0 && change === 'changed' ? [] : [{kind, name, change, fields}]
  })
}

/** Names of routes, as in `GET /pets/{id}`, in the order in which `routes list` has them. */
function inTreeOrder(names: readonly string[]): string[] {
  const routes = names.map(name => {
    const [method = ''] = name.split(' ', 1)
    return {name, method, path: name.slice(method.length + 1)}
  })
  return sortedRoutes(routes).map(({name}) => name)
}

/** What is under a name that somebody chose; `constructor` is a name like any other. */
const own = (record: Record<string, Json>, name: string): Json | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** Maps are compared member by member, all else as a whole; to have none is another thing than to have an empty map. */
function fieldDifferences(
  path: readonly string[],
  before: Json | undefined,
  after: Json | undefined,
): FieldDifference[] {
  const maps = [before, after].filter(isMap)
  const names = [...new Set(maps.flatMap(map => Object.keys(map)))].sort()
  const isDeep = names.length > 0 && (maps.length === 2 || before === undefined || after === undefined)
  if (!isDeep) return isAlike(before, after) ? [] : [{field: path.join('.'), path, before, after}]
  return names.flatMap(name => {
    const [was, is] = [before, after].map(side => (isMap(side) ? own(side, name) : undefined))
    return fieldDifferences([...path, name], was, is)
  })
}

/** @param name of the thing that the field is of, which may tell that it holds a credential */
function hidden(name: string, field: FieldDifference): FieldDifference {
  const of = (value: Json | undefined) =>
    value === undefined ? undefined : withoutCredentials([name, ...field.path], value)
  const [before, after] = [of(field.before), of(field.after)]
  const isHidden = !isAlike(field.before, before) || !isAlike(field.after, after)
  return isHidden ? {...field, before, after, isHidden} : field
}

const isMap = (value: Json | undefined): value is {[key: string]: Json} =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const isEmpty = (value: Json | undefined) => isMap(value) && Object.keys(value).length === 0

/** Whether two values are alike; the order of the members of a map means nothing. */
function isAlike(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, i) => isAlike(item, other[i]))
  }
  if (typeof one === 'string' && typeof other === 'string') {
    return one === other || isFilledIn(one, other) || isFilledIn(other, one)
  }
  if (!isMap(one) || !isMap(other)) return one === other
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every(name => isAlike(own(one, name), own(other, name)))
}

/** What the service puts in the place of variables when it imports a file. Source: developer guide, AWS variables. */
const VARIABLES: Readonly<Record<string, string>> = {
  '${AWS::AccountId}': '\\d{12}',
  '${AWS::Partition}': 'aws[a-z-]*',
  '${AWS::Region}': '[a-z]+(?:-[a-z]+)+-\\d+',
}

/** Whether a text may be what the service makes of one that a file has. */
function isFilledIn(written: string, text: string): boolean {
  if (!written.includes('${AWS::')) return false
  const parts = written.split(/(\$\{AWS::\w+\})/)
  const pattern = parts.map(part => VARIABLES[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('')
  return new RegExp(`^${pattern}$`).test(text)
}
