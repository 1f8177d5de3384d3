import * as Flags from '@oclif/core/flags'
import {durationFrom} from '../domain/duration.js'
import {type Retention, retentionFrom} from '../domain/logs/retention.js'
import {LEVELS, settingFrom} from '../domain/logs/settings.js'
import {type EnableWish, methodFrom} from '../domain/logs/switch.js'
import {Problem} from '../domain/problem.js'

/** One method of a stage. */
export const methodFlag = {
  method: Flags.string({
    description: 'for this method only',
    helpValue: "'GET /pets'",
    parse: async text => methodFrom(text),
  }),
}

/** What to do about the role that API Gateway logs with. */
export const roleFlags = {
  repair: Flags.boolean({
    description: 'mend the role that API Gateway logs with; without other flags nothing but that',
    exclusive: ['create-role', 'role-arn'],
  }),
  'create-role': Flags.boolean({
    description: 'make a CloudWatch role for the account if it needs one',
    exclusive: ['role-arn'],
  }),
  'role-name': Flags.string({
    description: 'name of the role to make',
    default: 'apigw-cloudwatch-logs',
    helpValue: 'NAME',
  }),
  'role-arn': Flags.string({description: 'have the account log with this role', helpValue: 'ARN'}),
  force: Flags.boolean({
    description: 'replace a role of the account that works',
    relationships: [{type: 'some', flags: ['create-role', 'role-arn']}],
  }),
}

/** The longest time that a process is expected to live. */
const LONGEST = durationFrom('7d')

/** What a stage is to log. */
export const enableFlags = {
  level: Flags.option({
    description: 'failures only, the steps of every request, or all that is sent and received as well [default: info]',
    options: LEVELS,
  })(),
  ...methodFlag,
  'access-log': Flags.string({
    description: 'write an access log: json, clf, csv, xml or a format of your own; alone it leaves the level as it is',
    helpValue: 'FORMAT',
  }),
  'access-log-group': Flags.string({
    description: 'where the access log goes: a group, which is made if need be, or the ARN of a Firehose stream',
    helpValue: 'NAME|ARN',
    dependsOn: ['access-log'],
  }),
  retention: Flags.custom<Retention>({
    description: 'keep these logs so long: 14d, 2w, forever (for ever if never set)',
    helpValue: 'TIME',
    parse: async text => retentionFrom(text),
  })(),
  for: Flags.custom<number>({
    description: 'only that long, then as before; also after Ctrl-C',
    helpValue: '30m',
    parse: async text => timeFrom(text),
  })(),
}

/** @throws Problem usage */
function timeFrom(text: string): number {
  const time = durationFrom(text)
  if (time > 0 && time <= LONGEST) return time
  const [length, hint] = time > 0 ? ['long', 'At most 7d'] : ['short', 'Such as 30m']
  throw new Problem('usage', `${text} is too ${length} a while.`, hint)
}

interface EnableFlags {
  level?: (typeof LEVELS)[number] | undefined
  method?: string | undefined
  'access-log'?: string | undefined
  'access-log-group'?: string | undefined
  retention?: Retention | undefined
  for?: number | undefined
  repair: boolean
  'create-role': boolean
  'role-name': string
  'role-arn'?: string | undefined
  force: boolean
}

/** What the flags ask for. Without a word of what is to be logged that is the execution log, at level info. */
export function enableWishFrom(flags: EnableFlags): EnableWish {
  const {level, method = '*', 'access-log': accessLog, 'access-log-group': accessLogTo, retention} = flags
  const isExecution = level !== undefined || flags.method !== undefined || accessLog === undefined
  return {
    setting: isExecution ? settingFrom(level ?? 'info') : undefined,
    method,
    accessLog,
    accessLogTo,
    retention,
    duration: flags.for,
    role: {
      arn: flags['role-arn'],
      name: flags['role-name'],
      create: flags['create-role'] || flags.repair,
      force: flags.force,
    },
  }
}

/** Whether the role is to be mended and nothing else: then no stage is needed. */
export function isRepairOnly(flags: EnableFlags): boolean {
  const others = [flags.level, flags.method, flags['access-log'], flags.retention, flags.for]
  return flags.repair && others.every(flag => flag === undefined)
}
