import * as Flags from '@oclif/core/flags'
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
