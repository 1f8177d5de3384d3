import {BlockList, isIP} from 'node:net'
import {ACCOUNT_ID} from '../service.js'

export type Decision = 'allow' | 'deny' | 'none'

/** What a policy is asked about. */
export interface PolicyQuestion {
  /** ARN of the method that is called. */
  resource: string
  /** `arn:aws:execute-api:{region}:{account}:{api}`: what `execute-api:` at the start of a resource stands for. */
  apiArn: string
  /** Values of condition keys (`aws:SourceIp`); names in any case. A key that has none is left out. */
  conditions: Record<string, string>
  /** Whether the caller has signed the request; a resource policy names principals, an authorizer's does not. */
  signed: boolean
}

interface Statement {
  Effect?: string
  Principal?: unknown
  NotPrincipal?: unknown
  Action?: unknown
  NotAction?: unknown
  Resource?: unknown
  NotResource?: unknown
  Condition?: Record<string, Record<string, unknown>>
}

/**
 * Evaluates a policy document for `execute-api:Invoke`: a deny that applies wins over any allow. A condition whose
 * operator is not known here does not hold.
 * @param document as text or parsed; a policy as the control plane returns it, its quotes escaped, will do
 * @throws Error if it is no policy
 */
export function evaluatePolicy(document: unknown, question: PolicyQuestion): Decision {
  const statements = statementsOf(document).filter(statement => applies(statement, question))
  if (statements.some(({Effect}) => Effect === 'Deny')) return 'deny'
  return statements.some(({Effect}) => Effect === 'Allow') ? 'allow' : 'none'
}

function statementsOf(document: unknown): Statement[] {
  const policy = typeof document === 'string' ? parsePolicy(document) : document
  const statement = (policy as {Statement?: unknown} | null)?.Statement
  if (statement === null || typeof statement !== 'object') throw new Error('A policy needs a Statement')
  return listOf(statement) as Statement[]
}

function parsePolicy(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(text.replaceAll('\\"', '"'))
  }
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const textsOf = (value: unknown) => listOf(value).map(String)

function applies(statement: Statement, question: PolicyQuestion): boolean {
  const {Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition} = statement
  const action = (pattern: string) => like(pattern.toLowerCase(), 'execute-api:invoke')
  const resource = (pattern: string) => like(expanded(pattern, question), question.resource)
  if (Principal !== undefined && !isPrincipal(Principal, question)) return false
  if (NotPrincipal !== undefined && isPrincipal(NotPrincipal, question)) return false
  if (NotAction === undefined ? !textsOf(Action).some(action) : textsOf(NotAction).some(action)) return false
  // A resource policy may leave the resource out; it then means the whole API.
  if (Resource !== undefined && !textsOf(Resource).some(resource)) return false
  if (NotResource !== undefined && textsOf(NotResource).some(resource)) return false
  return Object.entries(Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, conditionValue(question, key), textsOf(wanted))),
  )
}

const expanded = (pattern: string, {apiArn}: PolicyQuestion) =>
  pattern.startsWith('execute-api:') ? `${apiArn}${pattern.slice('execute-api:'.length)}` : pattern

function isPrincipal(principal: unknown, {signed}: PolicyQuestion): boolean {
  const names = principal !== null && typeof principal === 'object' ? (principal as {AWS?: unknown}).AWS : principal
  return textsOf(names).some(name => name === '*' || (signed && name.includes(ACCOUNT_ID)))
}

function conditionValue({conditions}: PolicyQuestion, key: string): string | undefined {
  const lower = key.toLowerCase()
  return Object.entries(conditions).find(([name]) => name.toLowerCase() === lower)?.[1]
}

/** A condition on an absent value fails, unless its operator is a negative one or says `IfExists`. */
function holds(operator: string, value: string | undefined, wanted: string[]): boolean {
  const name = operator.replace(/IfExists$/, '')
  if (name === 'Null') return wanted.includes(String(value === undefined))
  const isNegative = name.includes('Not')
  if (value === undefined) return isNegative || operator.endsWith('IfExists')
  const test = TESTS[name.replace('Not', '')]
  if (!test) return false
  return wanted.some(pattern => test(pattern, value)) !== isNegative
}

const TESTS: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringEqualsIgnoreCase: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  IpAddress: inRange,
}

/** `*` stands for any text, `?` for any character. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}

function inRange(range: string, address: string): boolean {
  const [network = '', prefix] = range.split('/')
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(network) === 0 || isIP(address) === 0) return false
  const list = new BlockList()
  if (prefix === undefined) list.addAddress(network, family)
  else list.addSubnet(network, Number(prefix), family)
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
