import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {ON_EXISTING} from '../domain/key-files/import.js'
import {KEY_FILE_FORMATS, type KeyFileFormat} from '../domain/key-files/reading.js'
import type {KeyFileContent} from '../domain/key-files/writing.js'
import {Problem} from '../domain/problem.js'
import {outputFlag} from './flags.js'
import {journalFlag} from './journal.js'
import {keyFilterFlags} from './key-flags.js'

export const keyFileArg = {
  file: Args.string({description: 'CSV, JSON or ndjson file of keys; - reads it from stdin', required: true}),
}

/** What `keys import` can be told. */
export const keyImportFlags = {
  existing: Flags.option({
    options: ON_EXISTING,
    default: 'complete' as const,
    description: 'what to do about keys that are there and not as in the file',
  })(),
  format: Flags.option({
    options: KEY_FILE_FORMATS,
    description: 'format of the file',
    defaultHelp: async () => 'found out',
  })(),
  ...journalFlag,
}

/** What `keys export` can be told. */
export const keyExportFlags = {
  'show-values': Flags.boolean({description: 'with the values of the keys, in clear'}),
  to: Flags.string({description: 'write this file, for you alone to read, instead of stdout', helpValue: 'FILE'}),
  plans: Flags.option({
    options: ['names', 'ids'] as const,
    default: 'names' as const,
    description: 'usage plans by name, or by id as the service itself reads them',
  })(),
  output: outputFlag(KEY_FILE_FORMATS),
  ...keyFilterFlags,
}

interface KeyExportFlags {
  'show-values': boolean
  to?: string | undefined
  plans: 'names' | 'ids'
  output?: KeyFileFormat | undefined
  json?: boolean
  query?: string | undefined
}

/** What the file is to hold; its format is that of its name, where nothing else is said. @throws Problem usage */
export function keyFileContentFrom({to = '', output, json, query, plans, ...flags}: KeyExportFlags): KeyFileContent {
  if (query !== undefined) throw new Problem('usage', 'This prints a file: --query does not apply to it.')
  const ending = /\.(json|ndjson|jsonl)$/i.exec(to)?.[1]?.toLowerCase()
  const byName = ending === 'jsonl' ? 'ndjson' : (ending as KeyFileFormat | undefined)
  return {format: output ?? (json ? 'json' : (byName ?? 'csv')), withValues: flags['show-values'], plansAs: plans}
}
