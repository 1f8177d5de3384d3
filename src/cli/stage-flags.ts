import * as Flags from '@oclif/core/flags'
import {Problem} from '../domain/problem.js'
import type {StageUpdate} from '../domain/stage-changes.js'
import {CACHE_SIZES, type MethodChanges, mergedByMethod} from '../domain/stages.js'
import {pairsFlag, recordOf} from './flags.js'
import {inputName} from './input.js'

/** Settings that a stage can be made with and that can be changed later. */
export const stageSettingFlags = {
  description: Flags.string({char: 'd', description: 'what the stage is for', helpValue: 'TEXT'}),
  var: pairsFlag({description: 'set a stage variable; as often as wanted'}),
  'vars-file': Flags.string({
    description: 'set the variables of a file with lines of NAME=VALUE, or - for stdin',
    helpValue: 'FILE',
  }),
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
  'documentation-version': Flags.string({
    description: 'publish this version of the documentation',
    helpValue: 'VERSION|none',
  }),
  'web-acl': Flags.string({description: 'put this web ACL of AWS WAF in front of it', helpValue: 'ARN|none'}),
  'cache-size': Flags.option({
    description: 'GB of the cache cluster, which is billed by the hour; another size empties it',
    options: [...CACHE_SIZES, 'off'] as const,
  })(),
  throttle: Flags.string({
    description: 'requests a second and at once, of all methods or of one; off: those of the account',
    helpValue: '[METHOD PATH=]RATE/BURST|off',
    multiple: true,
    multipleNonGreedy: true,
    exclusive: ['method', 'throttle-rate', 'throttle-burst', 'no-throttle'],
  }),
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
  'cache-encryption': Flags.boolean({description: 'encrypt what is in the cache', allowNo: true}),
  'cache-refresh': Flags.option({
    description:
      'who gets a fresh answer with "Cache-Control: max-age=0": anyone, or whoever has execute-api:InvalidateCache; ' +
      'the others get a 403 (deny), the kept answer with a warning (warn) or without (ignore)',
    options: ['anyone', 'deny', 'warn', 'ignore'] as const,
  })(),
  inherit: Flags.boolean({
    description: 'drop what is set for --method: what is set for all methods holds for it again',
    dependsOn: ['method'],
    exclusive: [
      ...['throttle-rate', 'throttle-burst', 'no-throttle', 'metrics'],
      ...['caching', 'cache-ttl', 'cache-encryption', 'cache-refresh'],
    ],
  }),
}

type Pairs = Parameters<typeof recordOf>[0]

interface UpdateFlags extends VariableFlags {
  deployment?: string | undefined
  description?: string | undefined
  tag?: Pairs
  'unset-var'?: string[] | undefined
  untag?: string[] | undefined
  tracing?: boolean | undefined
  'client-certificate'?: string | undefined
  'documentation-version'?: string | undefined
  'web-acl'?: string | undefined
  'cache-size'?: StageUpdate['cacheSize']
  throttle?: string[] | undefined
  method?: string | undefined
  'throttle-rate'?: string | undefined
  'throttle-burst'?: number | undefined
  metrics?: boolean | undefined
  caching?: boolean | undefined
  'cache-ttl'?: number | undefined
  'cache-encryption'?: boolean | undefined
  'cache-refresh'?: keyof typeof REFRESHES | undefined
  'no-throttle'?: boolean
  inherit?: boolean
}

type ReadInput = (file: string, limit: number) => Promise<Buffer>

/**
 * What the flags ask for. A file of variables is read, before any call is made.
 * @throws Problem usage when they ask for nothing, or for what cannot be
 */
export async function stageUpdateFrom(flags: UpdateFlags, readInput: ReadInput): Promise<StageUpdate> {
  const update: StageUpdate = {
    deployment: flags.deployment,
    description: flags.description,
    variables: await variablesFrom(flags, readInput),
    unsetVariables: flags['unset-var'],
    tags: flags.tag && recordOf(flags.tag),
    untag: flags.untag,
    tracing: flags.tracing,
    clientCertificateId: unlessNone(flags['client-certificate']),
    documentationVersion: unlessNone(flags['documentation-version']),
    webAclArn: unlessNone(flags['web-acl']),
    cacheSize: flags['cache-size'],
    methodSettings: methodSettingsFrom(flags),
  }
  if (Object.values(update).some(wanted => wanted !== undefined)) return update
  throw new Problem('usage', 'Nothing to change was named.', 'See the settings with --help.')
}

const unlessNone = (ref: string | undefined) => (ref === 'none' ? '' : ref)

interface VariableFlags {
  var?: Pairs
  'vars-file'?: string | undefined
}

