import * as Flags from '@oclif/core/flags'
import {Problem} from '../domain/problem.js'

/** Flags that mean the same on every command that has them. */
export const apiFlag = {
  api: Flags.string({char: 'a', description: 'API, by name or id (APIGW_API)', helpValue: 'API'}),
}

export const stageFlag = {
  stage: Flags.string({char: 's', description: 'stage (APIGW_STAGE)', helpValue: 'STAGE'}),
}

export const dryRunFlag = {
  'dry-run': Flags.boolean({description: 'show what would be done, and do nothing'}),
}

export const yesFlag = {
  yes: Flags.boolean({char: 'y', description: 'go on without asking'}),
}

export const confirmFlag = {
  confirm: Flags.string({description: 'go on without asking: the name of what is to be deleted', helpValue: 'NAME'}),
}

/** `name=value`, as often as wanted. */
export const pairsFlag = Flags.custom<[string, string]>({
  helpValue: 'NAME=VALUE',
  multiple: true,
  parse: async text => pairOf(text),
})

function pairOf(text: string): [string, string] {
  const cut = text.indexOf('=')
  if (cut < 1) throw new Problem('usage', `"${text}" is not of the form NAME=VALUE.`)
  return [text.slice(0, cut), text.slice(cut + 1)]
}
