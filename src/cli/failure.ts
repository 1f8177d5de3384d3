import {stripVTControlCharacters} from 'node:util'
import {interrupted, Problem, type ProblemKind} from '../domain/problem.js'
import {paintFor} from '../views/paint.js'
import {printableLines} from '../views/text.js'
import {hasColor, type Io} from './io.js'

/** The exit codes of the program: a stable interface, the same with and without `--json`. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  missing: 3,
  denied: 4,
  conflict: 5,
  'gave-up': 6,
  unreachable: 7,
  /** With `--exit-code`; nothing failed. */
  differences: 8,
  interrupted: 130,
} as const satisfies Record<ProblemKind | 'done' | 'differences', number>

export interface Failure {
  /** For stderr, line break included; empty where there is nothing to say. */
  text: string
  exitCode: number
}

/** Turns whatever was thrown into words for stderr and an exit code: the only place that does. */
export function failureFor(error: unknown, argv: readonly string[], {stderr, env}: Io): Failure {
  return failureOf(error, {json: wantsJson(argv), color: hasColor(stderr, env), debug: isDebug(env)})
}

function failureOf(error: unknown, options: {json: boolean; color: boolean; debug: boolean}): Failure {
  const problem = asProblem(error)
  if (!problem) return bug(error, options)
  const exitCode = EXIT_CODES[problem.kind]
  const {kind, code, hint, requestId, failures} = problem
  const message = ofFlag(problem.message)
  if (options.json)
    return {text: `${JSON.stringify({error: {kind, code, message, hint, requestId, failures}})}\n`, exitCode}
  // Whoever pressed Ctrl-C knows it; only what was left half-done is worth a line.
  if (kind === 'interrupted' && message === interrupted().message) return {text: '', exitCode}
  const paint = paintFor(options.color)
  const lines = [`${paint.bad('Error:')} ${printableLines(message)}`]
  if (hint) lines.push(printableLines(hint))
  if (requestId && kind === 'failed') lines.push(paint.dim(`Request id: ${requestId}`))
  return {text: `${lines.join('\n')}\n`, exitCode}
}

/** What oclif's parser throws is the user's wrong usage; a prompt left with Ctrl-C is an interruption. */
function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (!(error instanceof Error)) return undefined
  if (error.name === 'ExitPromptError' || error.name === 'AbortError') return interrupted()
  const exit = (error as {oclif?: {exit?: number}}).oclif?.exit
  if (exit !== 2) return undefined
  const message = ofFlag(stripVTControlCharacters(error.message))
  return new Problem('usage', message, 'See the flags and examples with --help.', {cause: error})
}

/** What oclif says of wrong flags, without its frame. */
function ofFlag(message: string): string {
  return message
    .replace(/^Parsing (--[\w-]+) \n\t/, '$1: ')
    .replace(/^The following errors? occurred:\n\s*/, '')
    .replace(/^(\s*--[\w-]+)=true cannot/gm, '$1 cannot')
    .replace(/\n?See more help with --help\s*$/, '')
    .trim()
}

function bug(error: unknown, options: {json: boolean; debug: boolean}): Failure {
  const message = error instanceof Error ? error.message : String(error)
  const exitCode = EXIT_CODES.failed
  if (options.json) return {text: `${JSON.stringify({error: {kind: 'bug', message}})}\n`, exitCode}
  const detail = options.debug ? `\n${(error as Error)?.stack ?? ''}` : '\nRun it again with DEBUG=apigw to see where.'
  return {text: `Error: ${message}\nThis is a bug in apigw.${detail}\n`, exitCode}
}

/** Whether errors should be JSON, read from the words themselves because parsing them may be what failed. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  return words.some((word, i) => {
    if (word === '--json' || /^(--output=|-o=?)(nd)?json$/.test(word)) return true
    return (word === '--output' || word === '-o') && /^(nd)?json$/.test(words[i + 1] ?? '')
  })
}

const isDebug = (env: NodeJS.ProcessEnv) => /\*|apigw/.test(env.DEBUG ?? '')
