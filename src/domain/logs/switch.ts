import {type AccountStore, planRole, type RoleStore, type RoleWish} from '../account.js'
import {duration} from '../duration.js'
import type {Plan} from '../plan.js'
import {Problem, unlessRefused} from '../problem.js'
import {quoted} from '../quoting.js'
import {checkMethod, type RouteStore} from '../routes.js'
import type {Session} from '../session.js'
import {type Step, takeSteps} from '../steps.js'
import {accessGroup, destinationOf} from './access-destination.js'
import {accessFormatFrom, accessFormatName, accessFormatWarnings} from './access-presets.js'
import type {LogGroupStore} from './groups.js'
import {checkNotLent, type Loan, type LoanStore, type Place} from './loan.js'
import {costOf} from './prices.js'
import {type Retention, retentionSteps} from './retention.js'
import {
  accessLogOf,
  isSameAccessLog,
  isSameSetting,
  type LogChanges,
  type LogSwitch,
  ownSetting,
  settingText,
} from './settings.js'
import type {AccessLog, LoggedStage, LogSetting} from './stages.js'

/**
 * A method from what somebody wrote: `GET /pets/{id}`.
 * @throws Problem usage
 */
export function methodFrom(text: string): string {
  const [, verb, path] = /^(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)\s+(\/\S*)$/i.exec(text.trim()) ?? []
  if (verb && path) return `${verb.toUpperCase()} ${path}`
  throw new Problem('usage', `"${text}" is not a method.`, "Verb and path of the resource: 'GET /pets/{id}'")
}

export interface EnableWish {
  /** Of the execution log; undefined leaves it as it is. */
  setting?: LogSetting | undefined
  /** Whose execution log: `*` for all. */
  method: string
  /** A preset's name or a format; undefined leaves the access log as it is. */
  accessLog?: string | undefined
  /** Where the access log goes: name or ARN of a group, or ARN of a Firehose stream. */
  accessLogTo?: string | undefined
  /** How long the logs that are wished for are kept. */
  retention?: Retention | undefined
  role: RoleWish
  /** Milliseconds after which all is to be as before; undefined for good. */
  duration?: number | undefined
}

export interface EnablePlan extends Plan<LoggedStage> {
  /** To be agreed to first. */
  question?: string | undefined
  /** What has to be undone, once it was set for a while. */
  loan(): Loan | undefined
}

export interface EnablePorts {
  account: AccountStore
  roles: RoleStore
  groups: LogGroupStore
  switch: LogSwitch
  routes: Pick<RouteStore, 'resources'>
  loans: LoanStore
  place: Place
}

type Watch = Pick<Session, 'clock' | 'signal' | 'maxWait' | 'notice'>

/**
 * What it takes for a stage to write its logs: a role of the account that works, groups, how long they are kept, and last
 * the settings of the stage, in one call.
 * @throws Problem as `planRole` does; usage for what the kind of the API does not have, for a format or a group that
 *   cannot be; missing for a method that the API does not have; conflict when the stage logs for a while already
 */
export async function planEnable(
  ports: EnablePorts,
  stage: LoggedStage,
  wish: EnableWish,
  watch: Watch,
): Promise<EnablePlan> {
  const {setting, method, retention} = wish
  if (setting) await checkExecution(ports, stage, method)
  const format = wish.accessLog === undefined ? undefined : accessFormatFrom(wish.accessLog, stage.kind)
  const destination = format === undefined ? undefined : destinationOf(stage, wish.accessLogTo)
  const loans = ports.loans.list()
  // Notes that cannot be read are in the way only of who wants to add one.
  checkNotLent(await (wish.duration === undefined ? unlessRefused(loans, []) : loans), ports.place, stage)
  const needsRole = stage.kind !== 'HTTP' && (setting || destination?.group !== undefined)
  const role = needsRole ? await planRole(ports.account, ports.roles, wish.role, watch) : {steps: []}
  const executionGroups = setting && retention !== undefined ? [stage.group, stage.canaryGroup] : []
  const keeping: Step[] = []
  for (const group of executionGroups) {
    if (group !== undefined) keeping.push(...(await retentionSteps(ports.groups, group, retention as Retention)))
  }
  const access = destination && (await accessGroup(ports.groups, destination, retention))
  const settled = settling(ports, stage, {setting, method, format}, access?.arn, wish.duration, watch)
  const steps = [...role.steps, ...keeping, ...(access?.steps ?? []), ...settled.steps]
  return {
    changes: steps.map(({change}) => change),
    question: role.question,
    loan: settled.loan,
    async apply() {
      if (settled.steps.length > 0) for (const text of remarks(stage, setting, format)) watch.notice(text)
      await takeSteps(steps, watch.notice)
      if (steps.length > 0)
        watch.notice(`See it: apigw logs tail${setting ? '' : ' --access'} ${where(stage)} --follow`)
      return settled.result()
    },
  }
}

const where = ({apiId, stage}: LoggedStage) => `--api ${apiId} --stage ${quoted(stage)}`

/** @throws Problem usage, missing */
async function checkExecution(ports: Pick<EnablePorts, 'routes'>, stage: LoggedStage, method: string): Promise<void> {
  const hint = `Switch its access log on: apigw logs enable --access-log json ${where(stage)}`
  checkHasExecutionLog(stage, hint)
  checkKind(stage, method)
  await checkMethod(ports.routes, {id: stage.apiId, name: stage.api}, method)
}

/** @throws Problem usage */
function checkHasExecutionLog({kind, api}: LoggedStage, hint: string): void {
  if (kind !== 'HTTP') return
  throw new Problem('usage', `${api} is an HTTP API: it has access logs and no execution log.`, hint)
}

