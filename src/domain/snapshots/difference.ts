import type {Json, Snapshot} from './snapshot.js'

/** What one side of a comparison is. */
export interface Side {
  /** `edited` is the API as it is now in the editor; `file` a definition that was not imported yet. */
  kind: 'edited' | 'stage' | 'deployment' | 'file'
  /** For people: "prod", "deployment 46bce8", "as edited", "petstore.yaml". */
  name: string
  deploymentId?: string | undefined
}

/** One property that is not alike on both sides. */
export interface FieldDifference {
  /** A path into the normal form: `integration.uri`, `responses.200.headers`. */
  field: string
  /** Undefined where the side has none. */
  before?: Json | undefined
  after?: Json | undefined
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
  /** What was not compared, because one side cannot be told: "endpoint type". */
  untold: readonly string[]
}

/**
 * Compares two snapshots of an API. Where one of them is a summary only what a summary has is compared.
 */
export function compare(
  api: {id: string; name: string},
  before: {side: Side; snapshot: Snapshot},
  after: {side: Side; snapshot: Snapshot},
): Difference {
  const isSummary = before.snapshot.detail === 'summary' || after.snapshot.detail === 'summary'
  const [one, other] = [before.snapshot, after.snapshot].map(snapshot => (isSummary ? summarised(snapshot) : snapshot))
  const items = (['routes', 'gatewayResponses', 'authorizers', 'models', 'validators', 'settings'] as const).flatMap(
    part => itemDifferences(KINDS[part], one?.[part] ?? {}, other?.[part] ?? {}),
  )
  const untold = [...new Set([...before.snapshot.untold, ...after.snapshot.untold])]
  return {api, before: before.side, after: after.side, items, untold}
}

const KINDS = {
  routes: 'route',
  gatewayResponses: 'gateway response',
  authorizers: 'authorizer',
  models: 'model',
  validators: 'validator',
  settings: 'setting',
} as const satisfies Record<string, ItemKind>

/** A snapshot with no more in it than a summary has. */
function summarised(snapshot: Snapshot): Snapshot {
  const routes = Object.entries(snapshot.routes).map(([name, {authorization, apiKeyRequired}]) => [
    name,
    {...(authorization && {authorization}), ...(apiKeyRequired && {apiKeyRequired})},
  ])
  return {
    ...snapshot,
    routes: Object.fromEntries(routes),
    gatewayResponses: {},
    authorizers: {},
    models: {},
    validators: {},
    settings: {},
  }
}

function itemDifferences(kind: ItemKind, before: object, after: object): ItemDifference[] {
  const [one, other] = [before, after] as Record<string, Json>[]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap(name => {
    const [was, is] = [own(one, name), own(other, name)]
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    const fields = fieldDifferences('', was, is)
    return fields.length === 0 && change === 'changed' ? [] : [{kind, name, change, fields}]
  })
}

/** What is under a name that somebody chose; `constructor` is a name like any other. */
const own = (record: Record<string, Json> | undefined, name: string): Json | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined

/** Maps are compared member by member, all else as a whole. */
function fieldDifferences(field: string, before: Json | undefined, after: Json | undefined): FieldDifference[] {
  const maps = [before, after].filter(isMap)
  const isDeep = maps.length > 0 && (maps.length === 2 || before === undefined || after === undefined)
  if (!isDeep) return isAlike(before, after) ? [] : [{field, before, after}]
  const names = [...new Set(maps.flatMap(map => Object.keys(map)))].sort()
  return names.flatMap(name => {
    const [was, is] = [before, after].map(side => (isMap(side) ? own(side, name) : undefined))
    return fieldDifferences(field === '' ? name : `${field}.${name}`, was, is)
  })
}

const isMap = (value: Json | undefined): value is {[key: string]: Json} =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Whether two values are alike; the order of the members of a map means nothing. */
function isAlike(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, i) => isAlike(item, other[i]))
  }
  if (!isMap(one) || !isMap(other)) return one === other
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every(name => isAlike(one[name], own(other, name)))
}
