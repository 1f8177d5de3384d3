import {type AccountRole, type AccountStore, accountRole, type RoleStore} from '../account.js'
import {type ApiStore, collect} from '../apis.js'
import {findNamed} from '../choice.js'
import {Problem} from '../problem.js'
import {type Stage, type StageStore, stageNamed} from '../stages.js'
import {type LogGroup, type LogGroupStore, restLogGroup, restLogGroups} from './groups.js'
import {type LogSetting, settingOf} from './switch.js'

/** What a stage logs, where to, and whether it can. */
export interface LogStatus extends LogSetting {
  api: string
  apiId: string
  stage: string
  /** Methods with a setting of their own that differs. */
  methods: ({method: string} & LogSetting)[]
  /** ARN of where the access log goes. */
  accessLogArn?: string | undefined
  /** Name of the log group, which is there only once something was logged. */
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
  apis: Pick<ApiStore, 'list'>
  stages: Pick<StageStore, 'list'>
  groups: LogGroupStore
  account: AccountStore
  roles: RoleStore
}

/**
 * What stages log, API by API: of one API or of all, of all their stages or of those with one name.
 * @throws Problem missing for an API or, of a single API, a stage that is not there
 */
export async function logStatus(
  {apis, stages, groups, account, roles}: StatusPorts,
  only: {api?: string | undefined; stage?: string | undefined},
): Promise<{role: AccountRole; stages: AsyncIterable<LogStatus>}> {
  const all = await collect(apis.list())
  const api = only.api === undefined ? undefined : findNamed(all, only.api, 'API')
  const role = await accountRole(account, roles)
  const there = await groupsBelow(groups, restLogGroups(api?.id))
  async function* each(): AsyncGenerator<LogStatus> {
    for (const {id, name} of api ? [api] : all) {
      for (const stage of await chosen(id)) {
        yield statusOf({id, name}, stage, there, role)
      }
    }
  }
  async function chosen(apiId: string): Promise<Stage[]> {
    const found = await stages.list(apiId)
    if (only.stage === undefined) return found
    if (api) return [stageNamed(found, only.stage)]
    return found.filter(({name}) => name === only.stage)
  }
  return {role, stages: each()}
}

/** What one stage logs, as it is now. */
export async function currentStatus(
  {groups, account, roles}: Pick<StatusPorts, 'groups' | 'account' | 'roles'>,
  api: {id: string; name: string},
  stage: Stage,
): Promise<LogStatus> {
  const below = restLogGroup(api.id, stage.name)
  const [role, there] = await Promise.all([accountRole(account, roles), groupsBelow(groups, below)])
  return statusOf(api, stage, there, role)
}

type Groups = ReadonlyMap<string, LogGroup>

/** @returns undefined where the caller may not list log groups: the rest of the status is worth showing without them */
async function groupsBelow(groups: LogGroupStore, prefix: string): Promise<Groups | undefined> {
  try {
    return new Map((await collect(groups.list(prefix))).map(group => [group.name, group]))
  } catch (error) {
    if (error instanceof Problem && error.kind === 'denied') return undefined
    throw error
  }
}

function statusOf(
  api: {id: string; name: string},
  stage: Stage,
  there: Groups | undefined,
  role: AccountRole,
): LogStatus {
  const all = settingOf(stage)
  const logGroup = restLogGroup(api.id, stage.name)
  const group = there?.get(logGroup)
  return {
    api: api.name,
    apiId: api.id,
    stage: stage.name,
    ...all,
    methods: stage.methodSettings
      .filter(({method}) => method !== '*')
      .map(({method}) => ({method, ...settingOf(stage, method)}))
      .filter(own => own.level !== all.level || own.dataTrace !== all.dataTrace),
    accessLogArn: stage.accessLog?.destinationArn,
    logGroup,
    logGroupExists: there && group !== undefined,
    storedBytes: group?.storedBytes,
    retentionDays: group?.retentionDays,
    role,
  }
}
