import {quoted} from '../../quoting.js'
import type {LoggedStage, LogSetting} from '../stages.js'
import type {RequestFilter} from './filter.js'

/** What a filter goes by, and where a log has it. */
interface Subject {
  flag: string
  what: string
  /** Whether execution logs of a setting have it. */
  isLogged: (setting: LogSetting, stage: LoggedStage) => boolean
  /** Variables of an access log, one of which it takes. */
  variables: readonly string[]
}

const withInfo = ({level}: LogSetting) => level === 'INFO'
const withTrace = ({level, dataTrace}: LogSetting) => level === 'INFO' && dataTrace

const SUBJECTS: Partial<Record<keyof RequestFilter, Subject>> = {
  statuses: {flag: '--status', what: 'the status', isLogged: () => true, variables: ['status']},
  methods: {flag: '--method', what: 'the method', isLogged: withInfo, variables: ['httpMethod']},
  path: {flag: '--path', what: 'the path', isLogged: withInfo, variables: ['path', 'resourcePath', 'routeKey']},
  minLatency: {flag: '--min-latency', what: 'how long it took', isLogged: withInfo, variables: ['responseLatency']},
  key: {flag: '--key', what: 'the API key', isLogged: withInfo, variables: ['identity.apiKey', 'identity.apiKeyId']},
  addresses: {
    flag: '--ip',
    what: "the client's address",
    // A WebSocket API has it in the log of the connection too.
    isLogged: (setting, {kind}) => withTrace(setting) || (kind === 'WebSocket' && withInfo(setting)),
    variables: ['identity.sourceIp'],
  },
}

/**
 * What the log of a stage, as it is set up now, cannot tell of a request although a filter goes by it: nothing would be
 * shown, and nobody would know why. A sentence for each.
 */
export function untold(filter: RequestFilter, stage: LoggedStage, kind: 'execution' | 'access'): string[] {
  const subjects = Object.entries(SUBJECTS).filter(([name]) => filter[name as keyof RequestFilter] !== undefined)
  return subjects.flatMap(([, subject]) => (kind === 'access' ? untoldByAccess : untoldByExecution)(subject, stage))
}

function untoldByExecution({flag, what, isLogged}: Subject, stage: LoggedStage): string[] {
  const settings = [stage.setting, ...stage.overrides].filter(({level}) => level !== 'OFF')
  if (settings.length === 0 || settings.some(setting => isLogged(setting, stage))) return []
  const isInfoEnough = isLogged({level: 'INFO', dataTrace: false}, stage)
  const command = `apigw logs enable --api ${stage.apiId} --stage ${quoted(stage.stage)}`
  return [
    `The execution log of ${stage.api}/${stage.stage} does not tell ${what}, as it is set up now: ${flag} finds nothing. Have it told: ${command} --level ${isInfoEnough ? 'info' : 'full'}`,
  ]
}

function untoldByAccess({flag, what, variables}: Subject, {api, stage, accessLogFormat = ''}: LoggedStage): string[] {
  if (variables.some(variable => accessLogFormat.includes(`context.${variable}`))) return []
  return [
    `The access log of ${api}/${stage} does not tell ${what}: ${flag} finds nothing. Its format would need $context.${variables[0]}`,
  ]
}
