import * as Flags from '@oclif/core/flags'

/** The usage of which plans, and of which days; read the days with `dayRangeFrom`. */
export const usageFlags = {
  plan: Flags.string({
    char: 'p',
    description: 'only this usage plan, by name or id, as often as wanted',
    helpValue: 'PLAN',
    multiple: true,
  }),
  from: Flags.string({
    description: 'first day, in UTC: 2026-01-31, 7d for that long ago, an ISO time [default: the last 30 days]',
    helpValue: 'DAY',
  }),
  to: Flags.string({description: 'last day, in UTC [default: today, as far as it is]', helpValue: 'DAY'}),
}
