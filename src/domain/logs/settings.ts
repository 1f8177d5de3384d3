import type {AccessLog, LoggedStage, LogSetting} from './stages.js'

/** What is to become different about a stage's logs; what is left out stays as it is. */
export interface LogChanges {
  /** By method or route, `*` for all. Undefined takes a method's own setting away: that of all holds for it again. */
  settings?: readonly {method: string; setting: LogSetting | undefined}[]
  accessLog?: AccessLog | 'none'
}

/** Switches the logs of stages. */
export interface LogSwitch {
  /**
   * Makes the changes in one call where there is one for them: the service then makes all of them or none. To take an
   * access log away from a WebSocket or HTTP API is a call of its own.
   * @returns the stage as it is then
   */
  change(stage: LoggedStage, changes: LogChanges): Promise<LoggedStage>
}

/** What can be asked for by one word. */
export const LEVELS = ['error', 'info', 'full'] as const

/** @param level `full` is all that there is: bodies and headers as well */
export function settingFrom(level: (typeof LEVELS)[number]): LogSetting {
  return {level: level === 'error' ? 'ERROR' : 'INFO', dataTrace: level === 'full'}
}

export function settingText({level, dataTrace}: LogSetting): string {
  return `${level}${dataTrace ? ' with data trace' : ''}`
}

/** What a method has of its own, undefined for nothing; all methods together always have something. */
export function ownSetting({setting, overrides}: LoggedStage, method: string): LogSetting | undefined {
  if (method === '*') return setting
  const own = overrides.find(own => own.method === method)
  return own && {level: own.level, dataTrace: own.dataTrace}
}

export function isSameSetting(one: LogSetting | undefined, other: LogSetting | undefined): boolean {
  return one?.level === other?.level && one?.dataTrace === other?.dataTrace
}

export function accessLogOf({accessLogArn: arn, accessLogFormat: format = ''}: LoggedStage): AccessLog | undefined {
  return arn === undefined ? undefined : {arn, format}
}

export function isSameAccessLog(one: AccessLog | undefined, other: AccessLog | undefined): boolean {
  return one?.arn === other?.arn && one?.format === other?.format
}
