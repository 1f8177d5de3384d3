import type {FilteredLogEvent} from '@aws-sdk/client-cloudwatch-logs'
import type {LogEvent} from '../domain/logs/events.js'
import type {LogGroupStore} from '../domain/logs/groups.js'
import type {LogSwitch} from '../domain/logs/settings.js'
import type {LogPage, LogQuery, LogSource} from '../domain/logs/source.js'
import {restStage, v2Stage} from '../domain/logs/stages.js'
import {isMissing, Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openAccount} from './account.js'
import {openApis} from './apis.js'
import {configurationOf, lazily, type Send, sender} from './client.js'
import {isServerFault, needing} from './failure.js'
import {openKeys} from './keys.js'
import {openLiveTail} from './live-tail.js'
import {openLocation} from './location.js'
import {openOwnAddress} from './own-address.js'
import {plainAnswer} from './plain-answer.js'
import {openRestLogging} from './rest-logging.js'
import {openRoles} from './roles.js'
import {openRoutes} from './routes.js'
import {openStages} from './stages.js'
import {openV2Apis} from './v2-apis.js'

/** Everything that the log commands ask AWS; what is not asked is not loaded. */
export async function openLogging(session: Session) {
  const connection = lazily(() => connect(session))
  const [apis, stages, account, restLogging, routes, {region, endpointUrl}] = await Promise.all([
    openApis(session),
    openStages(session),
    openAccount(session),
    openRestLogging(session),
    openRoutes(session),
    openLocation(session),
  ])
  const v2Apis = openV2Apis(session)
  return {
    apis,
    stages,
    account,
    routes,
    v2Apis,
    place: {region, endpointUrl},
    roles: openRoles(session),
    keys: () => openKeys(session),
    addresses: () => openOwnAddress(session),
    source: logSource(session, connection),
    liveTail: openLiveTail(session),
    groups: logGroups(session, connection),
    switch: {
      async change(logged, changes) {
        const {kind, apiId: id, api: name, stage} = logged
        if (kind === 'REST') return restStage({id, name}, await restLogging.change(id, stage, changes))
        return v2Stage({kind, id, name}, await v2Apis.changeLogging(id, stage, changes))
      },
    } satisfies LogSwitch,
  }
}

/** Log events alone, for what reads them beside other things. */
export const openLogSource = (session: Session): LogSource =>
  logSource(
    session,
    lazily(() => connect(session)),
  )

async function connect(session: Session) {
  const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-cloudwatch-logs'), configurationOf(session)])
  return {sdk, client: new sdk.CloudWatchLogsClient(configuration)}
}

type Connection = () => ReturnType<typeof connect>

/**
 * Log events. A throttle is thrown at once: who reads on and on spaces the calls. Credentials that expire meanwhile are
 * looked for once more: somebody may have signed in again.
 */
function logSource(session: Session, connection: Connection): LogSource {
  const opening = (connection: Connection) =>
    lazily(async () => {
      const {sdk, client} = await connection()
      return {sdk, send: sender(client, session, {outwaitsThrottles: false})}
    })
  let connected = opening(connection)
  return {
    async page(query, again) {
      const used = connected
      try {
        return await pageOf(await used(), query, again)
      } catch (error) {
        if (!(error instanceof Problem && /Expired/.test(error.code ?? ''))) throw error
        // Another call may have got new ones meanwhile.
        if (connected === used) connected = opening(() => reconnect(session))
        await again?.()
        return pageOf(await connected(), query, again)
      }
    },
  }
}

/** A client that knows nothing of the credentials found before. */
async function reconnect(session: Session) {
  const {loadSharedConfigFiles} = await import('@smithy/core/config')
  await loadSharedConfigFiles({ignoreCache: true})
  return connect(session)
}

