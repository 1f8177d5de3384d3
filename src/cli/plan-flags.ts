import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

export const planArg = {plan: Args.string({description: 'usage plan, by name or id', required: true})}

/** The plan that keys are put on or taken off. */
export const ontoPlanFlag = {
  plan: Flags.string({char: 'p', description: 'usage plan, by name or id', helpValue: 'PLAN', required: true}),
}

/** The plan that keys are moved from. */
export const fromPlanFlag = {
  from: Flags.string({description: 'move the keys: take them off this plan at the same time', helpValue: 'PLAN'}),
}

/** Limits of a plan, as `plans create` and `plans update` take them. */
export const limitFlags = {
  rate: Flags.string({description: 'requests of a key in a second, in the long run', helpValue: 'NUMBER'}),
  burst: Flags.string({description: 'requests of a key at once', helpValue: 'NUMBER'}),
  quota: Flags.string({description: 'requests of a key in a day, week or month', helpValue: '10000/day'}),
  throttle: Flags.string({
    description:
      "rate and burst of a key on one method of a stage, 'petstore/prod GET /pets=5/10', in place of --rate and --burst",
    helpValue: 'LIMIT',
    multiple: true,
  }),
}

/** What can be on a plan. */
export const attachmentFlags = {
  key: Flags.string({char: 'k', description: 'API key, by name or id', helpValue: 'KEY', multiple: true}),
  stage: Flags.string({
    char: 's',
    description: 'stage; the API by name or id',
    helpValue: 'API/STAGE',
    multiple: true,
  }),
}
