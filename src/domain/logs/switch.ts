import {type AccountStore, planRole, type RoleStore, type RoleWish} from '../account.js'
import {collect} from '../apis.js'
import type {Plan} from '../plan.js'
import {Problem} from '../problem.js'
import {checkMethod, type RouteStore} from '../routes.js'
import type {Session} from '../session.js'
import {type Step, takeSteps} from '../steps.js'
import {type LogGroupStore, RETENTION_DAYS} from './groups.js'
import {executionGroupOf, type LoggedStage, type LogSetting} from './stages.js'

/** Switches the execution log of stages. */
export interface LogSwitch {
  /**
   * Sets level and data trace in one call: the service changes both or nothing.
   * @param methods each `*` for all, else a method as in `GET /pets/{id}` or a route
   * @returns the stage as it is then
   */
  set(stage: LoggedStage, methods: readonly string[], setting: LogSetting): Promise<LoggedStage>
}

/**
 * A method from what somebody wrote: `GET /pets/{id}`.
 * @throws Problem usage
 */
export function methodFrom(text: string): string {
  const [, verb, path] = /^(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)\s+(\/\S*)$/i.exec(text.trim()) ?? []
  if (verb && path) return `${verb.toUpperCase()} ${path}`
  throw new Problem('usage', `"${text}" is not a method.`, "Verb and path of the resource: 'GET /pets/{id}'")
}

export interface EnableWish extends LogSetting {
  /** `*` for all. */
  method: string
  /** Days that the log is kept. */
  retention?: number | undefined
  role: RoleWish
}

export interface EnablePlan extends Plan<LoggedStage> {
  /** To be agreed to first. */
  question?: string | undefined
}

export interface EnablePorts {
  account: AccountStore
  roles: RoleStore
  groups: LogGroupStore
  switch: LogSwitch
  routes: Pick<RouteStore, 'resources'>
}

type Watch = Pick<Session, 'clock' | 'signal' | 'maxWait' | 'notice'>

/**
 * What it takes for a stage to write its execution log: a role of the account that works, the retention that is wished
 * for, and last the setting of the stage.
 * @throws Problem as `planRole` does; missing for a method that the API does not have; usage for a retention that
 *   CloudWatch Logs does not have
 */
export async function planEnable(
  ports: EnablePorts,
  stage: LoggedStage,
  wish: EnableWish,
  watch: Watch,
): Promise<EnablePlan> {
  const group = executionGroupOf(stage)
  checkKind(stage, wish.method)
  await checkMethod(ports.routes, {id: stage.apiId, name: stage.api}, wish.method)
  const {retention} = wish
  if (retention !== undefined) checkRetention(retention)
  const role = await planRole(ports.account, ports.roles, wish.role, watch)
  const keeping = retention === undefined ? [] : await retentionSteps(ports.groups, group, retention)
  const setting = settingSteps(ports.switch, stage, [wish.method], wish)
  const steps = [...role.steps, ...keeping, ...setting.steps]
  return {
    changes: steps.map(({change}) => change),
    question: role.question,
    async apply() {
      if (wish.dataTrace) {
        watch.notice('Data trace logs requests and responses in full: bodies, and whatever is secret in them.')
      }
      await takeSteps(steps, watch.notice)
      if (steps.length > 0) watch.notice(`See it: apigw logs tail --api ${stage.apiId} --stage ${stage.stage} --follow`)
      return setting.result()
    },
  }
}

/** Level OFF and no data trace, for all methods and each that has settings of its own. The role is left alone. */
export function planDisable(
  logs: LogSwitch,
  stage: LoggedStage,
  method: string | undefined,
  notice: (text: string) => void,
): Plan<LoggedStage> {
  executionGroupOf(stage)
  if (method !== undefined) checkKind(stage, method)
  const methods = method === undefined ? ['*', ...stage.overrides.map(({method}) => method)] : [method]
  const {steps, result} = settingSteps(logs, stage, methods, {level: 'OFF', dataTrace: false})
  return {
    changes: steps.map(({change}) => change),
    async apply() {
      await takeSteps(steps, notice)
      return result()
    },
  }
}

/** @throws Problem usage */
function checkKind({kind, api}: LoggedStage, method: string): void {
  if (kind === 'REST' || method === '*') return
  throw new Problem('usage', `${api} is a WebSocket API: it has routes and no methods.`, 'Leave out --method.')
}

/** One step for those methods that do not log like that already, or none. */
function settingSteps(logs: LogSwitch, stage: LoggedStage, methods: readonly string[], {level, dataTrace}: LogSetting) {
  let result = stage
  const changed = methods.filter(method => !logsLike(stage, method, {level, dataTrace}))
  const scope = changed.map(method => (method === '*' ? 'all methods' : method)).join(', ')
  const detail = `execution log ${level}${dataTrace ? ' with data trace' : ''}, ${scope}`
  const step: Step = {
    change: {action: level === 'OFF' ? 'disable' : 'enable', kind: 'stage', name: stage.stage, detail},
    done: `stage ${stage.stage} of ${stage.api}: ${detail}`,
    run: async () => {
      result = await logs.set(stage, changed, {level, dataTrace})
    },
  }
  return {steps: changed.length > 0 ? [step] : [], result: () => result}
}

/** A method without a setting of its own logs like all: to set the same for it would pin it down. */
function logsLike({setting, overrides}: LoggedStage, method: string, wish: LogSetting): boolean {
  const now = overrides.find(own => own.method === method) ?? setting
  return now.level === wish.level && now.dataTrace === wish.dataTrace
}

/** @throws Problem usage */
function checkRetention(days: number): void {
  if ((RETENTION_DAYS as readonly number[]).includes(days)) return
  const hint = `One of ${RETENTION_DAYS.join(', ')}`
  throw new Problem('usage', `CloudWatch Logs cannot keep events for ${days} days.`, hint)
}

/** The group is there with the first line of the log: to set something on it before that, it has to be made. */
async function retentionSteps(groups: LogGroupStore, name: string, days: number): Promise<Step[]> {
  const found = (await collect(groups.list(name))).find(group => group.name === name)
  if (found?.retentionDays === days) return []
  const making: Step = {
    change: {action: 'create', kind: 'log group', name},
    done: `created log group ${name}`,
    run: () => groups.create(name),
  }
  const keeping: Step = {
    change: {action: 'update', kind: 'log group', name, detail: `keep events for ${days} days`},
    done: `log group ${name} keeps its events for ${days} days`,
    run: () => groups.setRetention(name, days),
  }
  return found ? [keeping] : [making, keeping]
}
