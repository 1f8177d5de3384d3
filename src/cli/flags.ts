import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type {OnNamesake} from '../domain/choice.js'
import {Problem} from '../domain/problem.js'
import type {TagChange} from '../domain/tags.js'
import {FORMATS, type Format} from './output.js'

/** Heading of the flags that all commands have; it comes last. */
export const GLOBAL = 'GLOBAL'

/** Flags under a heading of their own in the help, for commands that have many. */
export function underHeading<Group extends Record<string, {helpGroup?: string | undefined}>>(
  heading: string,
  flags: Group,
): Group {
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, {...flag, helpGroup: heading}])) as Group
}

/** The flag that chooses among some formats. */
export const outputFlag = <Allowed extends Format>(options: readonly Allowed[]) =>
  Flags.option({
    char: 'o',
    description: 'format of the result (see `apigw help output`)',
    options,
    helpGroup: GLOBAL,
  })()

/** For commands that print line by line, before the end is known: Markdown has tables only. */
export const streamFlags = {output: outputFlag(FORMATS.filter(format => format !== 'markdown'))}

/** Flags that mean the same on every command that has them. */
export const apiFlag = {
  api: Flags.string({char: 'a', description: 'API, by name or id (APIGW_API)', helpValue: 'API'}),
}

/** For commands on APIs themselves: what `--api` says elsewhere, as an argument. */
export const apiArg = {
  api: Args.string({description: 'API, by name or id (--api, APIGW_API)'}),
}

export const stageFlag = {
  stage: Flags.string({char: 's', description: 'stage (APIGW_STAGE)', helpValue: 'STAGE'}),
}

/** For commands on stages themselves: what `--stage` says elsewhere, as an argument. */
export const stageArg = {
  stage: Args.string({description: 'stage (--stage, APIGW_STAGE)'}),
}

export const dryRunFlag = {
  'dry-run': Flags.boolean({description: 'show what would be done, and do nothing'}),
}

/** What to do when the name of something to be created is in use; read them with `onNamesakeFrom`. */
export const namesakeFlags = {
  'if-not-exists': Flags.boolean({description: 'take what has the name already, and do only what is missing'}),
  'allow-duplicate': Flags.boolean({description: 'create another of that name', exclusive: ['if-not-exists']}),
}

export function onNamesakeFrom(flags: {'if-not-exists': boolean; 'allow-duplicate': boolean}): OnNamesake {
  if (flags['allow-duplicate']) return 'allow'
  return flags['if-not-exists'] ? 'reuse' : 'refuse'
}

export const yesFlag = {
  yes: Flags.boolean({char: 'y', description: 'go on without asking'}),
}

export const confirmFlag = {
  confirm: Flags.string({description: 'go on without asking: the name of what is to be deleted', helpValue: 'NAME'}),
}

/** What a `NAME=VALUE` says. */
interface Pair {
  name: string
  value: string
}

/** `name=value`, as often as wanted; read it with `recordOf`. An object, because oclif's types have no flags of tuples. */
export const pairsFlag = Flags.custom<Pair>({
  helpValue: 'NAME=VALUE',
  multiple: true,
  // Otherwise it would take an argument that follows for another pair.
  multipleNonGreedy: true,
  parse: async text => pairOf(text),
})

function pairOf(text: string): Pair {
  const cut = text.indexOf('=')
  if (cut < 1) throw new Problem('usage', `"${text}" is not of the form NAME=VALUE.`)
  return {name: text.slice(0, cut), value: text.slice(cut + 1)}
}

/** What a flag of pairs says, as one object; of a name that comes twice the last holds. */
export function recordOf(pairs: readonly Pair[] = []): Record<string, string> {
  return Object.fromEntries(pairs.map(({name, value}) => [name, value]))
}

/** What `--tag` and `--untag` ask for. */
export function tagChangeFrom(flags: {
  tag?: readonly Pair[] | undefined
  untag?: readonly string[] | undefined
}): TagChange {
  return {set: recordOf(flags.tag), remove: flags.untag ?? []}
}

/** Flags of commands that change the tags of something. */
export const tagChangeFlags = {
  tag: pairsFlag({description: 'set a tag'}),
  untag: Flags.string({description: 'take a tag away', helpValue: 'NAME', multiple: true}),
}
