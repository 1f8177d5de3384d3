import * as Flags from '@oclif/core/flags'
import {type Bake, checkLimits} from '../domain/canary/bake.js'
import {percentFrom} from '../domain/canary/canary.js'
import {durationFrom} from '../domain/duration.js'
import {Problem} from '../domain/problem.js'
import type {CanaryChanges} from '../domain/stages.js'
import {recordOf, underHeading} from './flags.js'
import {durationFlag} from './logs.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Percent of the requests. */
export const percentFlag = Flags.custom<number, {flag: string}>({
  helpValue: 'PERCENT',
  parse: async (text, _, {flag}) => percentFrom(text, flag),
})

/** Milliseconds: `800ms`, `2s`. */
const latencyFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async text => {
    const milliseconds = durationFrom(text)
    if (milliseconds > 0) return milliseconds
    throw new Problem('usage', `--max-p99 ${text}: every request takes longer.`, 'Such as 800ms or 2s')
  },
})

/** What a canary is held against before it is promoted; read them with `bakeFrom`. */
export const bakeFlags = underHeading('WATCHING', {
  bake: durationFlag({description: 'watch the canary that long, then promote it, or abort it by itself', min: MINUTE}),
  'max-5xx': percentFlag({
    flag: '--max-5xx',
    description: 'abort when more requests fail with 5xx',
    dependsOn: ['bake'],
  }),
  'max-4xx': percentFlag({
    flag: '--max-4xx',
    description: 'abort when more requests fail with 4xx',
    dependsOn: ['bake'],
  }),
  'max-p99': latencyFlag({description: 'abort when 1 in 100 requests takes longer', dependsOn: ['bake']}),
  'min-requests': Flags.integer({
    description: 'requests below which nothing can be said of the canary [default: 100]',
    helpValue: 'N',
    min: 1,
    dependsOn: ['bake'],
  }),
  'if-few': Flags.option({
    description:
      'what becomes of the canary after fewer than --min-requests: left as it is (exit code 6), or [default: leave]',
    options: ['leave', 'promote', 'abort'] as const,
    dependsOn: ['bake'],
  })(),
  interval: durationFlag({description: 'look that often [default: 1m]', min: 5 * SECOND, dependsOn: ['bake']}),
  'metrics-delay': durationFlag({
    description: 'wait that long for the figures of the last minute [default: 3m]',
    dependsOn: ['bake'],
  }),
})

interface BakeFlags {
  bake?: number | undefined
  'max-5xx'?: number | undefined
  'max-4xx'?: number | undefined
  'max-p99'?: number | undefined
  'min-requests'?: number | undefined
  'if-few'?: Bake['ifFew'] | undefined
  interval?: number | undefined
  'metrics-delay'?: number | undefined
}

/** How the canary is to be watched; undefined where it is not. @throws Problem usage where no limit is given */
export function bakeFrom(flags: BakeFlags): Bake | undefined {
  if (flags.bake === undefined) return undefined
  const limits = {max5xx: flags['max-5xx'], max4xx: flags['max-4xx'], maxP99: flags['max-p99']}
  return {
    duration: flags.bake,
    limits: checkLimits(limits),
    minRequests: flags['min-requests'] ?? 100,
    ifFew: flags['if-few'] ?? 'leave',
    interval: flags.interval ?? MINUTE,
    delay: flags['metrics-delay'] ?? 3 * MINUTE,
  }
}

interface ChangeFlags {
  percent?: number | undefined
  var?: Parameters<typeof recordOf>[0]
  'unset-var'?: string[] | undefined
  'use-stage-cache'?: boolean | undefined
}

/** What is to be changed on a canary. @throws Problem usage when nothing is named */
export function canaryChangesFrom(flags: ChangeFlags): CanaryChanges {
  const changes: CanaryChanges = {
    percentTraffic: flags.percent,
    variables: flags.var && recordOf(flags.var),
    unsetVariables: flags['unset-var'],
    useStageCache: flags['use-stage-cache'],
  }
  if (Object.values(changes).some(wanted => wanted !== undefined)) return changes
  throw new Problem('usage', 'Nothing to change was named.', 'Such as --percent 25, --var NAME=VALUE, --unset-var NAME')
}
