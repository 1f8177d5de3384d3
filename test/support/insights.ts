import type {LogEvent} from '../../src/domain/logs/events.js'
import type {LogQueries} from '../../src/domain/logs/query.js'
import {compileQuery} from '../../src/sandbox/logs/insights/commands.js'
import {rowOf} from '../../src/sandbox/logs/insights/rows.js'
import {textOf} from '../../src/sandbox/logs/insights/values.js'
import {newLogGroup} from '../../src/sandbox/logs/log-groups.js'

/** Queries that the sandbox's engine carries out on some events, without a sandbox. */
export function insightsOver(events: readonly LogEvent[]): LogQueries {
  const group = newLogGroup('us-east-1', 'group', 0)
  const rows = events.toReversed().map(event => {
    const stream = {stream: {logStreamName: event.logStreamName}, events: []}
    return rowOf({stream, event}, group, '123456789012')
  })
  const answers = new Map<string, Record<string, string>[]>()
  return {
    async start({text, limit}) {
      const {columns, run} = compileQuery(text)
      const shown = run(rows)
        .rows.slice(0, limit)
        .map(({fields}) =>
          Object.fromEntries(
            columns.flatMap(name => {
              const value = fields.get(name)
              return value === undefined ? [] : [[name, textOf(value)]]
            }),
          ),
        )
      answers.set(text, shown)
      return text
    },
    progress: async () => ({status: 'Complete', statistics: {events: rows.length, matched: rows.length, bytes: 0}}),
    async *rows(id) {
      yield* answers.get(id) ?? []
    },
    stop: async () => {},
  }
}
