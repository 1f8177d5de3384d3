import * as Flags from '@oclif/core/flags'
import {duration, durationFrom} from '../domain/duration.js'
import {MOST_ROWS, MOST_ROWS_BY_DEFAULT} from '../domain/logs/query.js'
import {momentFrom} from '../domain/moment.js'
import {Problem} from '../domain/problem.js'
import {systemClock} from './context.js'
import {underHeading} from './flags.js'

/** A moment, as milliseconds since 1970. */
export const momentFlag = Flags.custom<number>({
  helpValue: 'TIME',
  parse: async text => momentFrom(text, systemClock.now()),
})

/** A duration, as milliseconds. */
export const durationFlag = Flags.custom<number, {min?: number}>({
  helpValue: 'DURATION',
  parse: async (text, _, {min = 0}) => {
    const milliseconds = durationFrom(text)
    if (milliseconds >= min) return milliseconds
    throw new Problem('usage', `${text} is too short.`, `At least ${duration(min)}.`)
  },
})

/** A regular expression; `^` and `$` stand for the ends of any line, as requests have several. */
export const regexFlag = Flags.custom<RegExp>({
  helpValue: 'REGEX',
  parse: async text => {
    try {
      return new RegExp(new RegExp(text), 'm')
    } catch (error) {
      throw new Problem(
        'usage',
        (error as Error).message,
        "A regular expression of JavaScript, such as 'status: 5\\d\\d'",
      )
    }
  },
})

/** Of which time the log is wanted. */
export const windowFlags = {
  since: momentFlag({description: 'from then on: 10m, 1h30m, an ISO time, ms since 1970 [default: 10m]'}),
  until: momentFlag({description: 'up to then'}),
  lines: Flags.integer({
    char: 'n',
    description: 'of what is there, only the last N requests or lines; without --since from up to 7 days',
    helpValue: 'N',
    min: 0,
  }),
}

/** The same of a search, which has an end. */
export const searchWindowFlags = {
  ...windowFlags,
  since: momentFlag({description: 'from then on: 10m, 1h30m, an ISO time, ms since 1970 [default: 1h]'}),
  lines: Flags.integer({char: 'n', description: 'only the last N requests or lines', helpValue: 'N', min: 0}),
}

/** Which time a query is about. */
export const queryWindowFlags = {
  since: momentFlag({description: 'from then on: 10m, 1h30m, an ISO time, ms since 1970 [default: 1h]'}),
  until: momentFlag({description: 'up to then'}),
}

/** How much of the answer to a query is wanted, and how it is shown. */
export const answerFlags = {
  limit: Flags.integer({
    description: 'rows at most',
    default: MOST_ROWS_BY_DEFAULT,
    helpValue: 'N',
    min: 1,
    max: MOST_ROWS,
  }),
  redact: Flags.boolean({description: 'hide credentials in the answer', default: true, allowNo: true}),
}

/** The file that a query is to be read from: `@FILE`, or `-` for stdin; undefined for what is a query itself. */
export function queryFile(text: string): string | undefined {
  return text === '-' ? text : /^@(.+)/.exec(text)?.[1]
}

/** Which lines are wanted. */
export const lineFlags = underHeading('FILTER', {
  grep: regexFlag({description: 'only requests, or with --raw lines, with a line that matches; decided here'}),
  pattern: Flags.string({
    description:
      "only requests, or with --raw lines, with a line that matches CloudWatch's filter pattern; decided by the service",
    helpValue: 'PATTERN',
  }),
})

/** How requests or lines are shown. */
export const shapeFlags = {
  verbose: Flags.boolean({char: 'v', description: 'each request with its lines, and the time between them'}),
  raw: Flags.boolean({description: 'lines as they are, not requests', exclusive: ['verbose']}),
  redact: Flags.boolean({description: 'hide credentials in lines', default: true, allowNo: true}),
}

/** How to go on with what comes in. */
export const followFlags = underHeading('FOLLOW', {
  follow: Flags.boolean({char: 'f', description: 'go on with what comes in'}),
  live: Flags.boolean({
    description: 'follow by Live Tail, which shows what comes in at once and is charged by the minute; else polls',
  }),
  wait: Flags.boolean({
    description: 'with --follow, wait for a log group that is not there yet',
    default: true,
    allowNo: true,
  }),
  lateness: durationFlag({
    description: 'how far behind the newest event to look for late ones [default: 1m]',
    min: 1_000,
  }),
  ordered: Flags.boolean({description: 'hold events back for the --lateness, and show them in strict order of time'}),
})

/** When following ends by itself; all but --max-events imply --follow. */
export const endFlags = underHeading('FOLLOW', {
  for: durationFlag({description: 'follow for that long'}),
  'idle-timeout': durationFlag({description: 'follow until nothing was shown for that long'}),
  'max-events': Flags.integer({description: 'end after that many', helpValue: 'N', min: 1}),
  'until-match': regexFlag({
    description: 'follow until one matches; exit code 6 when it ends without (--for, --idle-timeout, --max-events)',
  }),
})

/** What is kept of a tail, for a later run or a program. */
export const keepFlags = underHeading('FOLLOW', {
  'cursor-file': Flags.string({
    exclusive: ['live'],
    description: 'go on exactly where the last run with this file ended; --since and -n are for the first',
    helpValue: 'FILE',
  }),
  'stats-json': Flags.string({
    description: 'write what came to pass (events, late, duplicates, throttles) to a file as JSON; - for stderr',
    helpValue: 'FILE',
  }),
})
