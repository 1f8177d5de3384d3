type Step = {names: (string | number)[]} | {wildcard: true} | {descend: string} | {slice: [number?, number?]}

/**
 * The value at a JSONPath, or undefined. A path that can match several places gives a list. Names, indexes, unions,
 * slices, wildcards and `..name` are understood.
 * @throws Error for filter expressions and anything else
 */
export function queryJson(document: unknown, path: string): unknown {
  const steps = stepsOf(path)
  const definite = steps.every(step => 'names' in step && step.names.length === 1)
  let found: unknown[] = [document]
  for (const step of steps) found = found.flatMap(value => take(value, step))
  return definite ? found[0] : found
}

const STEP =
  /\.\.([\w$-]+)|\.([^.[\]*()]+)|\.?(\*)|\[(\*)\]|\[(-?\d*):(-?\d*)\]|\[((?:'[^']*'|"[^"]*"|-?\d+)(?:\s*,\s*(?:'[^']*'|"[^"]*"|-?\d+))*)\]/y

function stepsOf(path: string): Step[] {
  if (!path.startsWith('$')) return stepsOf(`$.${path}`)
  const steps: Step[] = []
  const step = new RegExp(STEP)
  step.lastIndex = 1
  while (step.lastIndex < path.length) {
    const at = step.lastIndex
    const found = step.exec(path)
    if (!found) throw new Error(`JSONPath not understood: ${path.slice(at)}`)
    const [, descend, name, star, bracketStar, from, to, names] = found
    if (descend !== undefined) steps.push({descend})
    else if (name !== undefined) steps.push({names: [name]})
    else if (star ?? bracketStar) steps.push({wildcard: true})
    else if (names !== undefined) steps.push({names: namesOf(names)})
    else steps.push({slice: [from ? Number(from) : undefined, to ? Number(to) : undefined]})
  }
  return steps
}

const namesOf = (list: string) =>
  [...list.matchAll(/'([^']*)'|"([^"]*)"|(-?\d+)/g)].map(([, single, double, index]) =>
    index === undefined ? (single ?? double)! : Number(index),
  )

function take(value: unknown, step: Step): unknown[] {
  if (value === null || typeof value !== 'object') return []
  if ('wildcard' in step) return Object.values(value)
  if ('slice' in step) return Array.isArray(value) ? value.slice(...step.slice) : []
  if ('descend' in step) {
    const here = Object.hasOwn(value, step.descend) ? [(value as Record<string, unknown>)[step.descend]] : []
    return [...here, ...Object.values(value).flatMap(inner => take(inner, step))]
  }
  return step.names.flatMap(name => {
    const key = typeof name === 'number' && name < 0 && Array.isArray(value) ? value.length + name : name
    return Object.hasOwn(value, key) ? [(value as Record<string | number, unknown>)[key]] : []
  })
}
