import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type {KeyQuery} from '../domain/keys.js'
import {pairsFlag, recordOf, underHeading} from './flags.js'

/** Settings of an API key, as `keys create` and `keys update` take them. */
export const keySettingFlags = {
  description: Flags.string({description: 'what the key is for', helpValue: 'TEXT'}),
  'customer-id': Flags.string({
    description: 'the customer in another system, such as AWS Marketplace',
    helpValue: 'ID',
  }),
}

/** How a value is shown that is masked otherwise. */
export const valueFlags = {
  'show-value': Flags.boolean({description: 'show the value in clear'}),
  'value-only': Flags.boolean({
    description: 'print only the value, in clear',
    exclusive: ['show-value', 'output', 'json', 'query'],
  }),
}

/** For commands on several keys at once. */
export const keysArg = {
  key: Args.string({description: 'API keys, by name or id; - reads them from stdin', required: true, multiple: true}),
}

/** Which keys are meant; read them with `keyQueryFrom`. */
export const keyFilterFlags = {
  plan: Flags.string({char: 'p', description: 'only keys on this usage plan', helpValue: 'PLAN'}),
  name: Flags.string({description: 'only names that begin so; letter case counts', helpValue: 'PREFIX'}),
  'customer-id': Flags.string({description: 'only keys of this customer', helpValue: 'ID'}),
  tag: pairsFlag({description: 'only keys with this tag'}),
  enabled: Flags.boolean({description: 'only enabled keys', exclusive: ['disabled']}),
  disabled: Flags.boolean({description: 'only disabled keys'}),
}

export function keyQueryFrom(flags: {
  plan?: string | undefined
  name?: string | undefined
  'customer-id'?: string | undefined
  tag?: Parameters<typeof recordOf>[0]
  enabled: boolean
  disabled: boolean
}): KeyQuery {
  const {plan, name, 'customer-id': customerId, tag, enabled, disabled} = flags
  return {plan, name, customerId, tags: recordOf(tag), enabled: disabled ? false : enabled || undefined}
}

/** How a key is replaced. */
export const rotationFlags = {
  grace: Flags.string({
    description: 'how long the old key goes on working, 7d if not said; 0 for not at all',
    helpValue: 'DURATION',
  }),
  'value-stdin': Flags.boolean({description: 'read the new value from stdin, 20 to 128 characters'}),
  force: Flags.boolean({
    description: 'replace a key that has just come in the place of another; with --finish, end a key all the same',
  }),
}

/** How keys that were replaced are ended. */
export const finishFlags = underHeading('FINISH', {
  finish: Flags.boolean({
    description: 'end the old keys whose grace is over, or those of one KEY',
    exclusive: ['grace', 'value-stdin', 'show-value', 'value-only'],
  }),
  disable: Flags.boolean({
    description: 'disable them; so it is done if nothing is said',
    exclusive: ['delete'],
    dependsOn: ['finish'],
  }),
  delete: Flags.boolean({description: 'delete them, also those that are disabled', dependsOn: ['finish']}),
  confirm: Flags.string({
    description: 'delete without asking: the number of keys that are to be deleted',
    helpValue: 'NUMBER',
    dependsOn: ['delete'],
  }),
})

/** What they say. */
export type FinishFlags = {delete: boolean; force: boolean; confirm?: string | undefined; 'dry-run': boolean}

/** For commands that look for a key by its value; `readKeyValue` reads it. */
export const valueStdinFlag = {
  'value-stdin': Flags.boolean({description: 'read the value of the key from stdin'}),
}
