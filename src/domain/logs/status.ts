import {type AccountRole, type AccountStore, accountRole, type RoleStore} from '../account.js'
import {unlessRefused} from '../problem.js'
import {accessLogGroup, CANARY, type FindGroup, groupFinder, type LogGroupStore, logGroupPrefixes} from './groups.js'
import {
  type LoggedStage,
  type LoggedStageStores,
  type LogLevel,
  loggedStages,
  type OverridingSetting,
  type StageRefs,
} from './stages.js'

/** A log group as it is now. */
export interface GroupStatus {
  name: string
  /** Undefined where the caller may not ask. */
  exists?: boolean | undefined
  /** As of some hours ago. */
  storedBytes?: number | undefined
  /** Undefined for ever. */
  retentionDays?: number | undefined
  /** Up to an hour late. */
  lastEvent?: Date | undefined
}

/** What a stage logs, where to, and whether it can. */
export interface LogStatus {
  kind: LoggedStage['kind']
  api: string
  apiId: string
  stage: string
  /** Of the execution log; an HTTP API has none, and none of what belongs to it. */
  level?: LogLevel | undefined
  dataTrace?: boolean | undefined
  /** Methods or routes with a setting of their own. */
  overrides: OverridingSetting[]
  logGroup?: string | undefined
  /** Undefined where the caller may not ask. */
  logGroupExists?: boolean | undefined
  storedBytes?: number | undefined
  /** Undefined for ever. */
  retentionDays?: number | undefined
  /** Up to an hour late. */
  lastEvent?: Date | undefined
  /** Of the execution log of the canary, while there is one. */
  canaryGroup?: GroupStatus | undefined
  /** ARN of where the access log goes. */
  accessLogArn?: string | undefined
  accessLogFormat?: string | undefined
  /** Of the access log, unless it goes to a Firehose stream. */
  accessGroup?: GroupStatus | undefined
  accessCanaryGroup?: GroupStatus | undefined
  /** The role of the account that API Gateway logs with; HTTP APIs do not use it. */
  role?: AccountRole | undefined
}

export interface StatusPorts {
  groups: Pick<LogGroupStore, 'list' | 'lastEvent'>
  account: AccountStore
  roles: RoleStore
}

/**
 * What stages log, API by API: of one API or of all, of all names or of one.
 * @returns with them, once all were read, the account's role where one of them needs it
 * @throws Problem missing for an API or, of a single API, a stage that is not there
 */
export async function logStatus(
  ports: StatusPorts & LoggedStageStores,
  only: StageRefs,
): Promise<{stages: AsyncIterable<LogStatus>; roleInUse: () => AccountRole | undefined}> {
  let isInUse = false
  const role = await accountRole(ports.account, ports.roles)
  async function* stages(): AsyncGenerator<LogStatus> {
    let find: FindGroup | undefined
    for await (const stage of loggedStages(ports, only)) {
      isInUse ||= stage.kind !== 'HTTP'
      find ??= groupFinder(ports.groups, logGroupPrefixes(only.api === undefined ? undefined : stage.apiId))
      yield await statusOf(stage, ports.groups, find, role)
    }
  }
  return {stages: stages(), roleInUse: () => (isInUse ? role : undefined)}
}

/** What one stage logs, as it is now. */
export async function currentStatus({groups, account, roles}: StatusPorts, stage: LoggedStage): Promise<LogStatus> {
  const role = stage.kind === 'HTTP' ? undefined : await accountRole(account, roles)
  return statusOf(stage, groups, groupFinder(groups), role)
}

async function statusOf(
  stage: LoggedStage,
  groups: StatusPorts['groups'],
  find: FindGroup,
  role: AccountRole | undefined,
): Promise<LogStatus> {
  const {kind, api, apiId, setting, overrides, group, canaryGroup, accessLogArn, accessLogFormat} = stage
  const accessGroup = accessLogArn === undefined ? undefined : accessLogGroup(accessLogArn)
  const accessCanaryGroup = canaryGroup && accessGroup && `${accessGroup}${CANARY}`
  const [execution, canary, access, accessCanary] = await Promise.all(
    [group, canaryGroup, accessGroup, accessCanaryGroup].map(name => name && groupStatus(name, groups, find)),
  )
  return {
    kind,
    api,
    apiId,
    stage: stage.stage,
    ...(kind === 'HTTP' ? {} : setting),
    overrides,
    logGroup: group,
    ...(execution
      ? {
          logGroupExists: execution.exists,
          storedBytes: execution.storedBytes,
          retentionDays: execution.retentionDays,
          lastEvent: execution.lastEvent,
        }
      : {}),
    canaryGroup: canary || undefined,
    accessLogArn,
    accessLogFormat,
    accessGroup: access || undefined,
    accessCanaryGroup: accessCanary || undefined,
    role: kind === 'HTTP' ? undefined : role,
  }
}

/** What is not allowed to be seen is left out: the rest is worth showing without. */
async function groupStatus(
  name: string,
  groups: Pick<LogGroupStore, 'lastEvent'>,
  find: FindGroup,
): Promise<GroupStatus> {
  const found = await find(name)
  if (found === 'denied') return {name}
  if (found === 'none') return {name, exists: false}
  const {storedBytes, retentionDays} = found
  const lastEvent = await unlessRefused(groups.lastEvent(name), undefined)
  return {name, exists: true, storedBytes, retentionDays, lastEvent}
}
