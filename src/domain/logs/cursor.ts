import {Problem} from '../problem.js'
import type {LogEvent} from './events.js'
import type {Log} from './log.js'
import type {SeenState} from './seen.js'

/** Where a tail ended. */
export interface Cursor {
  /** What was let through of each log. */
  logs: {group: string; seen: SeenState}[]
  /** What was read, and not shown yet. */
  pending: {group: string; event: LogEvent}[]
}

const VERSION = 1

/** A cursor as it is written to a file. The fingerprints are in base64: there may be many. */
export function cursorText({logs, pending}: Cursor): string {
  const packed = logs.map(({group, seen}) => ({
    group,
    ...seen,
    // JSON has no number for it.
    newest: Number.isFinite(seen.newest) ? seen.newest : null,
    slices: seen.slices.map(([slice, words]) => [slice, base64Of(words)]),
  }))
  return `${JSON.stringify({version: VERSION, logs: packed, pending})}\n`
}

/**
 * The cursor that a file holds.
 * @param name of the file
 * @throws Problem usage when it holds none, or that of other logs than these
 */
export function cursorFrom(text: string, name: string, logs: readonly Log[]): Cursor {
  const cursor = parsed(text)
  if (!cursor) throw new Problem('usage', `${name} holds no cursor of apigw logs tail.`, ANOTHER)
  const groups = (all: readonly {group: string}[]) => all.map(({group}) => group).sort()
  const [before, now] = [groups(cursor.logs), groups(logs)]
  if (before.join('\n') !== now.join('\n')) {
    throw new Problem('usage', `${name} is the cursor of ${before.join(', ')} and not of ${now.join(', ')}.`, ANOTHER)
  }
  return cursor
}

const ANOTHER = 'Name a file that is not there yet, to begin anew.'

function parsed(text: string): Cursor | undefined {
  try {
    const {version, logs, pending} = JSON.parse(text)
    if (version !== VERSION) return undefined
    return {logs: logs.map(loggedFrom), pending: pending.map(pendingFrom)}
  } catch {
    return undefined
  }
}

function loggedFrom({group, since, covered, newest, slices}: Record<string, unknown>): Cursor['logs'][number] {
  const times = [since, covered, newest ?? Number.NEGATIVE_INFINITY]
  if (typeof group !== 'string' || !times.every(time => typeof time === 'number')) throw new TypeError('no log')
  const words = (slices as [number, string][]).map(([slice, text]): [number, Uint32Array] => [slice, wordsOf(text)])
  const [from, upTo, latest] = times as [number, number, number]
  return {group, seen: {since: from, covered: upTo, newest: latest, slices: words}}
}

function pendingFrom({group, event}: {group?: unknown; event?: LogEvent}): Cursor['pending'][number] {
  if (typeof group !== 'string' || typeof event?.eventId !== 'string') throw new TypeError('no event')
  return {group, event}
}

const base64Of = (words: Uint32Array) =>
  Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64')

/** Copied: the bytes of a small buffer do not begin where words may. */
const wordsOf = (text: string) => new Uint32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)
