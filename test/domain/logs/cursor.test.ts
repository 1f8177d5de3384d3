import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type Cursor, cursorFrom, cursorText} from '../../../src/domain/logs/cursor.js'
import {Problem} from '../../../src/domain/problem.js'
import {FakeClock} from '../../support/session.js'
import {account, Group, logOf, MINUTE, type Planned, run, SECOND} from '../../support/tailed.js'

const steady = (from: number, to: number): Planned[] =>
  Array.from({length: to - from}, (_, i) => ({at: from + i, message: `${from + i}`}))

/** A cursor as it comes out of its file. */
const reread = (cursor: Cursor, groups = ['g']) => cursorFrom(cursorText(cursor), 'f', groups.map(logOf))

describe('a later run goes on exactly where the last one ended', () => {
  test('with late events, however long nobody was there', async () => {
    const clock = new FakeClock()
    const planned = [...steady(0, 5_000), {at: 90.5, visible: 140, message: 'late'}]
    const group = new Group(clock, planned)
    const first = await run(clock, group, {seconds: 120})
    const meanwhile = await clock.sleep(4_000 * SECOND)
    expect(meanwhile).toBeUndefined()
    const second = await run(clock, group, {seconds: 2_000, cursor: reread(first.cursor)})
    const shown = [...first.messages, ...second.messages]
    expect(shown.sort()).toEqual(planned.map(({message}) => message).sort())
    expect(new Set(shown).size).toBe(shown.length)
  })

  test('in the middle of a page', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, steady(-300, -100))
    const first = await run(clock, group, {ends: {max: 30}})
    expect(first.messages).toHaveLength(30)
    const second = await run(clock, group, {ends: {max: 30}, cursor: reread(first.cursor)})
    const third = await run(clock, group, {cursor: reread(second.cursor)})
    const shown = [first, second, third].flatMap(({messages}) => messages)
    expect(shown).toEqual(steady(-300, -100).map(({message}) => message))
  })

  test('with what --ordered still held back', async () => {
    const clock = new FakeClock()
    const planned = steady(0, 300)
    const group = new Group(clock, planned)
    const first = await run(clock, group, {seconds: 100, ordered: true})
    expect(first.messages.length).toBeLessThan(60)
    const second = await run(clock, group, {seconds: 400, ordered: true, cursor: reread(first.cursor)})
    expect([...first.messages, ...second.messages]).toEqual(planned.map(({message}) => message))
  })

  test('though the last run showed only the last lines, and did not follow', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, steady(-300, 200))
    const first = await run(clock, group, {last: 5, onSave: () => {}})
    expect(first.messages).toEqual(steady(-24, -19).map(({message}) => message))
    await clock.sleep(100 * SECOND)
    const second = await run(clock, group, {last: 5, cursor: reread(first.cursor)})
    expect(second.messages[0]).toBe('-19')
    expect(second.messages).toHaveLength(100)
  })

  test('though the last run ended before it had found the last lines', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, steady(-300, 0))
    group.answer = (_, {isLatestFirst}) => (isLatestFirst ? new Problem('denied', 'Not any more.') : undefined)
    const first = await run(clock, group, {last: 1_000, onSave: () => {}})
    expect(first).toMatchObject({messages: [], error: {kind: 'denied'}})
    await clock.sleep(100 * SECOND)
    const second = await run(clock, group, {cursor: reread(first.cursor)})
    expect(second.messages).toEqual(steady(-300, 0).map(({message}) => message))
  })

  test('though it ended while it showed what the one before had held back of several groups', async () => {
    const clock = new FakeClock()
    const planned = steady(0, 100)
    const groups = {
      a: new Group(clock, planned),
      b: new Group(
        clock,
        planned.map(event => ({...event, message: `b ${event.message}`})),
      ),
    }
    const logs = [logOf('a'), logOf('b')]
    const all = {logs, seconds: 100}
    const first = await run(clock, account(groups), {...all, ordered: true})
    const second = await run(clock, account(groups), {
      ...all,
      ends: {max: 3},
      cursor: reread(first.cursor, ['a', 'b']),
    })
    const third = await run(clock, account(groups), {...all, cursor: reread(second.cursor, ['a', 'b'])})
    const shown = [first, second, third].flatMap(({messages}) => messages)
    expect(first.cursor.pending.length).toBeGreaterThan(10)
    expect(shown.sort()).toEqual(planned.flatMap(({message}) => [message, `b ${message}`]).sort())
  })

  test('what was there is kept before more is waited for', async () => {
    const clock = new FakeClock()
    const kept: [number, number][] = []
    const start = clock.now()
    const group = new Group(clock, steady(-100, -50))
    await run(clock, group, {seconds: 10, onSave: ({logs}) => kept.push([clock.now() - start, logs[0]!.seen.newest])})
    expect(kept[0]).toEqual([0, start - 51 * SECOND])
  })

  test('it is kept once a second at most, and when nothing more comes', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, steady(0, 20))
    const saves: number[] = []
    await run(clock, group, {seconds: 100, onSave: () => saves.push(clock.now())})
    expect(saves.length).toBeGreaterThan(10)
    expect(saves.length).toBeLessThanOrEqual(21)
    expect(Math.min(...saves.slice(1).map((time, i) => time - saves[i]!))).toBeGreaterThanOrEqual(SECOND)
  })

  test('wherever it was cut off, of however many groups: no event is lost, and only what was shown since it was kept comes again', async () => {
    const event = fc.record({at: fc.integer({min: -60, max: 120}), delay: fc.integer({min: 0, max: 50})})
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(event, {maxLength: 30}), {minLength: 1, maxLength: 2}),
        fc.integer({min: 1, max: 8}),
        fc.array(fc.integer({min: 1, max: 100}), {minLength: 1, maxLength: 4}),
        fc.boolean(),
        async (plans, pageSize, runs, ordered) => {
          const clock = new FakeClock()
          const groups = Object.fromEntries(
            plans.map((events, g) => {
              const planned = events.map(({at, delay}, i) => ({at, visible: at + delay, message: `${g}.${i}`}))
              return [`${g}`, Object.assign(new Group(clock, planned), {pageSize})]
            }),
          )
          const names = Object.keys(groups)
          const options = {logs: names.map(logOf), ordered, lateness: 5 * MINUTE, since: clock.now() - 10 * MINUTE}
          const certain: string[] = []
          const perhaps: string[] = []
          let cursor: Cursor | undefined
          for (const seconds of [...runs, 1_500]) {
            let kept: {cursor: Cursor; shown: number} | undefined
            const shown: string[] = []
            const {messages} = await run(clock, account(groups), {
              ...options,
              seconds,
              cursor,
              onShow: message => shown.push(message),
              onSave: saved => {
                kept = {cursor: reread(saved, names), shown: shown.length}
              },
            })
            // Killed: nothing is kept at the end.
            certain.push(...messages.slice(0, kept?.shown ?? 0))
            perhaps.push(...messages.slice(kept?.shown ?? 0))
            cursor = kept?.cursor ?? cursor
          }
          const all = plans.flatMap((events, g) => events.map((_, i) => `${g}.${i}`))
          expect(new Set(certain).size).toBe(certain.length)
          expect([...new Set([...certain, ...perhaps])].sort()).toEqual(all.sort())
        },
      ),
      {numRuns: 60},
    )
  })
})

describe('a file that holds no cursor of these logs is wrong usage', () => {
  test.each([
    ['nothing', ''],
    ['something else', '{"orders": []}'],
    ['a later version', '{"version":2,"logs":[],"pending":[]}'],
    ['half of one', cursorText({logs: [], pending: []}).slice(0, 20)],
    ['one without times', '{"version":1,"logs":[{"group":"g","slices":[]}],"pending":[]}'],
  ])('%s', (_, text) => {
    expect(() => cursorFrom(text, 'f', [logOf('g')])).toThrow(
      expect.objectContaining({kind: 'usage', message: 'f holds no cursor of apigw logs tail.'}),
    )
  })

  test('one of another log', () => {
    const seen = {since: 1, covered: 2, newest: Number.NEGATIVE_INFINITY, slices: []}
    const text = cursorText({logs: [{group: 'g', seen}], pending: []})
    expect(() => cursorFrom(text, 'f', [logOf('h')])).toThrow(
      expect.objectContaining({kind: 'usage', message: 'f is the cursor of g and not of h.'}),
    )
    expect(cursorFrom(text, 'f', [logOf('g')]).logs[0]?.seen).toEqual(seen)
  })
})
