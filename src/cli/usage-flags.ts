import * as Flags from '@oclif/core/flags'

/** Whose usage, and of which days; read the days with `dayRangeFrom`. */
export const usageFlags = {
  plan: Flags.string({
    char: 'p',
    description: 'only this usage plan, by name or id, as often as wanted',
    helpValue: 'PLAN',
    multiple: true,
  }),
  key: Flags.string({char: 'k', description: 'only this API key, by name or id', helpValue: 'KEY'}),
  from: Flags.string({
    description:
      'first day, in UTC: 2026-01-31, or the day of a moment: 7d ago, an ISO time [default: the last 30 days]',
    helpValue: 'DAY',
  }),
  to: Flags.string({description: 'last day, in UTC [default: today, as far as it is]', helpValue: 'DAY'}),
}
