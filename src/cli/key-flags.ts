import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {underHeading} from './flags.js'

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
