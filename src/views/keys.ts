import type {ApiKey, IssuedKey} from '../domain/keys.js'
import type {Opening} from '../domain/openings.js'
import type {UncountedKey, UnusedKeys} from '../domain/unused-keys.js'
import {tagsText} from './tags.js'
import {printable} from './text.js'
import type {Column, View} from './view.js'

/** A key whose value may have been asked for: masked where it is a KeyValue, in clear where it is a text. */
export type Shown<Key extends ApiKey> = Omit<Key, 'value'> & {value?: {toString(): string} | undefined}

const columns: readonly Column<Shown<ApiKey>>[] = [
  {header: 'ID', value: key => key.id},
  {header: 'NAME', value: key => key.name, text: (key, paint) => paint.name(printable(key.name ?? ''))},
  {
    header: 'STATE',
    value: key => stateOf(key),
    text: (key, paint) => (key.enabled ? paint.good(stateOf(key)) : paint.warn(stateOf(key))),
  },
  {header: 'CUSTOMER', value: key => key.customerId},
  {header: 'CREATED', value: key => key.createdDate},
  {header: 'DESCRIPTION', value: key => key.description},
]

const stateOf = (key: {enabled: boolean}) => (key.enabled ? 'enabled' : 'disabled')

export const keyView: View<Shown<ApiKey>> = {
  columns,
  id: key => key.id,
  empty: 'There are no such API keys here. Make one: apigw keys create NAME --plan PLAN',
}

/** Keys that nobody uses. */
export const unusedKeyView: View<Shown<ApiKey>> = {
  ...keyView,
  empty: 'There is no such key: each made a request in that time, or is younger, or nobody can tell.',
}

/** Keys whose requests the service does not count. */
export const uncountedKeyView: View<UncountedKey> = {
  columns: [...columns, {header: 'NOT COUNTED', value: key => key.reason}],
  id: key => key.id,
  empty: 'The requests of all keys are counted.',
}

/** How many names a remark may list before it becomes a wall of text. */
const MANY = 5

/** What a list of unused keys does not tell. */
export function unusedNotes({range, unknown}: UnusedKeys): string[] {
  const days = `By the requests counted from ${range.from} to ${range.to} (UTC).`
  if (unknown.length === 0) return [days]
  const names = unknown.slice(0, MANY).map(({id, name = id, reason}) => `${name} (${reason})`)
  const more = unknown.length > MANY ? [`${unknown.length - MANY} more`] : []
  const whose = unknown.length === 1 ? 'one key, whose' : `${unknown.length} keys, whose`
  return [
    days,
    `Unknown, and not listed, for ${whose} requests the service does not count: ${[...names, ...more].join(', ')}.`,
    'To see all of those: apigw keys list --uncounted',
  ]
}

const tags: Column<Shown<ApiKey>> = {header: 'TAGS', value: key => tagsText(key.tags)}

/** One key, without value. */
export const keyDetailView: View<Shown<ApiKey>> = {columns: [...columns, tags], id: key => key.id}

/** One key with its value and its plans. */
export const issuedKeyView: View<Shown<IssuedKey>> = {
  columns: [
    ...columns.slice(0, 3),
    {header: 'VALUE', value: key => key.value?.toString()},
    {header: 'PLANS', value: key => key.plans.map(plan => plan.name).join(', ')},
    ...columns.slice(3),
    tags,
  ],
  id: key => key.id,
}

/** What a key opens, and what is still to do until somebody can call with it. */
export function openingNote(key: Pick<IssuedKey, 'id' | 'enabled' | 'plans'>, opening: Opening): string {
  const {stages, example, isUnguarded} = opening
  const [first] = stages
  const lines = stages.map(({api, stage, plan}) => printable(`It opens ${api}/${stage} (usage plan ${plan}).`))
  if (example) {
    const method = example.method === 'GET' ? '' : `-X ${example.method} `
    lines.push(`Try it: curl ${method}-H "x-api-key: $(apigw keys get ${key.id} --value-only)" '${example.url}'`)
  }
  if (first && isUnguarded) {
    const what = printable(`No method of ${first.api}/${first.stage} asks for a key`)
    lines.push(`${what}: everybody gets in without one. See apigw routes add --key-required`)
  }
  if (key.plans.length === 0) lines.push(`It opens nothing yet: apigw plans attach PLAN --key ${key.id}`)
  else if (!first) {
    const [plan] = key.plans.map(({id}) => id)
    lines.push(`It opens nothing yet, its plan has no stages: apigw plans attach ${plan} --stage API/STAGE`)
  }
  // First of all: before that, nothing of the rest works.
  if (!key.enabled) lines.unshift(`It is disabled, and nobody gets in with it until: apigw keys enable ${key.id}`)
  return lines.join('\n')
}
