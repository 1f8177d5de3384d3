import * as Flags from '@oclif/core/flags'
import {addressesFrom} from '../domain/logs/filters/addresses.js'
import {methodsFrom, pathFrom, requestIdFrom} from '../domain/logs/filters/filter.js'
import {statusesFrom} from '../domain/logs/filters/statuses.js'
import type {SubjectRefs} from '../domain/logs/subject.js'
import type {Context} from './context.js'
import {underHeading} from './flags.js'
import {durationFlag} from './logs.js'

/** Which requests are wanted: those that all of these hold for. Read them with `subjectFrom`. */
export const filterFlags = underHeading('FILTER', {
  status: Flags.string({
    description: 'status: 404, 5xx, 500-503, or several: 5xx,404',
    helpValue: 'STATUS',
    multiple: true,
  }),
  method: Flags.string({description: 'method, or several: PUT,PATCH', helpValue: 'METHOD', multiple: true}),
  path: Flags.string({
    description: "resource, path that was asked for, or route; * stands for anything: '/orders/*'",
    helpValue: 'PATTERN',
  }),
  'min-latency': durationFlag({description: 'took at least that long: 250ms, 1s'}),
  key: Flags.string({
    description: 'API key, by name or id: it is known by the last six characters of its value',
    helpValue: 'KEY',
  }),
  ip: Flags.string({
    description:
      "client's address, or a range such as 203.0.113.0/24; self for your public IPv4 address, of which checkip.amazonaws.com is asked",
    helpValue: 'ADDRESS',
    multiple: true,
  }),
  errors: Flags.boolean({description: 'status 400 or more, or a failure that the log tells of'}),
  'request-id': Flags.string({
    description: 'request with this id, or its first eight characters, as often as wanted',
    helpValue: 'ID',
    multiple: true,
  }),
})

/** Which logs are meant. */
export const logFlags = {
  api: Flags.string({
    char: 'a',
    description: 'API, by name or id, as often as wanted (APIGW_API)',
    helpValue: 'API',
    multiple: true,
  }),
  stage: Flags.string({
    char: 's',
    description: 'stage, as often as wanted (APIGW_STAGE)',
    helpValue: 'STAGE',
    multiple: true,
  }),
  access: Flags.boolean({description: 'the access log instead of the execution log'}),
  'include-lambda': Flags.boolean({
    description: 'also what the Lambda functions that the deployed stage calls have written, with its request',
  }),
}

interface SubjectFlags {
  api?: string[] | undefined
  stage?: string[] | undefined
  access: boolean
  'include-lambda': boolean
  status?: string[] | undefined
  method?: string[] | undefined
  path?: string | undefined
  'min-latency'?: number | undefined
  key?: string | undefined
  ip?: string[] | undefined
  errors: boolean
  'request-id'?: string[] | undefined
}

/**
 * What the flags of `logFlags` and `filterFlags` ask for; of APIs and stages that were not named, those of the context.
 * @throws Problem usage
 */
export function subjectFrom(flags: SubjectFlags, context: Pick<Context, 'api' | 'stage'>): SubjectRefs {
  return {
    apis: flags.api ?? (context.api === undefined ? [] : [context.api]),
    stages: flags.stage ?? (context.stage === undefined ? [] : [context.stage]),
    kind: flags.access ? 'access' : 'execution',
    includesFunctions: flags['include-lambda'],
    filter: {
      statuses: flags.status?.flatMap(statusesFrom),
      methods: flags.method?.flatMap(methodsFrom),
      path: flags.path === undefined ? undefined : pathFrom(flags.path),
      minLatency: flags['min-latency'],
      key: flags.key,
      addresses: flags.ip?.map(text => (text === 'self' ? text : addressesFrom(text))),
      errors: flags.errors || undefined,
      requestIds: flags['request-id']?.map(requestIdFrom),
    },
  }
}
