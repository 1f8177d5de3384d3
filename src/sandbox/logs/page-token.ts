import {createHash} from 'node:crypto'
import {invalidParameter} from './constraints.js'

const LIFE = 24 * 60 * 60 * 1000

/**
 * A `nextToken`: where to go on, for which query, and when it was issued. The service's tokens are opaque, belong to
 * the query that they came from and expire after 24 hours.
 * @param query everything that decides which items the pages hold
 * @param now milliseconds since 1970
 */
export function issueToken(query: unknown, position: string, now: number): string {
  return Buffer.from(JSON.stringify([digest(query), position, now])).toString('base64url')
}

/**
 * The position that a token holds.
 * @throws ServiceError InvalidParameterException for what was never issued, belongs to another query or has expired
 */
export function readToken(token: string, query: unknown, now: number): string {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    throw invalidToken()
  }
  if (!Array.isArray(parts)) throw invalidToken()
  const [owner, position, issued] = parts as [unknown, unknown, unknown]
  if (owner !== digest(query) || typeof position !== 'string') throw invalidToken()
  if (typeof issued !== 'number' || now - issued >= LIFE) throw invalidToken()
  return position
}

export const invalidToken = () => invalidParameter('The specified nextToken is invalid.')

function digest(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16)
}

/** One page of a list in the order of a key; the token holds the last key of the page before. */
export function pageByKey<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  options: {limit: number; token: string | undefined; query: unknown; now: number; descending?: boolean},
): {items: Item[]; nextToken: string | undefined} {
  const {limit, token, query, now, descending = false} = options
  const sign = descending ? -1 : 1
  const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -sign : sign)
  const sorted = [...items].sort((a, b) => compare(keyOf(a), keyOf(b)))
  let start = 0
  if (token !== undefined) {
    const last = readToken(token, query, now)
    const found = sorted.findIndex(item => compare(keyOf(item), last) > 0)
    start = found < 0 ? sorted.length : found
  }
  const page = sorted.slice(start, start + limit)
  const last = page.at(-1)
  const hasMore = start + limit < sorted.length
  return {items: page, nextToken: hasMore && last ? issueToken(query, keyOf(last), now) : undefined}
}
