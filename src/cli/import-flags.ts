import * as Flags from '@oclif/core/flags'
import {endpointFlags} from './endpoint-flags.js'
import {apiFlag, dryRunFlag, yesFlag} from './flags.js'

/** What `apis import` can be told. What concerns a new API alone cannot be combined with an import into another. */
export const importFlags = {
  ...endpointFlags,
  name: Flags.string({description: 'name of the API, instead of the title of the document', helpValue: 'NAME'}),
  'base-path': Flags.option({
    options: ['ignore', 'prepend', 'split'] as const,
    description:
      'what to do with the base path of the document: nothing, put it before every path, or all but its first part',
  })(),
  'fail-on-warnings': Flags.boolean({description: 'import nothing if the service has anything to remark on'}),
  'allow-duplicate': Flags.boolean({description: 'create the API even if another has that name'}),
  mode: Flags.option({
    options: ['merge', 'overwrite'] as const,
    description: 'import into the API of --api: keep what else it has, or not',
    exclusive: ['name', 'allow-duplicate', 'type', 'regional', 'edge', 'private'],
  })(),
  api: {...apiFlag.api, description: 'API to import into, by name or id (with --mode)', dependsOn: ['mode']},
  ...yesFlag,
  ...dryRunFlag,
}
