import {describe, expect, test} from 'vitest'
import type {ServiceError} from '../../../../src/sandbox/errors.js'
import {compileQuery} from '../../../../src/sandbox/logs/insights/commands.js'
import {rowOf} from '../../../../src/sandbox/logs/insights/rows.js'
import {textOf} from '../../../../src/sandbox/logs/insights/values.js'
import {newLogGroup} from '../../../../src/sandbox/logs/log-groups.js'

const NOON = Date.UTC(2026, 0, 31, 12)

/** Events of one stream, a second apart from noon on. */
const eventsOf = (messages: readonly string[]) =>
  messages
    .map((message, i) => {
      const timestamp = NOON + i * 1000
      const event = {timestamp, ingestionTime: timestamp + 20_100, message, eventId: String(i)}
      return rowOf(
        {stream: {stream: {logStreamName: 'stream'}, events: []}, event},
        newLogGroup('us-east-1', 'group', NOON),
        '123456789012',
      )
    })
    .reverse()

/** What a query answers: the shown fields of each row, as texts. */
function ask(query: string, ...messages: string[]): Record<string, string>[] {
  const {columns, run} = compileQuery(query)
  return run(eventsOf(messages)).rows.map(({fields}) =>
    Object.fromEntries(
      columns.flatMap(name => {
        const value = fields.get(name)
        return value === undefined ? [] : [[name, textOf(value)]]
      }),
    ),
  )
}

const json = (...objects: object[]) => objects.map(object => JSON.stringify(object))

/** The values of one column. */
const column = (name: string, rows: Record<string, string>[]) => rows.map(row => row[name])

function refusal(query: string): string {
  try {
    compileQuery(query)
  } catch (error) {
    expect((error as ServiceError).code).toBe('MalformedQueryException')
    return (error as ServiceError).message
  }
  throw new Error(`taken: ${query}`)
}

// The examples are those of the CloudWatch Logs user guide, "Logs Insights language query syntax", where not said otherwise.
describe('what is shown', () => {
  test('time and message, latest first, where the query names no field', () => {
    expect(ask('filter duration > 2000', ...json({duration: 2001}, {duration: 3000}, {duration: 5}))).toEqual([
      {'@timestamp': '2026-01-31 12:00:01.000', '@message': '{"duration":3000}'},
      {'@timestamp': '2026-01-31 12:00:00.000', '@message': '{"duration":2001}'},
    ])
  })

  test('all fields of several fields commands, and of several display commands those of the last', () => {
    const log = json({f1: 1, f2: 2, f3: 3})
    expect(ask('fields f1 | fields f2', ...log)).toEqual([{f1: '1', f2: '2'}])
    expect(ask('fields f1 | display f2 | display f3', ...log)).toEqual([{f3: '3'}])
    expect(ask('sort @timestamp desc | limit 25 | display f1, f2', ...log)).toEqual([{f1: '1', f2: '2'}])
  })

  test('fields that the service makes', () => {
    expect(ask('fields @timestamp, @ingestionTime, @logStream, @log', 'x')).toEqual([
      {
        '@timestamp': '2026-01-31 12:00:00.000',
        '@ingestionTime': '2026-01-31 12:00:20.100',
        '@logStream': 'stream',
        '@log': '123456789012:group',
      },
    ])
  })

  test('nested fields of JSON go by dots and numbers, and one with an @ of its own by two', () => {
    const log = json({
      userIdentity: {type: 'IAMUser'},
      items: [{instanceId: 'i-abcde123'}],
      '@example.com': 1,
      is: true,
    })
    expect(ask('fields userIdentity.type, items.0.instanceId, @@example.com, is', ...log)).toEqual([
      {'userIdentity.type': 'IAMUser', 'items.0.instanceId': 'i-abcde123', '@@example.com': '1', is: '1'},
    ])
  })

  test('a field with other characters stands between backticks', () => {
    expect(ask('fields `foo-bar`, action, abs(f3-f4)', ...json({'foo-bar': 1, action: 'go', f3: 2, f4: 5}))).toEqual([
      {'foo-bar': '1', action: 'go', 'abs(f3-f4)': '3'},
    ])
  })

  test('what a row does not have is left out', () => {
    expect(ask('fields ispresent(resolverArn) as isRes, resolverArn', ...json({}, {resolverArn: 'a'}))).toEqual([
      {isRes: '1', resolverArn: 'a'},
      {isRes: '0'},
    ])
  })

  test('a line of comment is passed over', () => {
    expect(ask('fields @message\n    # | filter @message like /delay/\n    | limit 20', 'a', 'delay')).toHaveLength(2)
  })
})

