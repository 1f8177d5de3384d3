import {canonicalText} from './schemas.js'
import type {Json} from './snapshot.js'

type Tree = {[key: string]: Json}

/**
 * A resource policy in its normal form. Alike are, by the grammar of policies: one value and a list of it, lists and
 * statements in any order, statements with other ids, and everybody as `*` or as `{"AWS": "*"}`.
 * Source: IAM user guide, Grammar of the IAM JSON policy language, and Principal.
 */
export function normalPolicy(policy: Json): Json {
  if (!isMap(policy)) return policy
  const {Statement: statements, Id: _, ...members} = policy
  const normal = listOf(statements).map(statement => (isMap(statement) ? normalStatement(statement) : statement))
  return {...members, Statement: sorted(normal)}
}

/** How a policy that was not saved yet may name the API that it is of. */
const SHORT = /^execute-api:\//

/**
 * Two policies in the normal form, of which one may not have been saved yet: the service expands `execute-api:/...` when
 * it saves a policy, and nothing but the saved one tells to which account.
 * Source: developer guide, Access policy language overview for Amazon API Gateway.
 */
export function alikeInForm(one: Json | undefined, other: Json | undefined, apiId: string): (Json | undefined)[] {
  const policies = [one, other]
  const hasShort = policies.some(policy => resourcesOf(policy).some(resource => SHORT.test(String(resource))))
  return hasShort ? policies.map(policy => policy && shortened(policy, apiId)) : policies
}

function shortened(policy: Json, apiId: string): Json {
  if (!isMap(policy)) return policy
  const own = new RegExp(`^arn:aws[\\w-]*:execute-api:[^:]+:\\d+:${apiId}/`)
  const short = (resource: Json) => (typeof resource === 'string' ? resource.replace(own, 'execute-api:/') : resource)
  const statements = listOf(policy.Statement).map(statement => {
    if (!isMap(statement)) return statement
    const members = Object.entries(statement).map(([key, value]) => [
      key,
      /^(Not)?Resource$/.test(key) ? sorted(listOf(value).map(short)) : value,
    ])
    return Object.fromEntries(members)
  })
  return {...policy, Statement: sorted(statements)}
}

const resourcesOf = (policy: Json | undefined): Json[] =>
  listOf(isMap(policy) ? policy.Statement : []).flatMap(statement =>
    isMap(statement) ? [...listOf(statement.Resource), ...listOf(statement.NotResource)] : [],
  )

function normalStatement({Sid: _, ...statement}: Tree): Tree {
  const members = Object.entries(statement).map(([key, value]): [string, Json] => {
    if (/^(Not)?(Action|Resource)$/.test(key)) return [key, sorted(listOf(value))]
    if (/^(Not)?Principal$/.test(key)) return [key, normalPrincipal(value)]
    if (key === 'Condition' && isMap(value)) return [key, normalConditions(value)]
    return [key, value]
  })
  return Object.fromEntries(members)
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
