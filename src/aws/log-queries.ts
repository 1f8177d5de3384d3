import type {MalformedQueryException, ResultField} from '@aws-sdk/client-cloudwatch-logs'
import type {LogQueries, QueryRow} from '../domain/logs/query.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {configurationOf, lazily, sender} from './client.js'
import {needing} from './failure.js'

/** Milliseconds that are left, after an interruption, to learn of a query that is being started, and to stop it. */
const GRACE = 3_000

/** Rows of a page. Source: API reference of GetQueryResults. */
const PAGE = 10_000

/** Queries of CloudWatch Logs Insights, over the SDK. */
export function openLogQueries(session: Session): LogQueries {
  const connected = lazily(async () => {
    const [sdk, configuration] = await Promise.all([
      import('@aws-sdk/client-cloudwatch-logs'),
      configurationOf(session),
    ])
    const client = new sdk.CloudWatchLogsClient(configuration)
    // A query that somebody interrupts while it is started, or that has to be stopped because of it, needs its call.
    const unhurried = {...session, signal: afterwards(session.signal)}
    return {sdk, send: sender(client, session), sendStill: sender(client, unhurried)}
  })
  return {
    async start({text, groups, start, end, limit}) {
      session.signal.throwIfAborted()
      const {sdk, sendStill} = await connected()
      const command = new sdk.StartQueryCommand({
        queryString: text,
        logGroupNames: [...groups],
        startTime: start,
        endTime: end,
        limit,
      })
      try {
        return (await needing('logs:StartQuery', () => sendStill(command))).queryId
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (error.code === 'LimitExceededException') return undefined
        throw inPlainWords(error, text, groups)
      }
    },
    async progress(queryId) {
      const {sdk, send} = await connected()
      const command = new sdk.GetQueryResultsCommand({queryId, maxItems: 1})
      const {status = 'Unknown', statistics} = await needing('logs:GetQueryResults', () => send(command))
      const {recordsScanned = 0, recordsMatched = 0, bytesScanned = 0} = statistics ?? {}
      return {status, statistics: {events: recordsScanned, matched: recordsMatched, bytes: bytesScanned}}
    },
    async *rows(queryId) {
      const {sdk, send} = await connected()
      let nextToken: string | undefined
      do {
        const page = await send(new sdk.GetQueryResultsCommand({queryId, nextToken, maxItems: PAGE}))
        for (const fields of page.results ?? []) yield rowOf(fields)
        nextToken = page.nextToken
      } while (nextToken !== undefined)
    },
    async stop(queryId) {
      const {sdk, sendStill} = await connected()
      try {
        await sendStill(new sdk.StopQueryCommand({queryId}))
      } catch (error) {
        // It has ended, or it cannot be stopped: what made it unwanted is worth more than that.
        if (!(error instanceof Problem)) throw error
      }
    },
  }
}

/** Without the pointer to the event, which only GetLogRecord can read. */
function rowOf(fields: readonly ResultField[]): QueryRow {
  const named = fields.filter(({field}) => field !== '@ptr')
  return Object.fromEntries(named.map(({field = '', value = ''}) => [field, value]))
}

/** Aborts some time after the other signal has. */
function afterwards(signal: AbortSignal): AbortSignal {
  const controller = new AbortController()
  const wait = () => setTimeout(() => controller.abort(signal.reason), GRACE).unref()
  if (signal.aborted) wait()
  else signal.addEventListener('abort', wait, {once: true})
  return controller.signal
}

/** What StartQuery refuses, in the user's terms. */
function inPlainWords(problem: Problem, text: string, groups: readonly string[]): Problem {
  const {code, message, requestId} = problem
  const details = {code, requestId, cause: problem}
  if (code === 'MalformedQueryException' && /before the log groups creation time/.test(message)) {
    const hint = 'Ask for a later time: --since, --until.'
    return new Problem('usage', `Nothing of that time is in ${groups.join(', ')}.`, hint, details)
  }
  if (code === 'MalformedQueryException') {
    const place = placeOf(problem.cause as MalformedQueryException, text)
    const hint =
      'The language of queries: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html'
    const said = `CloudWatch Logs Insights does not take the query: ${message}`
    return new Problem('usage', place === undefined ? said : `${said}\n${place}`, hint, details)
  }
  if (code === 'InvalidParameterException') {
    return new Problem('usage', `CloudWatch Logs Insights does not take the query: ${message}`, undefined, details)
  }
  if (problem.kind === 'missing') {
    const hint = 'Is logging on? See: apigw logs status'
    return new Problem('missing', `There is no log group ${groups.join(', ')} yet.`, hint, details)
  }
  return problem
}

/** The line of the query that is wrong, with a mark below the place; undefined where the service does not say. */
function placeOf({queryCompileError}: MalformedQueryException, text: string): string | undefined {
  const {startCharOffset: start, endCharOffset: end = start} = queryCompileError?.location ?? {}
  if (start === undefined || end === undefined || start > text.length) return undefined
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const [line = ''] = text.slice(lineStart).split('\n', 1)
  const width = Math.min(Math.max(1, end - start), Math.max(1, line.length - (start - lineStart)))
  return `  ${line}\n  ${' '.repeat(start - lineStart)}${'^'.repeat(width)}`
}