describe('filter', () => {
  const codes = json({f1: 10, f3: 1}, {f1: 1, f3: 26}, {f1: 1, f3: 1})

  test.each([
    ['f1=10 or f3>25', ['26', '1']],
    ['(f1=10 or f3>25) and f1 < 5', ['26']],
    ['not (f1=10 or f3>25)', ['1']],
    ['f1 != 10', ['1', '26']],
    ['f1 in [10, 11]', ['1']],
    ['f3 >= 26 and f3 <= 26', ['26']],
    ['f1 + f3 * 2 = 53', ['26']],
    ['ispresent(f2)', []],
  ])('%s', (condition, found) => {
    expect(column('f3', ask(`fields f3 | filter ${condition}`, ...codes))).toEqual(found)
  })

  test.each([
    ['like /Exception/', ['an Exception']],
    ['=~ /Exception/', ['an Exception']],
    ['like "Exception"', ['an Exception']],
    ["like 'Exception'", ['an Exception']],
    ['like /(?i)Exception/', ['an exception', 'an Exception']],
    ['=~ /^(?i)an Exception$/', ['an exception', 'an Exception']],
    ['not like /Exception/', ['fine', 'an exception']],
  ])('%s', (condition, found) => {
    const log = ['an Exception', 'an exception', 'fine']
    expect(column('@message', ask(`fields @message | filter @message ${condition}`, ...log))).toEqual(found)
  })

  test('members of a list are compared as a whole', () => {
    const log = json({Type: 'foo'}, {Type: 'food'}, {Type: 1}, {Type: 300})
    expect(column('Type', ask('fields Type | filter Type not in ["foo","bar",1]', ...log))).toEqual(['300', 'food'])
    expect(column('Type', ask('fields Type | filter Type in [300,400,500]', ...log))).toEqual(['300'])
  })
})

describe('parse', () => {
  const line = '25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException'
  const parts = {level: 'ERROR', config: '{foo=2, bar=data}', exception: 'DataIntegrityException'}

  test('takes fields out by wildcards', () => {
    expect(ask('parse @message "[*] * The error was: *" as level, config, exception', line)).toEqual([parts])
  })

  test('takes fields out by named groups of a regular expression', () => {
    const regex = String.raw`/\[(?<level>\S+)\]\s+(?<config>\{.*\})\s+The error was: (?<exception>\S+)/`
    expect(ask(`parse @message ${regex}`, line)).toEqual([parts])
  })

  test('what does not match is still there, without the fields', () => {
    expect(ask('parse @message "[*]" as level | fields @message', 'none')).toEqual([{'@message': 'none'}])
  })

  test('leads on to commands that work with the fields', () => {
    const query = `FIELDS @message
      | PARSE @message "* [*] *" as loggingTime, loggingType, loggingMessage
      | FILTER loggingType IN ["ERROR", "INFO"]
      | DISPLAY loggingMessage, loggingType = "ERROR" as isError`
    expect(ask(query, '9:00 [ERROR] broken', '9:01 [INFO] fine', '9:02 [DEBUG] noise')).toEqual([
      {loggingMessage: 'fine', isError: '0'},
      {loggingMessage: 'broken', isError: '1'},
    ])
  })

  test('a field that was taken out can be taken apart', () => {
    const query =
      'parse @message "url=*" as url | parse url "/api/*/users/*" as apiVersion, userId | display apiVersion, userId'
    expect(ask(query, 'url=/api/v2/users/ada')).toEqual([{apiVersion: 'v2', userId: 'ada'}])
  })

  test('text that reads as a number counts as one', () => {
    const query =
      'parse @message "user=*, method:*, latency := *" as @user, @method, @latency | stats avg(@latency) by @method, @user'
    const log = [
      'user=a, method:GET, latency := 9',
      'user=a, method:GET, latency := 10',
      'user=b, method:PUT, latency := 1',
    ]
    expect(ask(query, ...log)).toEqual([
      {'@method': 'PUT', '@user': 'b', 'avg(@latency)': '1'},
      {'@method': 'GET', '@user': 'a', 'avg(@latency)': '9.5'},
    ])
  })
})

