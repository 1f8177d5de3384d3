import type {PatchOperation} from '@aws-sdk/client-api-gateway'
import {badRequest, type ServiceError} from '../errors.js'

/** One operation of a patch, as the rule for its path sees it. */
export interface Change {
  value: string | undefined
  /** The segments of the path that stand where the rule has a name in braces, unescaped. */
  names: string[]
}

export type Apply<Target> = (target: Target, change: Change) => void

/** What may be done at one path. */
export interface PatchRule<Target> {
  /** As the service's table writes it: `/requestModels/{contentType}`; a name in braces stands for one segment. */
  path: string
  add?: Apply<Target>
  replace?: Apply<Target>
  remove?: Apply<Target>
}

type Op = 'add' | 'replace' | 'remove'

/**
 * How a table refuses what it does not know; the service has two wordings.
 * `listing` names the paths that the operation would have, or says that there are none; `plain` is that of the older
 * handlers (RestApi, Method, MethodResponse, Integration, GatewayResponse).
 */
export type Dialect = 'listing' | 'plain'

/**
 * The patches that a kind of resource accepts.
 * Source: "Supported patch operations" of the API reference; wording and atomicity from recordings.
 */
export class PatchTable<Target extends object> {
  readonly #rules: readonly {rule: PatchRule<Target>; pattern: RegExp}[]

  constructor(
    rules: readonly PatchRule<Target>[],
    private readonly dialect: Dialect = 'listing',
  ) {
    this.#rules = rules.map(rule => ({rule, pattern: patternOf(rule.path)}))
  }

  /**
   * A patched copy. The target itself stays as it is, so one refused operation discards the whole patch.
   * @throws ServiceError BadRequestException for an unknown path or an operation that the path does not have
   */
  apply(target: Target, operations: readonly PatchOperation[] | undefined): Target {
    const next = structuredClone(target)
    for (const operation of operations ?? []) this.#change(next, operation)
    return next
  }

  #change(target: Target, operation: PatchOperation): void {
    const {op, path, value} = operation
    if (path === undefined) throw badRequest('Invalid patch path null')
    for (const {rule, pattern} of this.#rules) {
      const found = pattern.exec(path)
      if (!found) continue
      const apply = rule[op as Op]
      if (!apply) throw this.#refuse(operation, rule)
      apply(target, {value, names: found.slice(1).map(unescapePointer)})
      return
    }
    throw this.#refuse(operation)
  }

  #refuse({op, path}: PatchOperation, rule?: PatchRule<Target>): ServiceError {
    if (this.dialect === 'plain') {
      if (!rule) return badRequest(`Invalid patch path ${path}`)
      const supported = (['add', 'remove', 'replace'] as const).filter(name => rule[name])
      return badRequest(`Invalid patch operation specified. Must be one of: [${supported.join(', ')}]`)
    }
    const paths = this.#rules.filter(each => each.rule[op as Op]).map(each => each.rule.path)
    const hint = paths.length > 0 ? `Must be one of: [${paths.join(', ')}]` : 'Please choose supported operations'
    return badRequest(`Invalid patch path  '${path}' specified for op '${op}'. ${hint}`)
  }
}

/** JSON Pointer: `~1` stands for a slash, `~0` for a tilde. */
export function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}

function patternOf(path: string): RegExp {
  const source = path.replace(/\{\w+\}/g, '([^/]+)')
  return new RegExp(`^${source}$`)
}

/** Sets a text; an empty one clears the member. */
export function setText<Target extends object>(name: keyof Target): Apply<Target> {
  return (target, {value}) => assign(target, name, value || undefined)
}

/** Sets a flag. The service does not check booleans: whatever is not `true` is false. */
export function setFlag<Target extends object>(name: keyof Target): Apply<Target> {
  return (target, {value}) => assign(target, name, value === 'true')
}

export function clear<Target extends object>(name: keyof Target): Apply<Target> {
  return target => assign(target, name, undefined)
}

/** Puts one entry into a map that is a member of the target. */
export function setEntry<Target extends object, Value>(
  name: keyof Target,
  parse: (value: string | undefined, target: Target) => Value,
): Apply<Target> {
  return (target, {value, names: [key = '']}) => {
    assign(target, name, {...(target[name] as Record<string, Value> | undefined), [key]: parse(value, target)})
  }
}

/** Runs a change only where the map has the entry. @throws ServiceError what `missing` makes */
export function whereEntry<Target extends object>(
  name: keyof Target,
  missing: () => ServiceError,
  apply: Apply<Target>,
): Apply<Target> {
  return (target, change) => {
    const [key = ''] = change.names
    if (!Object.hasOwn((target[name] as object | undefined) ?? {}, key)) throw missing()
    apply(target, change)
  }
}

/** Takes one entry out of a map; a map left empty disappears. */
export function removeEntry<Target extends object>(name: keyof Target): Apply<Target> {
  return (target, {names: [key = '']}) => {
    const {[key]: _, ...rest} = (target[name] as Record<string, unknown> | undefined) ?? {}
    assign(target, name, Object.keys(rest).length > 0 ? rest : undefined)
  }
}

/**
 * The rule for the entries of a map: `add` sets one, `replace` and `remove` want it to be there.
 * @param path with the entry's key as its one name in braces
 * @param missing what to throw for an entry that is not there
 */
export function entryRule<Target extends object, Value>(
  path: string,
  name: keyof Target,
  parse: (value: string | undefined, target: Target) => Value,
  missing: () => ServiceError,
): PatchRule<Target> {
  const set = setEntry(name, parse)
  return {
    path,
    add: set,
    replace: whereEntry(name, missing, set),
    remove: whereEntry(name, missing, removeEntry(name)),
  }
}

/** Adds the value to a list, once. */
export function addItem<Target extends object>(name: keyof Target): Apply<Target> {
  return (target, {value = ''}) => {
    const list = (target[name] as string[] | undefined) ?? []
    if (!list.includes(value)) assign(target, name, [...list, value])
  }
}

/** Takes the value out of a list; a list left empty disappears. */
export function removeItem<Target extends object>(name: keyof Target): Apply<Target> {
  return (target, {value}) => {
    const rest = ((target[name] as string[] | undefined) ?? []).filter(item => item !== value)
    assign(target, name, rest.length > 0 ? rest : undefined)
  }
}

function assign<Target extends object>(target: Target, name: keyof Target, value: unknown): void {
  ;(target as Record<keyof Target, unknown>)[name] = value
}
