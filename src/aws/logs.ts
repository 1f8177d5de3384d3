import type {LogGroupStore} from '../domain/logs/groups.js'
import type {LogSource} from '../domain/logs/source.js'
import {type LogSetting, restStage, v2Stage} from '../domain/logs/stages.js'
import type {LogSwitch} from '../domain/logs/switch.js'
import {isMissing, Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openAccount} from './account.js'
import {openApiGateway} from './api-gateway.js'
import {openApis} from './apis.js'
import {configurationOf, lazily, sender} from './client.js'
import {isServerFault, needing} from './failure.js'
import {openRoles} from './roles.js'
import {openRoutes} from './routes.js'
import {methodOf, openStages, stageFrom} from './stages.js'
import {openV2Apis} from './v2-apis.js'

/** Everything that the log commands ask AWS; what is not asked is not loaded. */
export async function openLogging(session: Session) {
  const connection = lazily(() => connect(session))
  const [apis, stages, account, methods, routes] = await Promise.all([
    openApis(session),
    openStages(session),
    openAccount(session),
    openMethodLogging(session),
    openRoutes(session),
  ])
  const v2Apis = openV2Apis(session)
  return {
    apis,
    stages,
    account,
    routes,
    v2Apis,
    roles: openRoles(session),
    source: logSource(session, connection),
    groups: logGroups(session, connection),
    switch: {
      async set(logged, names, setting) {
        const {kind, apiId: id, api: name, stage} = logged
        if (kind === 'REST') return restStage({id, name}, await methods.set(id, stage, names, setting))
        return v2Stage({kind, id, name}, await v2Apis.setLogging(id, stage, names, setting))
      },
    } satisfies LogSwitch,
  }
}

async function connect(session: Session) {
  const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-cloudwatch-logs'), configurationOf(session)])
  return {sdk, client: new sdk.CloudWatchLogsClient(configuration)}
}

type Connection = () => ReturnType<typeof connect>

/** Log events. A throttle is thrown at once: who reads on and on spaces the calls. */
function logSource(session: Session, connection: Connection): LogSource {
  const connected = lazily(async () => {
    const {sdk, client} = await connection()
    return {sdk, send: sender(client, session, {outwaitsThrottles: false})}
  })
  return {
    async page({group, pattern, streams, startTime, endTime, nextToken}) {
      const {sdk, send} = await connected()
      const logStreamNames = streams && [...streams]
      const query = {logGroupName: group, filterPattern: pattern, logStreamNames, startTime, endTime, nextToken}
      try {
        const {events = [], nextToken} = await needing('logs:FilterLogEvents', () =>
          send(new sdk.FilterLogEventsCommand(query)),
        )
        return {
          nextToken,
          events: events.map(({timestamp = 0, ingestionTime = 0, logStreamName = '', eventId = '', message = ''}) => ({
            timestamp,
            ingestionTime,
            logStreamName,
            eventId,
            message,
          })),
        }
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (error.code === 'InvalidParameterException' && nextToken !== undefined) return undefined
        throw inPlainWords(error, group, pattern)
      }
    },
  }
}

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

/** The log settings of the methods of REST APIs. */
async function openMethodLogging(session: Session) {
  const {sdk, send} = await openApiGateway(session)

  /** Settings that are there keep the key they were made with: some tools write `pets/GET` and not `~1pets/GET`. */
  async function keysOf(restApiId: string, stageName: string): Promise<Map<string, string>> {
    const {methodSettings = {}} = await send(new sdk.GetStageCommand({restApiId, stageName}))
    return new Map(Object.keys(methodSettings).map(key => [methodOf(key), key]))
  }

  return {
    async set(restApiId: string, stageName: string, methods: readonly string[], {level, dataTrace}: LogSetting) {
      const isForAll = methods.every(method => method === '*')
      const keys = isForAll ? new Map<string, string>() : await keysOf(restApiId, stageName)
      const patchOperations = methods.flatMap(method => {
        const path = `/${keys.get(method) ?? keyOf(method)}/logging`
        return [
          {op: 'replace' as const, path: `${path}/loglevel`, value: level},
          {op: 'replace' as const, path: `${path}/dataTrace`, value: String(dataTrace)},
        ]
      })
      return stageFrom(await send(new sdk.UpdateStageCommand({restApiId, stageName, patchOperations})))
    },
  }
}

/** `GET /pets/{id}` is `~1pets~1{id}/GET` in a patch; all methods are two stars. */
function keyOf(method: string): string {
  if (method === '*') return '*/*'
  const [verb, path = ''] = method.split(' ')
  return `${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${verb}`
}
