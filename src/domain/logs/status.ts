import {type AccountRole, type AccountStore, accountRole, type RoleStore} from '../account.js'
import {collect} from '../apis.js'
import {Problem} from '../problem.js'
import {type LogGroup, type LogGroupStore, logGroupPrefixes} from './groups.js'
import {
  type LoggedStage,
  type LoggedStageStores,
  loggedStages,
  type OverridingSetting,
  type StageRefs,
} from './stages.js'

/** What a stage logs, where to, and whether it can. */
export interface LogStatus {
  kind: LoggedStage['kind']
  api: string
  apiId: string
  stage: string
  level: LoggedStage['setting']['level']
  dataTrace: boolean
  /** Methods or routes with a setting of their own. */
  overrides: OverridingSetting[]
  /** ARN of where the access log goes. */
  accessLogArn?: string | undefined
  logGroup: string
  /** Undefined where the caller may not ask. */
  logGroupExists?: boolean | undefined
  storedBytes?: number | undefined
  /** Undefined for ever. */
  retentionDays?: number | undefined
  /** The role of the account that API Gateway logs with. */
  role: AccountRole
}

export interface StatusPorts {
  groups: LogGroupStore
  account: AccountStore
  roles: RoleStore
}

/**
 * What stages log, API by API: of one API or of all, of all names or of one.
 * @throws Problem missing for an API or, of a single API, a stage that is not there
 */
export async function logStatus(
  ports: StatusPorts & LoggedStageStores,
  only: StageRefs,
): Promise<{role: AccountRole; stages: AsyncIterable<LogStatus>}> {
  const role = await accountRole(ports.account, ports.roles)
  async function* stages(): AsyncGenerator<LogStatus> {
    let groups: Groups | undefined
    // All groups are asked for at once, but only when there is a stage.
    for await (const stage of loggedStages(ports, only)) {
      groups ??= await groupsBelow(
        ports.groups,
        only.api === undefined ? logGroupPrefixes() : logGroupPrefixes(stage.apiId),
      )
      yield statusOf(stage, groups, role)
    }
  }
  return {role, stages: stages()}
}

/** What one stage logs, as it is now. */
export async function currentStatus({groups, account, roles}: StatusPorts, stage: LoggedStage): Promise<LogStatus> {
  const [role, there] = await Promise.all([accountRole(account, roles), groupsBelow(groups, [stage.group])])
  return statusOf(stage, there, role)
}

/** By name; `denied` where the caller may not list them: the rest of the status is worth showing without. */
type Groups = ReadonlyMap<string, LogGroup> | 'denied'

async function groupsBelow(groups: LogGroupStore, prefixes: readonly string[]): Promise<Groups> {
  try {
    const found = await Promise.all(prefixes.map(prefix => collect(groups.list(prefix))))
    return new Map(found.flat().map(group => [group.name, group]))
  } catch (error) {
    if (error instanceof Problem && error.kind === 'denied') return 'denied'
    throw error
  }
}

function statusOf(stage: LoggedStage, groups: Groups, role: AccountRole): LogStatus {
  const group = groups === 'denied' ? undefined : groups.get(stage.group)
  return {
    kind: stage.kind,
    api: stage.api,
    apiId: stage.apiId,
    stage: stage.stage,
    ...stage.setting,
    overrides: stage.overrides,
    accessLogArn: stage.accessLogArn,
    logGroup: stage.group,
    logGroupExists: groups === 'denied' ? undefined : group !== undefined,
    storedBytes: group?.storedBytes,
    retentionDays: group?.retentionDays,
    role,
  }
}