describe('stats', () => {
  const requests = json(
    {s: 200, ms: 5, path: '/a'},
    {s: 500, ms: 9, path: '/a'},
    {s: 200, ms: 7, path: '/b'},
    {s: 404, path: '/b'},
  )

  test('counts, sums and compares the values that there are', () => {
    const query = 'stats count(*), count(ms) as timed, count_distinct(s) as kinds, sum(ms), avg(ms), min(ms), max(ms)'
    expect(ask(query, ...requests)).toEqual([
      {'count(*)': '4', timed: '3', kinds: '3', 'sum(ms)': '21', 'avg(ms)': '7', 'min(ms)': '5', 'max(ms)': '9'},
    ])
  })

  test('groups by fields; what lacks one is a group of its own', () => {
    expect(ask('stats count(*) as n by path | sort n', ...requests, ...json({s: 1}))).toEqual([
      {n: '1'},
      {path: '/b', n: '2'},
      {path: '/a', n: '2'},
    ])
  })

  test('a percentile is the nearest rank', () => {
    const log = json(...Array.from({length: 20}, (_, i) => ({ms: i + 1})))
    expect(ask('stats pct(ms, 50) as p50, pct(ms, 95) as p95, pct(ms, 99) as p99', ...log)).toEqual([
      {p50: '10', p95: '19', p99: '20'},
    ])
  })

  test('computes with aggregates, and with those named before', () => {
    const query =
      'stats max(ms * 10) as provisioned, max(ms) as used, provisioned - used as over, sum(s >= 500) * 100 / count(*) as share'
    expect(ask(query, ...requests)).toEqual([{provisioned: '90', used: '9', over: '81', share: '25'}])
  })

  test('times come out of aggregates as milliseconds', () => {
    expect(
      ask(
        'stats earliest(path) as first, latest(s) as last, (max(@timestamp) - min(@timestamp)) / 1000 as seconds, latest(@timestamp) as at',
        ...requests,
      ),
    ).toEqual([{first: '/a', last: '404', seconds: '3', at: String(NOON + 3000)}])
  })

  test('bin groups by time', () => {
    const log = Array.from({length: 90}, (_, i) => `line ${i}`)
    expect(ask('stats count(*) as n by bin(1m) | sort n desc', ...log)).toEqual([
      {'bin(1m)': '2026-01-31 12:00:00.000', n: '60'},
      {'bin(1m)': '2026-01-31 12:01:00.000', n: '30'},
    ])
    expect(ask('stats count(*) as exceptionCount by bin(1h) as t', ...log)).toEqual([
      {t: '2026-01-31 12:00:00.000', exceptionCount: '90'},
    ])
  })

  test('two of them: the second works on the answer of the first', () => {
    const query = `STATS count_distinct(client_ip) AS session_ips,
        count(*) AS requests BY session_id, client_platform
      | FILTER session_ips > 1
      | STATS count(*) AS multiple_ip_sessions,
        sum(requests) / count(*) AS avg_session_requests BY client_platform`
    const log = json(
      {session_id: 1, client_platform: 'ios', client_ip: 'a'},
      {session_id: 1, client_platform: 'ios', client_ip: 'b'},
      {session_id: 1, client_platform: 'ios', client_ip: 'b'},
      {session_id: 2, client_platform: 'ios', client_ip: 'a'},
    )
    expect(ask(query, ...log)).toEqual([{client_platform: 'ios', multiple_ip_sessions: '1', avg_session_requests: '3'}])
  })

  test('a time that the first hands on can be rounded in the second', () => {
    const query = `FIELDS strlen(@message) AS message_length
      | STATS sum(message_length) AS ingested, max(@timestamp) as @t BY @logStream
      | STATS avg(ingested) BY dateceil(@t, 5m)`
    expect(ask(query, 'ab', 'abcd')).toEqual([{'dateceil(@t, 5m)': '2026-01-31 12:05:00.000', 'avg(ingested)': '6'}])
  })
})

describe('sort, limit and dedup', () => {
  test('numbers by their size, after what is no number', () => {
    const log = json({v: 10}, {v: 9}, {v: 'b'}, {v: 'a'})
    expect(column('v', ask('fields v | sort v asc', ...log))).toEqual(['a', 'b', '9', '10'])
    expect(column('v', ask('fields v | sort v desc | limit 2', ...log))).toEqual(['10', '9'])
  })

  test('by several keys, and by an aggregate without a name', () => {
    const log = json({a: 1, b: 1}, {a: 2, b: 1}, {a: 1, b: 2})
    expect(ask('fields a, b | sort a desc, b asc', ...log)).toEqual([
      {a: '2', b: '1'},
      {a: '1', b: '1'},
      {a: '1', b: '2'},
    ])
    expect(ask('stats count(*) by a | sort count(*) desc', ...log)[0]).toEqual({a: '1', 'count(*)': '2'})
  })

  test('dedup keeps the first of each, and all that lack the field', () => {
    const log = json({server: 'a', n: 1}, {server: 'b', n: 2}, {server: 'a', n: 3}, {n: 4}, {n: 5})
    const query = 'fields @timestamp, server, n | sort @timestamp desc | dedup server | limit 10'
    expect(column('n', ask(query, ...log))).toEqual(['5', '4', '3', '2'])
  })
})