/** @throws Problem usage */
function checkKind({kind, api}: LoggedStage, method: string): void {
  if (kind === 'REST' || method === '*') return
  throw new Problem('usage', `${api} is a WebSocket API: it has routes and no methods.`, 'Leave out --method.')
}

/** What should be known before it is done. */
function remarks(stage: LoggedStage, setting: LogSetting | undefined, format: string | undefined): string[] {
  const cost = costOf({setting, access: format !== undefined})
  return [
    ...(setting?.dataTrace ? [DATA_TRACE] : []),
    ...(format === undefined ? [] : accessFormatWarnings(format, stage.kind)),
    ...(cost === undefined ? [] : [cost]),
  ]
}

const DATA_TRACE = 'Data trace logs requests and responses in full: headers, bodies, and whatever is secret in them.'

/** One step for what is not so already, or none. What is set for a while is noted down before. */
function settling(
  ports: Pick<EnablePorts, 'switch' | 'loans' | 'place'>,
  stage: LoggedStage,
  {setting, method, format}: {setting: LogSetting | undefined; method: string; format: string | undefined},
  arn: (() => string | undefined) | undefined,
  time: number | undefined,
  {clock}: Watch,
) {
  let result = stage
  let loan: Loan | undefined
  const isSet = !setting || logsLike(stage, method, setting)
  const accessNow = accessLogOf(stage)
  const accessLog = (): AccessLog | undefined => (format === undefined ? undefined : {arn: arn?.() ?? '', format})
  const isWritten = format === undefined || isSameAccessLog(accessNow, accessLog())
  const details = [
    ...(setting && !isSet ? [executionDetail([method], setting)] : []),
    ...(format !== undefined && !isWritten ? [`access log ${accessFormatName(format, stage.kind)}`] : []),
    ...(time === undefined ? [] : [`for ${duration(time)}`]),
  ]
  const step: Step = {
    change: {action: 'enable', kind: 'stage', name: stage.stage, detail: details.join('; ')},
    done: `stage ${stage.stage} of ${stage.api}: ${details.join('; ')}`,
    run: async () => {
      const changes: LogChanges = {}
      if (setting && !isSet) changes.settings = [{method, setting}]
      const set = isWritten ? undefined : accessLog()
      if (set) changes.accessLog = set
      if (time !== undefined) {
        const lent: Loan = {
          ...ports.place,
          kind: stage.kind,
          apiId: stage.apiId,
          api: stage.api,
          stage: stage.stage,
          until: new Date(clock.now() + time),
          settings: setting && !isSet ? [{method, before: ownSetting(stage, method), set: setting}] : [],
          accessLog: set && {before: accessNow, set},
        }
        await ports.loans.add(lent)
        loan = lent
      }
      result = await ports.switch.change(stage, changes)
    },
  }
  return {steps: isSet && isWritten ? [] : [step], result: () => result, loan: () => loan}
}

/** A method without a setting of its own logs like all: to set the same for it would pin it down. */
function logsLike(stage: LoggedStage, method: string, wish: LogSetting): boolean {
  return isSameSetting(ownSetting(stage, method) ?? stage.setting, wish)
}

function executionDetail(methods: readonly string[], setting: LogSetting): string {
  const scope = methods.map(method => (method === '*' ? 'all methods' : method)).join(', ')
  return `execution log ${settingText(setting)}, ${scope}`
}

export interface DisableWish {
  /** Of the execution log; undefined for all. */
  method?: string | undefined
  /** The access log instead of the execution log. */
  accessLog: boolean
}

/**
 * Stops the execution log of all methods and of each that has settings of its own, or the access log. The role, the
 * groups and what was logged stay.
 * @throws Problem usage for what the kind of the API does not have, missing for a method that it does not have
 */
export async function planDisable(
  ports: Pick<EnablePorts, 'switch' | 'routes'>,
  stage: LoggedStage,
  wish: DisableWish,
  notice: (text: string) => void,
): Promise<Plan<LoggedStage>> {
  const {changes, detail} = wish.accessLog ? accessLogOff(stage) : executionLogOff(stage, wish.method)
  // A method that was removed may still have its setting on the stage, and still be live there.
  if (wish.method !== undefined && !ownSetting(stage, wish.method)) {
    await checkMethod(ports.routes, {id: stage.apiId, name: stage.api}, wish.method)
  }
  const step: Step = {
    change: {action: 'disable', kind: 'stage', name: stage.stage, detail},
    done: `stage ${stage.stage} of ${stage.api}: ${detail}`,
    run: async () => {
      stage = await ports.switch.change(stage, changes)
    },
  }
  const steps = Object.keys(changes).length > 0 ? [step] : []
  return {
    changes: steps.map(({change}) => change),
    async apply() {
      await takeSteps(steps, notice)
      return stage
    },
  }
}

const OFF: LogSetting = {level: 'OFF', dataTrace: false}

function executionLogOff(stage: LoggedStage, method: string | undefined): {changes: LogChanges; detail: string} {
  checkHasExecutionLog(stage, `Switch its access log off: apigw logs disable --access-log ${where(stage)}`)
  if (method !== undefined) checkKind(stage, method)
  const methods = method === undefined ? ['*', ...stage.overrides.map(({method}) => method)] : [method]
  const logging = methods.filter(method => !logsLike(stage, method, OFF))
  const settings = logging.map(method => ({method, setting: OFF}))
  return {changes: settings.length > 0 ? {settings} : {}, detail: executionDetail(logging, OFF)}
}

function accessLogOff(stage: LoggedStage): {changes: LogChanges; detail: string} {
  return {changes: stage.accessLogArn === undefined ? {} : {accessLog: 'none'}, detail: 'access log off'}
}