async function pageOf(
  {sdk, send}: {sdk: typeof import('@aws-sdk/client-cloudwatch-logs'); send: Send},
  {group, pattern, streams, startTime, endTime, nextToken, isLatestFirst, limit}: LogQuery,
  again?: () => Promise<unknown>,
): Promise<LogPage | undefined> {
  const command = new sdk.FilterLogEventsCommand({
    logGroupName: group,
    filterPattern: pattern,
    logStreamNames: streams && [...streams],
    startTime,
    endTime,
    nextToken,
    limit,
    ...(isLatestFirst ? {startFromHead: false} : {}),
  })
  const answer = plainAnswer(command)
  try {
    await needing('logs:FilterLogEvents', () => send(command, again))
    const {events, nextToken} = answer() ?? {}
    // Some servers write null for what is not there.
    return {nextToken: nextToken ?? undefined, events: (events ?? []).map(eventOf)}
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === 'interrupted') throw error
    if (error.code === 'InvalidParameterException' && (nextToken !== undefined || isLatestFirst)) return undefined
    throw inPlainWords(error, group, pattern)
  }
}

const eventOf = ({
  timestamp = 0,
  ingestionTime = 0,
  logStreamName = '',
  eventId = '',
  message = '',
}: FilteredLogEvent): LogEvent => ({timestamp, ingestionTime, logStreamName, eventId, message})

/** What FilterLogEvents refuses, in the user's terms. */
function inPlainWords(problem: Problem, group: string, pattern: string | undefined): Problem {
  const {code, message, requestId} = problem
  const details = {code, requestId, cause: problem}
  if (code === 'InvalidParameterException' && pattern !== undefined) {
    const hint = `Quote a phrase: --pattern '"status: 500"'. To match with a regular expression here instead: --grep REGEX`
    return new Problem('usage', `CloudWatch Logs does not take the pattern ${pattern}: ${message}`, hint, details)
  }
  if (/INFREQUENT_ACCESS/i.test(message) || code === 'InvalidOperationException') {
    const hint = 'Query it with CloudWatch Logs Insights, or have the log written to a group of class STANDARD.'
    return new Problem('failed', `${group} cannot be tailed: ${message}`, hint, details)
  }
  if (isServerFault(problem.cause)) {
    return new Problem('unreachable', `CloudWatch Logs failed: ${message}`, problem.hint, details)
  }
  return problem
}

function logGroups(session: Session, connection: Connection): LogGroupStore {
  const connected = lazily(async () => {
    const {sdk, client} = await connection()
    return {sdk, send: sender(client, session)}
  })
  return {
    async *list(logGroupNamePrefix) {
      const {sdk, send} = await connected()
      let nextToken: string | undefined
      do {
        const page = await needing('logs:DescribeLogGroups', () =>
          send(new sdk.DescribeLogGroupsCommand({logGroupNamePrefix, nextToken, limit: 50})),
        )
        for (const {logGroupName = '', arn = '', storedBytes = 0, retentionInDays} of page.logGroups ?? []) {
          yield {name: logGroupName, arn: arn.replace(/:\*$/, ''), storedBytes, retentionDays: retentionInDays}
        }
        nextToken = page.nextToken
      } while (nextToken !== undefined)
    },
    async create(logGroupName) {
      const {sdk, send} = await connected()
      await needing('logs:CreateLogGroup', () => send(new sdk.CreateLogGroupCommand({logGroupName}))).catch(error => {
        if (!(error instanceof Problem && error.kind === 'conflict')) throw error
      })
    },
    async setRetention(logGroupName, retentionInDays) {
      const {sdk, send} = await connected()
      if (retentionInDays === undefined) {
        const forEver = new sdk.DeleteRetentionPolicyCommand({logGroupName})
        await needing('logs:DeleteRetentionPolicy', () => send(forEver))
        return
      }
      await needing('logs:PutRetentionPolicy', () =>
        send(new sdk.PutRetentionPolicyCommand({logGroupName, retentionInDays})),
      )
    },
    async delete(logGroupName) {
      const {sdk, send} = await connected()
      await needing('logs:DeleteLogGroup', () => send(new sdk.DeleteLogGroupCommand({logGroupName}))).catch(error => {
        if (!isMissing(error)) throw error
      })
    },
    async lastEvent(logGroupName) {
      const {sdk, send} = await connected()
      const query = {logGroupName, orderBy: 'LastEventTime' as const, descending: true, limit: 1}
      const {logStreams: [stream] = []} = await needing('logs:DescribeLogStreams', () =>
        send(new sdk.DescribeLogStreamsCommand(query)),
      )
      return stream?.lastEventTimestamp === undefined ? undefined : new Date(stream.lastEventTimestamp)
    },
  }
}
