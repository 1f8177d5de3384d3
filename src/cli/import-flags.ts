import * as Flags from '@oclif/core/flags'
import type {ImportOptions, PutMode} from '../domain/apis.js'
import {Problem} from '../domain/problem.js'
import {quoted} from '../domain/quoting.js'
import {endpointFlags, endpointTypeFrom} from './endpoint-flags.js'
import {apiFlag, dryRunFlag, underHeading, yesFlag} from './flags.js'

/** What concerns an API that is there. */
const intoFlags = underHeading('EXISTING API', {
  api: {...apiFlag.api, description: 'API to import into, by name or id (with --mode)'},
  mode: Flags.option({
    options: ['merge', 'overwrite'] as const,
    description: 'merge: keep what else the API has. overwrite: take it away',
    exclusive: ['name', 'allow-duplicate', 'type', 'regional', 'edge', 'private'],
  })(),
  backup: Flags.string({
    description: 'where the API is kept as it was; beside the file that is imported, if not said',
    helpValue: 'FILE|DIR',
    dependsOn: ['mode'],
  }),
  'no-backup': Flags.boolean({description: 'keep no way back', dependsOn: ['mode'], exclusive: ['backup']}),
  'exit-code': Flags.boolean({
    description: 'with --dry-run, exit with 8 when the import would change something',
    dependsOn: ['mode', 'dry-run'],
  }),
})

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
  ...intoFlags,
  ...yesFlag,
  ...dryRunFlag,
}

/** What an import into an API that is there is told, but for what it does to the API. */
export interface IntoFlags {
  file: string
  backup?: string | undefined
  'no-backup': boolean
  'exit-code': boolean
  'dry-run': boolean
  yes: boolean
}

/** What is told to the service. @throws Problem usage for an API to import into, where it is not said how */
export function importOptionsFrom(flags: {
  api?: string | undefined
  mode?: PutMode | undefined
  'base-path'?: ImportOptions['basePath']
  'fail-on-warnings': boolean
}) {
  const {api, mode, 'base-path': basePath, 'fail-on-warnings': failOnWarnings} = flags
  if (api !== undefined && mode === undefined) throw noMode(api)
  return {mode, basePath, failOnWarnings}
}

function noMode(api: string): Problem {
  const text = `How should the document be imported into ${quoted(api)}? Say --mode merge or --mode overwrite.`
  const hint =
    'merge: methods, models and the like of the document take the place of those of the same name, all else stays.\n' +
    'overwrite: the API has what the document defines and nothing else; resource policy, VPC endpoints, gateway\n' +
    'responses and binary types that the document does not have are gone.'
  return new Problem('usage', text, hint)
}

/** What is said of a new API alone. */
export function newApiFrom(
  flags: {name?: string | undefined; 'allow-duplicate': boolean} & Parameters<typeof endpointTypeFrom>[0],
) {
  return {
    name: flags.name,
    endpointType: endpointTypeFrom(flags) ?? 'REGIONAL',
    onNamesake: flags['allow-duplicate'] ? ('allow' as const) : ('refuse' as const),
  }
}
