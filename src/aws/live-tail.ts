import type {LiveTailSessionUpdate, StartLiveTailResponseStream} from '@aws-sdk/client-cloudwatch-logs'
import type {LiveEvent, LiveTailSource, LiveUpdate} from '../domain/logs/live.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {configurationOf, lazily, sender} from './client.js'
import {needing, problemOf} from './failure.js'

/** Log groups of one session. */
const MAX_GROUPS = 10
/** Milliseconds without an update after which a session counts as lost: one should come every second. */
const SILENCE = 15_000
/** What is kept while nobody takes it; the service keeps as much. */
const MAX_WAITING_UPDATES = 10
const MAX_WAITING_EVENTS = 5_000

/** Live Tail of CloudWatch Logs. Nothing is loaded before a session is opened. */
export function openLiveTail(session: Session): LiveTailSource {
  const connected = lazily(() => connect(session))
  const arns = new Map<string, string>()

  /** The ARN of a group, which sessions want; undefined when there is no such group. */
  async function arnOf(group: string): Promise<string | undefined> {
    const {sdk, client} = await connected()
    const send = sender(client, session, {outwaitsThrottles: false})
    const query = new sdk.DescribeLogGroupsCommand({logGroupNamePrefix: group, limit: 1})
    const {logGroups = []} = await needing('logs:DescribeLogGroups', () => send(query))
    // A group comes before all whose names only begin with its own.
    const found = logGroups.find(({logGroupName}) => logGroupName === group)
    const arn = found?.logGroupArn ?? found?.arn?.replace(/:\*$/, '')
    if (arn !== undefined) arns.set(group, arn)
    return arn
  }

  return {
    async open({groups, pattern}) {
      const present = new Map<string, string>()
      for (const group of groups) {
        if (present.size === MAX_GROUPS) break
        const arn = arns.get(group) ?? (await arnOf(group))
        if (arn !== undefined) present.set(group, arn)
      }
      if (present.size === 0) throw new Problem('missing', 'The specified log group does not exist.')
      const {sdk, client} = await connected()
      const closing = new AbortController()
      const signal = AbortSignal.any([session.signal, closing.signal])
      const send = sender(client, {...session, signal}, {outwaitsThrottles: false})
      const command = new sdk.StartLiveTailCommand({
        logGroupIdentifiers: [...present.values()],
        logEventFilterPattern: pattern,
      })
      try {
        const {responseStream} = await needing('logs:StartLiveTail', () => send(command))
        const stream = responseStream as AsyncIterable<StartLiveTailResponseStream>
        const names = [...present.keys()]
        return {
          groups: names,
          updates: readAhead(
            updatesOf(stream, names, error => problemOf(error, 'StartLiveTail', {...session, signal})),
          ),
          close: () => closing.abort(),
        }
      } catch (error) {
        // One was deleted: the next time it is looked which of them are there.
        if (error instanceof Problem && error.kind === 'missing') arns.clear()
        throw error
      }
    },
  }
}

/** A client of its own: on those that make single calls, silence is no sign of a loss. */
async function connect(session: Session) {
  const [sdk, configuration] = await Promise.all([
    import('@aws-sdk/client-cloudwatch-logs'),
    configurationOf(session, {silence: SILENCE}),
  ])
  return {sdk, client: new sdk.CloudWatchLogsClient(configuration)}
}

/** @param problemOf what an error of the stream means to the user */
async function* updatesOf(
  stream: AsyncIterable<StartLiveTailResponseStream>,
  groups: readonly string[],
  problemOf: (error: unknown) => Problem,
): AsyncGenerator<LiveUpdate> {
  try {
    for await (const {sessionUpdate} of stream) if (sessionUpdate) yield updateFrom(sessionUpdate, groups)
  } catch (error) {
    throw problemOf(error)
  }
  throw new Problem('unreachable', 'CloudWatch Logs ended the session.')
}

function updateFrom(update: LiveTailSessionUpdate, groups: readonly string[]): LiveUpdate {
  const events: LiveEvent[] = []
  for (const result of update.sessionResults ?? []) {
    const {logGroupIdentifier = '', logStreamName = '', message = '', timestamp = 0, ingestionTime = 0} = result
    // The reference says "name or ARN"; some have the account before the name. None of these goes on after it.
    const group = groups.find(name => logGroupIdentifier === name || logGroupIdentifier.endsWith(`:${name}`))
    if (group !== undefined) events.push({group, event: {logStreamName, message, timestamp, ingestionTime}})
  }
  return {events, isSampled: update.sessionMetadata?.sampled ?? false, isLate: false}
}

/**
 * Takes updates as they come, so that the service need not keep them, or give them up without a word. What nobody has
 * taken after ten updates is given up, oldest first, and the next one says so.
 */
export function readAhead(updates: AsyncIterable<LiveUpdate>): AsyncIterable<LiveUpdate> {
  const waiting: LiveUpdate[] = []
  let end: {error: unknown} | undefined
  let wake = () => {}
  const isFull = () =>
    waiting.length > MAX_WAITING_UPDATES ||
    waiting.reduce((sum, {events}) => sum + events.length, 0) > MAX_WAITING_EVENTS
  const read = async () => {
    for await (const update of updates) {
      waiting.push(update)
      while (waiting.length > 1 && isFull()) {
        waiting.shift()
        waiting[0] = {...(waiting[0] as LiveUpdate), isLate: true}
      }
      wake()
    }
  }
  void read().catch(error => {
    end = {error}
    wake()
  })
  return (async function* () {
    for (;;) {
      const update = waiting.shift()
      if (update) yield update
      else if (end) throw end.error
      else {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  })()
}