test.each([
  ['abs(0-2)', '2'],
  ['ceil(1.2) + floor(1.8)', '3'],
  ['greatest(1, 3, 2) - least(1, 3, 2)', '2'],
  ['sqrt(16) + log(1)', '4'],
  ['2 ^ 3', '8'],
  ['10 % 3', '1'],
  ['1 / 3', '0.3333'],
  ['coalesce(nothing, "x")', 'x'],
  ['isempty(nothing)', '1'],
  ['isblank("  ")', '1'],
  ['concat("a", "-", 1)', 'a-1'],
  ['ltrim("xyZfooxyZ","xyZ")', 'fooxyZ'],
  ['rtrim("xyZfooxyZ","xyZ")', 'xyZfoo'],
  ['trim("xyZfooxyZ","xyZ")', 'foo'],
  ['strlen("äö")', '2'],
  ['toupper("a")', 'A'],
  ['tolower("A")', 'a'],
  ['substr("xyZfooxyZ",3, 3)', 'foo'],
  ['replace("foo","o","0")', 'f00'],
  ['strcontains("foo", "oo")', '1'],
  ['datefloor(@timestamp, 1h)', '2026-01-31 12:00:00.000'],
  ['tomillis(@timestamp)', String(NOON)],
])('%s is %s', (expression, value) => {
  expect(ask(`fields ${expression} as v`, 'line')).toEqual([{v: value}])
})

describe('what is refused', () => {
  test('the message names the symbol and where it stands, and so do the offsets', () => {
    const query = 'fields @timestamp\n| filter @message lik /x/'
    expect(refusal(query)).toBe('unexpected symbol found lik at line 2 and position 18')
    try {
      compileQuery(query)
    } catch (error) {
      expect((error as ServiceError).members.queryCompileError).toMatchObject({
        location: {startCharOffset: 36, endCharOffset: 39},
      })
    }
  })

  test.each([
    ['fields @timestamp |', 'unexpected symbol found end of query'],
    ['filter @message like', 'unexpected symbol found end of query'],
    ['fields @timestamp limit 5', 'unexpected symbol found limit'],
    // Measured by others on the service.
    ['| limit 5', 'unexpected symbol found | at line 1 and position 0'],
    ['fields a as b | fields c as b', 'Ephemeral field is already defined: b ([23,29])'],
    ['parse @message "*" as b | fields b', 'Ephemeral field is already defined: b'],
    ['parse @message "*" as b | stats latest(b) as b', 'Ephemeral field is already defined: b'],
    ['fields a | dedup a | sort a', 'sort cannot come after dedup'],
    // The guide, "Use multiple stats commands in a single query".
    ['stats sum(Fault) by Operation | stats max(strlen(@message)) as m', 'Invalid reference to @message'],
    ['stats sum(x) as sum_x by y, z | stats max(sum_x) as max_x by y, w', 'Invalid reference to w'],
    ['stats sum(n) as n1 by @logStream | stats avg(n1) by bin(5m)', 'Invalid reference to @timestamp'],
    ['stats count(*) as a by b | sort a | stats max(a) by b', 'stats cannot come after sort'],
    ['stats count(*) as a by b, c | stats max(a) as d by b | stats max(d)', 'at most 2 stats commands'],
    ['parse @message "* *" as one', 'parse takes one name for each part'],
    ['parse @message /(?<a>/', 'Invalid regular expression'],
    ['filter count(*) > 1', 'count has no place here'],
    ['pattern @message', 'The sandbox does not know the command pattern.'],
    ['fields jsonParse(@message) as j', 'The sandbox does not know the function jsonparse.'],
    ['stats stddev(x)', 'The sandbox does not know the function stddev.'],
    ['stats count(*) by bin(1mo)', 'The sandbox does not know this period.'],
    ['stats count(*) as n, f2 by f3', 'Invalid reference to f2'],
  ])('%s', (query, message) => {
    expect(refusal(query)).toContain(message)
  })
})
