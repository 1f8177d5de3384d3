import {canonicalText} from './schemas.js'
import type {Json} from './snapshot.js'

type Tree = {[key: string]: Json}

/**
 * A resource policy in its normal form. Alike are, by the grammar of policies: one value and a list of it, lists and
 * statements in any order, statements with other ids, and everybody as `*` or as `{"AWS": "*"}`.
 * Source: IAM user guide, Grammar of the IAM JSON policy language, and Principal.
 * @param apiId its addresses in the policy become `execute-api:/...`, which the service expands when it saves a policy.
 *   Source: developer guide, Access policy language overview for Amazon API Gateway.
 */
export function normalPolicy(policy: Json, apiId: string | undefined): Json {
  if (!isMap(policy)) return policy
  const {Statement: statements, Id: _, ...members} = policy
  const normal = listOf(statements).map(statement => (isMap(statement) ? normalStatement(statement, apiId) : statement))
  return {...members, Statement: sorted(normal)}
}

function normalStatement({Sid: _, ...statement}: Tree, apiId: string | undefined): Tree {
  const members = Object.entries(statement).map(([key, value]): [string, Json] => {
    if (/^(Not)?Action$/.test(key)) return [key, sorted(listOf(value))]
    if (/^(Not)?Resource$/.test(key)) return [key, sorted(listOf(value).map(resource => shortened(resource, apiId)))]
    if (/^(Not)?Principal$/.test(key)) return [key, normalPrincipal(value)]
    if (key === 'Condition' && isMap(value)) return [key, normalConditions(value)]
    return [key, value]
  })
  return Object.fromEntries(members)
}

function shortened(resource: Json, apiId: string | undefined): Json {
  if (typeof resource !== 'string') return resource
  const [, id, path] = /^arn:aws[\w-]*:execute-api:[\w-]+:\d{12}:([^/]+)\/(.*)$/s.exec(resource) ?? []
  return id !== undefined && id === apiId ? `execute-api:/${path}` : resource
}

function normalPrincipal(principal: Json): Json {
  if (!isMap(principal)) return principal
  const kinds = Object.entries(principal).map(([kind, who]): [string, Json] => [kind, sorted(listOf(who))])
  const isEverybody = kinds.length === 1 && canonicalText(principal.AWS ?? null) in EVERYBODY
  return isEverybody ? '*' : Object.fromEntries(kinds)
}

const EVERYBODY = {'"*"': true, '["*"]': true}

/** The values of a condition are texts. */
function normalConditions(conditions: Tree): Tree {
  const operators = Object.entries(conditions).map(([operator, keys]): [string, Json] => {
    if (!isMap(keys)) return [operator, keys]
    const entries = Object.entries(keys).map(([key, value]) => [key, sorted(listOf(value).map(String))])
    return [operator, Object.fromEntries(entries)]
  })
  return Object.fromEntries(operators)
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])

function sorted(list: readonly Json[]): Json[] {
  const byText = new Map(list.map(item => [canonicalText(item), item]))
  return [...byText.keys()].sort().map(text => byText.get(text)!)
}

const isMap = (value: Json | undefined): value is Tree =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
