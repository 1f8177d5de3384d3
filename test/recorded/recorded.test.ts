import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {EXCEPTIONS} from './exceptions.js'
import {RECORDED, readCases} from './recording.js'
import {type Result, replay} from './replay.js'
import {answeredAfterAll, isCore, NOT_YET} from './scope.js'

const files = readCases()
const say = (line: string) => process.stdout.write(`${line}\n`)
if (!files) say(`skipped: ${RECORDED} is not there, so nothing is held against the real service`)

const LEAST_CORE_SHARE = 0.9

describe.skipIf(!files)('held against answers recorded from the real service', () => {
  const results: Result[] = []
  const notYet: Result[] = []

  beforeAll(async () => {
    for (const recording of [...(files?.values() ?? [])].flat()) {
      for (const result of await replay(recording)) (NOT_YET.includes(result.operation) ? notYet : results).push(result)
    }
  }, 120_000)

  afterAll(() => {
    if (notYet.length > 0) {
      const counts = new Map<string, number>()
      for (const {operation} of notYet) counts.set(operation, (counts.get(operation) ?? 0) + 1)
      const parts = [...counts].map(([operation, count]) => `${operation} ${count}`)
      say(`not part of the sandbox yet, ${notYet.length} expectations: ${parts.join(', ')}`)
    }
    say(`known exceptions, each with its reason in test/recorded/exceptions.ts: ${EXCEPTIONS.length}`)
    const core = results.filter(({operation}) => isCore(operation))
    say(`recorded: ${share(results)} expectations hold; ${share(core)} for the operations of the main job`)
  })

  test('at least 90 % of the expectations of the main job hold', () => {
    const core = results.filter(({operation}) => isCore(operation))
    expect(core.length).toBeGreaterThan(0)
    expect(core.filter(holds).length / core.length).toBeGreaterThanOrEqual(LEAST_CORE_SHARE)
  })

  test('every expectation that does not hold is a known exception', () => {
    const known = new Set(EXCEPTIONS.map(nameOf))
    const unknown = results.filter(result => !holds(result) && !known.has(nameOf(result)))
    expect(unknown.map(({operation, ...result}) => `${nameOf(result)} (${operation}) ${result.difference}`)).toEqual([])
  })

  test('every known exception still fails: the list may only shrink', () => {
    const failing = new Set(results.filter(result => !holds(result)).map(nameOf))
    expect(EXCEPTIONS.map(nameOf).filter(name => !failing.has(name))).toEqual([])
  })

  test('every operation that is called missing is missing', () => {
    expect(answeredAfterAll()).toEqual([])
  })
})

function holds(result: Result): boolean {
  return result.difference === undefined
}

function nameOf({test, key}: {test: string; key: string}): string {
  return `${test} › ${key}`
}

function share(results: readonly Result[]): string {
  const held = results.filter(holds).length
  return `${held} of ${results.length} (${((100 * held) / results.length).toFixed(1)} %)`
}
