import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

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

/** How a key is replaced, and how it is ended. */
export const rotationFlags = {
  grace: Flags.string({
    description: 'how long the old key goes on working, 7d if not said; 0 for not at all',
    helpValue: 'DURATION',
  }),
  'value-stdin': Flags.boolean({description: 'read the new value from stdin, 20 to 128 characters'}),
  force: Flags.boolean({description: 'replace the key although it has just come in the place of another'}),
}
