import * as Flags from '@oclif/core/flags'
import {MOST_ROWS, MOST_ROWS_BY_DEFAULT} from '../domain/logs/query.js'
import {momentFrom} from '../domain/moment.js'
import {Problem} from '../domain/problem.js'
import {systemClock} from './context.js'

/** A moment, as milliseconds since 1970. */
export const momentFlag = Flags.custom<number>({
  helpValue: 'TIME',
  parse: async text => momentFrom(text, systemClock.now()),
})

export const regexFlag = Flags.custom<RegExp>({
  helpValue: 'REGEX',
  parse: async text => {
    try {
      return new RegExp(text)
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
    description: 'of what is there, only the last N; without --since from up to 7 days',
    helpValue: 'N',
    min: 0,
  }),
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

/** Which lines are wanted, and how they are shown. */
export const lineFlags = {
  grep: regexFlag({description: 'only lines that match; decided here'}),
  pattern: Flags.string({
    description: "only lines that match CloudWatch's filter pattern; decided by the service",
    helpValue: 'PATTERN',
  }),
  redact: Flags.boolean({description: 'hide credentials in lines', default: true, allowNo: true}),
}

/** How to go on with what comes in. */
export const followFlags = {
  follow: Flags.boolean({char: 'f', description: 'go on with what comes in'}),
  live: Flags.boolean({
    description: 'follow by Live Tail, which shows what comes in at once and is charged by the minute; else polls',
  }),
  wait: Flags.boolean({
    description: 'with --follow, wait for a log group that is not there yet',
    default: true,
    allowNo: true,
  }),
}
