import * as Flags from '@oclif/core/flags'
import {Problem} from '../domain/problem.js'
import type {StageUpdate} from '../domain/stage-changes.js'
import {CACHE_SIZES, type MethodChanges} from '../domain/stages.js'
import {pairsFlag, recordOf} from './flags.js'

/** Settings that a stage can be made with and that can be changed later. */
export const stageSettingFlags = {
  description: Flags.string({char: 'd', description: 'what the stage is for', helpValue: 'TEXT'}),
  var: pairsFlag({description: 'set a stage variable; as often as wanted'}),
  tag: pairsFlag({description: 'set a tag; as often as wanted'}),
}

/** Settings of a stage that there is. */
export const stageUpdateFlags = {
  deployment: Flags.string({description: 'serve this deployment, or the latest', helpValue: 'ID|latest'}),
  ...stageSettingFlags,
  'unset-var': Flags.string({
    description: 'take a stage variable away; as often as wanted',
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
  }),
  untag: Flags.string({
    description: 'take a tag away; as often as wanted',
    helpValue: 'KEY',
    multiple: true,
    multipleNonGreedy: true,
  }),
  tracing: Flags.boolean({description: 'trace requests with X-Ray', allowNo: true}),
  'client-certificate': Flags.string({
    description: 'show this certificate to HTTP back ends',
    helpValue: 'ID|none',
  }),
  'cache-size': Flags.option({
    description: 'GB of the cache cluster, which is billed by the hour',
    options: [...CACHE_SIZES, 'off'] as const,
  })(),
  method: Flags.string({
    description: 'set the following for this method only, as in "GET /pets"',
    helpValue: 'METHOD PATH',
  }),
  'throttle-rate': Flags.string({description: 'requests a second', helpValue: 'NUMBER'}),
  'throttle-burst': Flags.integer({description: 'requests at once', helpValue: 'NUMBER', min: 0}),
  'no-throttle': Flags.boolean({
    description: 'no limit of its own: that of the account holds',
    exclusive: ['throttle-rate', 'throttle-burst'],
  }),
  metrics: Flags.boolean({description: 'metrics of each method in CloudWatch', allowNo: true}),
  caching: Flags.boolean({description: 'answer from the cache', allowNo: true}),
  'cache-ttl': Flags.integer({description: 'keep answers this long', helpValue: 'SECONDS', min: 0, max: 3600}),
  inherit: Flags.boolean({
    description: 'drop what is set for --method: what is set for all methods holds for it again',
    dependsOn: ['method'],
    exclusive: ['throttle-rate', 'throttle-burst', 'no-throttle', 'metrics', 'caching', 'cache-ttl'],
  }),
}

interface UpdateFlags {
  deployment?: string | undefined
  description?: string | undefined
  var?: Parameters<typeof recordOf>[0]
  tag?: Parameters<typeof recordOf>[0]
  'unset-var'?: string[] | undefined
  untag?: string[] | undefined
  tracing?: boolean | undefined
  'client-certificate'?: string | undefined
  'cache-size'?: StageUpdate['cacheSize']
  method?: string | undefined
  'throttle-rate'?: string | undefined
  'throttle-burst'?: number | undefined
  metrics?: boolean | undefined
  caching?: boolean | undefined
  'cache-ttl'?: number | undefined
  'no-throttle'?: boolean
  inherit?: boolean
}

/** What the flags ask for. @throws Problem usage when they ask for nothing, or for what cannot be */
export function stageUpdateFrom(flags: UpdateFlags): StageUpdate {
  const certificate = flags['client-certificate']
  const update: StageUpdate = {
    deployment: flags.deployment,
    description: flags.description,
    variables: flags.var && recordOf(flags.var),
    unsetVariables: flags['unset-var'],
    tags: flags.tag && recordOf(flags.tag),
    untag: flags.untag,
    tracing: flags.tracing,
    clientCertificateId: certificate === 'none' ? '' : certificate,
    cacheSize: flags['cache-size'],
    methodSettings: methodSettingsFrom(flags),
  }
  if (Object.values(update).some(wanted => wanted !== undefined)) return update
  throw new Problem('usage', 'Nothing to change was named.', 'See the settings with --help.')
}

function methodSettingsFrom(flags: UpdateFlags): MethodChanges | undefined {
  const unlimited = flags['no-throttle'] ? -1 : undefined
  const settings = {
    throttleRate: flags['throttle-rate'] === undefined ? unlimited : rateFrom(flags['throttle-rate']),
    throttleBurst: flags['throttle-burst'] ?? unlimited,
    metrics: flags.metrics,
    caching: flags.caching,
    cacheTtl: flags['cache-ttl'],
  }
  const isAsked = Object.values(settings).some(setting => setting !== undefined)
  if (isAsked) return {method: flags.method === undefined ? '*' : methodFrom(flags.method), ...settings}
  if (flags.method === undefined) return undefined
  if (flags.inherit) return {method: methodFrom(flags.method), inherit: true}
  const hint = 'Settings of one method: --throttle-rate, --throttle-burst, --metrics, --caching, --cache-ttl, --inherit'
  throw new Problem('usage', `Nothing to change on ${flags.method} was named.`, hint)
}

function rateFrom(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new Problem(
    'usage',
    `--throttle-rate "${text}" is not a number of requests a second.`,
    'For instance: 100, 0.5',
  )
}

/** `get /pets` is as good as `GET /pets`. */
function methodFrom(text: string): string {
  const [, method, path] = /^([a-z]+)\s+(\/\S*)$/i.exec(text.trim()) ?? []
  if (method && path) return `${method.toUpperCase()} ${path}`
  throw new Problem('usage', `--method "${text}" is not a method and a path.`, "For instance: --method 'GET /pets'")
}