/** Many times what a hundred variables can take. */
const LARGEST_FILE = 1024 * 1024

/**
 * The variables that flags set: those of the file, and over them those that were named one by one.
 * @returns undefined where none are
 * @throws Problem usage for a file with other lines than NAME=VALUE; empty ones and those that begin with # do not count
 */
export async function variablesFrom(
  {var: pairs, 'vars-file': file}: VariableFlags,
  readInput: ReadInput,
): Promise<Record<string, string> | undefined> {
  if (file === undefined) return pairs && recordOf(pairs)
  const lines = (await readInput(file, LARGEST_FILE)).toString('utf8').split(/\r?\n/)
  const entries = lines.flatMap((line, i): [string, string][] => {
    if (/^\s*(#|$)/.test(line)) return []
    const [, name, value] = /^\s*(\w+)=(.*?)\s*$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) return [[name, value]]
    throw new Problem('usage', `Line ${i + 1} of ${inputName(file)} is not of the form NAME=VALUE.`)
  })
  return {...Object.fromEntries(entries), ...recordOf(pairs)}
}

function methodSettingsFrom(flags: UpdateFlags): readonly MethodChanges[] | undefined {
  const unlimited = flags['no-throttle'] ? -1 : undefined
  const settings = {
    throttleRate: flags['throttle-rate'] === undefined ? unlimited : rateFrom(flags['throttle-rate']),
    throttleBurst: flags['throttle-burst'] ?? unlimited,
    metrics: flags.metrics,
    caching: flags.caching,
    cacheTtl: flags['cache-ttl'],
    cacheEncrypted: flags['cache-encryption'],
    ...(flags['cache-refresh'] && REFRESHES[flags['cache-refresh']]),
  }
  const throttles = (flags.throttle ?? []).map(throttleFrom)
  const isAsked = Object.values(settings).some(setting => setting !== undefined)
  if (isAsked) {
    return mergedByMethod([
      {method: flags.method === undefined ? '*' : methodFrom(flags.method), ...settings},
      ...throttles,
    ])
  }
  if (flags.method === undefined) return throttles.length > 0 ? mergedByMethod(throttles) : undefined
  if (flags.inherit) return [{method: methodFrom(flags.method), inherit: true}]
  const hint =
    'Settings of one method: --throttle-rate, --throttle-burst, --metrics, --caching, --cache-ttl, --cache-encryption, ' +
    '--cache-refresh, --inherit'
  throw new Problem('usage', `Nothing to change on ${flags.method} was named.`, hint)
}

const REFRESHES = {
  anyone: {cacheControlAuthorized: false},
  deny: {cacheControlAuthorized: true, unauthorizedCacheControl: 'FAIL_WITH_403'},
  warn: {cacheControlAuthorized: true, unauthorizedCacheControl: 'SUCCEED_WITH_RESPONSE_HEADER'},
  ignore: {cacheControlAuthorized: true, unauthorizedCacheControl: 'SUCCEED_WITHOUT_RESPONSE_HEADER'},
} as const

function rateFrom(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new Problem(
    'usage',
    `--throttle-rate "${text}" is not a number of requests a second.`,
    'For instance: 100, 0.5',
  )
}

/** `100/200`, `off`, or one of them for a single method: `GET /pets=5/10`. A path has no `=`. */
function throttleFrom(text: string): MethodChanges {
  const cut = text.lastIndexOf('=')
  const method = cut < 0 ? '*' : methodFrom(text.slice(0, cut), '--throttle')
  const limits = text.slice(cut + 1).trim()
  if (limits === 'off') return {method, throttleRate: -1, throttleBurst: -1}
  const [, rate, burst] = /^(\d+(?:\.\d+)?)\/(\d{1,9})$/.exec(limits) ?? []
  if (rate !== undefined) return {method, throttleRate: Number(rate), throttleBurst: Number(burst)}
  const hint = "For instance: --throttle 100/200, --throttle 'GET /pets=5/10', --throttle off"
  throw new Problem('usage', `--throttle "${text}" is not requests a second and at once.`, hint)
}

/** `get /pets` is as good as `GET /pets`. */
function methodFrom(text: string, flag = '--method'): string {
  const [, method, path] = /^([a-z]+)\s+(\/\S*)$/i.exec(text.trim()) ?? []
  if (method && path) return `${method.toUpperCase()} ${path}`
  const hint = flag === '--method' ? "For instance: --method 'GET /pets'" : "For instance: --throttle 'GET /pets=5/10'"
  throw new Problem('usage', `${flag} "${text}" is not a method and a path.`, hint)
}
