import {type AccountStore, planRole, type RoleStore, type RoleWish} from '../account.js'
import type {Plan} from '../plan.js'
import {Problem} from '../problem.js'
import type {Session} from '../session.js'
import type {Stage} from '../stages.js'
import {type Step, takeSteps} from '../steps.js'
import {type LogGroupStore, RETENTION_DAYS, restLogGroup} from './groups.js'

export type LogLevel = 'OFF' | 'ERROR' | 'INFO'

export interface LogSetting {
  level: LogLevel
  /** Log requests and responses in full, bodies included. */
  dataTrace: boolean
}

/** Switches the execution log of stages. */
export interface LogSwitch {
  /**
   * Sets level and data trace in one call: the service changes both or nothing.
   * @param methods each `*` for all methods, else as in `GET /pets/{id}`
   */
  set(apiId: string, stage: string, methods: readonly string[], setting: LogSetting): Promise<Stage>
}

/** What a stage logs, of all methods or of one; a method without settings of its own logs like all. */
export function settingOf(stage: Stage, method = '*'): LogSetting {
  const settings =
    stage.methodSettings.find(settings => settings.method === method) ??
    stage.methodSettings.find(settings => settings.method === '*')
  return {level: (settings?.loggingLevel ?? 'OFF') as LogLevel, dataTrace: settings?.dataTrace ?? false}
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
  method: string
  /** Days that the log is kept. */
  retention?: number | undefined
  role: RoleWish
}

export interface EnablePlan extends Plan<Stage> {
  /** To be agreed to first. */
  question?: string | undefined
}

export interface EnablePorts {
  account: AccountStore
  roles: RoleStore
  groups: LogGroupStore
  switch: LogSwitch
}

type Watch = Pick<Session, 'clock' | 'signal' | 'maxWait' | 'notice'>

/**
 * What it takes for a stage to write its execution log: a role of the account that works, the retention that is wished
 * for, and last the setting of the stage.
 * @throws Problem as `planRole` does; usage for a retention that CloudWatch Logs does not have
 */
export async function planEnable(
  ports: EnablePorts,
  api: {id: string; name: string},
  stage: Stage,
  wish: EnableWish,
  watch: Watch,
): Promise<EnablePlan> {
  if (wish.retention !== undefined) checkRetention(wish.retention)
  const role = await planRole(ports.account, ports.roles, wish.role, watch)
  const steps = [...role.steps]
  if (wish.retention !== undefined) {
    steps.push(...(await retentionSteps(ports.groups, restLogGroup(api.id, stage.name), wish.retention)))
  }
  let result = stage
  if (!isSet(stage, wish.method, wish)) {
    steps.push(
      settingStep(api, stage, [wish.method], wish, async () => {
        result = await ports.switch.set(api.id, stage.name, [wish.method], wish)
      }),
    )
  }
  return {
    changes: steps.map(({change}) => change),
    question: role.question,
    async apply() {
      if (wish.dataTrace) {
        watch.notice('Data trace logs requests and responses in full: bodies, and whatever is secret in them.')
      }
      await takeSteps(steps, watch.notice)
      return result
    },
  }
}

/** Level OFF and no data trace, for all methods and each that has settings of its own. The role is left alone. */
export function planDisable(
  logs: LogSwitch,
  api: {id: string; name: string},
  stage: Stage,
  method: string | undefined,
  notice: (text: string) => void,
): Plan<Stage> {
  const off = {level: 'OFF', dataTrace: false} as const
  const methods = (method === undefined ? ['*', ...loggingMethods(stage)] : [method]).filter(
    method => !isSet(stage, method, off),
  )
  let result = stage
  const step = settingStep(api, stage, methods, off, async () => {
    result = await logs.set(api.id, stage.name, methods, off)
  })
  const steps = methods.length > 0 ? [step] : []
  return {
    changes: steps.map(({change}) => change),
    async apply() {
      await takeSteps(steps, notice)
      return result
    },
  }
}

/** The methods that have settings of their own and log. */
function loggingMethods(stage: Stage): string[] {
  return stage.methodSettings
    .filter(({method, loggingLevel = 'OFF', dataTrace}) => method !== '*' && (loggingLevel !== 'OFF' || dataTrace))
    .map(({method}) => method)
}

/** A method without settings of its own logs like all: to set the same for it would pin it down. */
function isSet(stage: Stage, method: string, {level, dataTrace}: LogSetting): boolean {
  const now = settingOf(stage, method)
  return now.level === level && now.dataTrace === dataTrace
}

function settingStep(
  api: {name: string},
  stage: Stage,
  methods: readonly string[],
  {level, dataTrace}: LogSetting,
  run: () => Promise<void>,
): Step {
  const scope = methods.map(method => (method === '*' ? 'all methods' : method)).join(', ')
  const setting = `execution log ${level}${dataTrace ? ' with data trace' : ''}, ${scope}`
  return {
    change: {action: level === 'OFF' ? 'disable' : 'enable', kind: 'stage', name: stage.name, detail: setting},
    done: `stage ${stage.name} of ${api.name}: ${setting}`,
    run,
  }
}

/** @throws Problem usage */
function checkRetention(days: number): void {
  if ((RETENTION_DAYS as readonly number[]).includes(days)) return
  throw new Problem(
    'usage',
    `CloudWatch Logs cannot keep events for ${days} days.`,
    `One of ${RETENTION_DAYS.join(', ')}`,
  )
}

async function retentionSteps(groups: LogGroupStore, name: string, days: number): Promise<Step[]> {
  for await (const group of groups.list(name)) if (group.name === name && group.retentionDays === days) return []
  return [
    {
      change: {action: 'update', kind: 'log group', name, detail: `keep events for ${days} days`},
      done: `log group ${name} keeps its events for ${days} days`,
      run: () => groups.setRetention(name, days),
    },
  ]
}
