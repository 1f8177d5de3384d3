import {describe, expect, test} from 'vitest'
import {type LogQueries, type QueryProgress, runQuery, windowOf} from '../../../src/domain/logs/query.js'
import {interrupted} from '../../../src/domain/problem.js'
import {FakeClock} from '../../support/session.js'

const QUERY = {text: 'stats count(*)', groups: ['group'], start: 0, end: 3599, limit: 10}

type Status = QueryProgress['status']

/** Queries of which one at a time goes through the given statuses, the last of them for ever. */
function queriesThat({ids = ['q'], statuses = ['Complete']}: {ids?: (string | undefined)[]; statuses?: Status[]}) {
  const calls: string[] = []
  const next = <Item>(items: Item[]) => (items.length > 1 ? items.shift() : items[0])
  const queries: LogQueries = {
    start: async () => {
      calls.push('start')
      return next(ids)
    },
    progress: async () => {
      calls.push('progress')
      return {status: next(statuses)!, statistics: {events: 5, matched: 2, bytes: 100}}
    },
    async *rows(): AsyncGenerator<Record<string, string>> {
      yield {a: '1'}
      yield {b: '2', a: '3'}
    },
    stop: async id => {
      calls.push(`stop ${id}`)
    },
  }
  return {queries, calls}
}

function watch(changes: {maxWait?: number; signal?: AbortSignal} = {}) {
  const clock = new FakeClock()
  const notices: string[] = []
  const signal = new AbortController().signal
  return {clock, notices, maxWait: 60_000, signal, notice: (text: string) => notices.push(text), ...changes}
}

test('the answer has the columns of all rows, in the order in which they come up', async () => {
  const {queries, calls} = queriesThat({statuses: ['Scheduled', 'Running', 'Complete']})
  expect(await runQuery(queries, QUERY, watch())).toEqual({
    columns: ['a', 'b'],
    rows: [{a: '1'}, {b: '2', a: '3'}],
    statistics: {events: 5, matched: 2, bytes: 100},
  })
  expect(calls).toEqual(['start', 'progress', 'progress', 'progress'])
})

test('a query that takes a minute is looked at no more than once in two seconds', async () => {
  const {queries, calls} = queriesThat({statuses: ['Running']})
  await expect(runQuery(queries, QUERY, watch())).rejects.toMatchObject({kind: 'gave-up'})
  expect(calls.filter(call => call === 'progress').length).toBeLessThan(40)
})

describe('a query that is not waited for any more is stopped', () => {
  test('when it takes longer than somebody wants to wait: exit code 6', async () => {
    const {queries, calls} = queriesThat({statuses: ['Running']})
    const problem = await runQuery(queries, QUERY, watch({maxWait: 10_000})).catch(error => error)
    expect(problem).toMatchObject({kind: 'gave-up', message: 'Gave up: the query was not done after 10 s.'})
    expect(problem.hint).toContain('--max-wait')
    expect(calls.at(-1)).toBe('stop q')
  })

  test('when the user interrupts', async () => {
    const controller = new AbortController()
    const {queries, calls} = queriesThat({statuses: ['Running']})
    const interrupting = {
      ...queries,
      progress: (id: string) => {
        controller.abort(interrupted())
        return queries.progress(id)
      },
    }
    const running = runQuery(interrupting, QUERY, watch({signal: controller.signal}))
    await expect(running).rejects.toMatchObject({kind: 'interrupted'})
    expect(calls).toEqual(['start', 'progress', 'stop q'])
  })

  test('when its rows cannot be read', async () => {
    const {queries, calls} = queriesThat({})
    const failing = {
      ...queries,
      // biome-ignore lint/correctness/useYield: it fails before the first row
      async *rows(): AsyncGenerator<never> {
        throw new Error('lost')
      },
    }
    await expect(runQuery(failing, QUERY, watch())).rejects.toThrow('lost')
    expect(calls.at(-1)).toBe('stop q')
  })
})

test.each([
  ['Failed', 'failed', 'CloudWatch Logs failed at the query.'],
  ['Cancelled', 'failed', 'Somebody else stopped the query.'],
  ['Timeout', 'gave-up', 'CloudWatch Logs gave up on the query: it lets none run longer than an hour.'],
] as const)('a query that ends as %s is a problem that says so', async (status, kind, message) => {
  const {queries} = queriesThat({statuses: ['Running', status]})
  await expect(runQuery(queries, QUERY, watch())).rejects.toMatchObject({kind, message, code: status})
})

test('where too many queries run, it waits for its turn and says so once', async () => {
  const {queries, calls} = queriesThat({ids: [undefined, undefined, undefined, 'q']})
  const watching = watch()
  await runQuery(queries, QUERY, watching)
  expect(calls.filter(call => call === 'start')).toHaveLength(4)
  expect(watching.clock.total).toBe(15_000)
  expect(watching.notices).toEqual([expect.stringContaining('as many queries run')])
})

test('its turn is not waited for longer than --max-wait', async () => {
  const {queries, calls} = queriesThat({ids: [undefined]})
  const running = runQuery(queries, QUERY, watch({maxWait: 12_000}))
  await expect(running).rejects.toMatchObject({kind: 'gave-up', code: 'LimitExceededException'})
  expect(calls).toEqual(['start', 'start', 'start'])
})

test('the window is the last hour, or the hour before its end, in whole seconds', () => {
  const now = 7_200_999
  expect(windowOf({}, now)).toEqual({start: 3600, end: 7200})
  expect(windowOf({until: 5_000_500}, now)).toEqual({start: 1400, end: 5000})
  expect(windowOf({since: 1_500, until: 2_500}, now)).toEqual({start: 1, end: 2})
  expect(() => windowOf({since: 2, until: 1}, now)).toThrow('--since')
})
