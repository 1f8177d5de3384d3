import {Problem} from '../../problem.js'

/** Status codes from one to another, both included. */
export interface StatusRange {
  from: number
  to: number
}

/**
 * Status codes as somebody wrote them: `404`, `5xx`, `500-503`, or several of these with commas (or `|`) between them.
 * @throws Problem usage
 */
export function statusesFrom(text: string): StatusRange[] {
  return text.split(/[,|]/).map(part => rangeFrom(part.trim(), text))
}

function rangeFrom(part: string, whole: string): StatusRange {
  const [, family] = /^([1-5])xx$/i.exec(part) ?? []
  if (family) return {from: Number(family) * 100, to: Number(family) * 100 + 99}
  const [, first, last = first] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(part) ?? []
  if (first && Number(first) <= Number(last)) return {from: Number(first), to: Number(last)}
  throw new Problem(
    'usage',
    `"${whole}" is not a status, a range of them, or a list.`,
    'For instance: --status 404, --status 5xx, --status 500-503, --status 5xx,404',
  )
}
