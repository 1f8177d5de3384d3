import type {Choice} from '../domain/choice.js'
import {Problem} from '../domain/problem.js'
import {quoted} from '../domain/quoting.js'
import {printable, printableLines} from '../views/text.js'
import type {Io} from './io.js'

/**
 * Questions to a person. They appear only where somebody can answer: stdin and stderr are terminals and neither
 * `--no-input` nor `CI` is set. Elsewhere each of them throws a usage Problem that names the missing flag.
 */
export class Prompt {
  constructor(
    private readonly io: Io,
    private readonly isAllowed: boolean,
    private readonly signal: AbortSignal,
  ) {}

  get isInteractive(): boolean {
    const {stdin, stderr, env} = this.io
    return this.isAllowed && Boolean(stdin.isTTY) && Boolean(stderr.isTTY) && !env.CI
  }

  /** One of several. @param flag how to say it on the command line, such as `--api NAME` */
  readonly choose = async (question: {message: string; flag: string; choices: readonly Choice[]}): Promise<string> => {
    const choices = question.choices.map(({name, value}) => ({name: printable(name), value}))
    const names = choices.map(choice => choice.name)
    this.#require(question.flag, question.message, names.length > 0 ? `Choices: ${names.join(', ')}` : undefined)
    if (names.length === 0) throw new Problem('missing', `${question.message} There is none to choose from.`)
    return this.#ask<string>({type: 'select', message: question.message, choices})
  }

  /** A line of text. */
  async text(question: {message: string; flag: string; default?: string}): Promise<string> {
    this.#require(question.flag, question.message)
    const {message} = question
    const validate = (answer: string) => answer.trim() !== '' || 'Type something, or press Ctrl-C to leave.'
    const answer = await this.#ask<string>({type: 'input', message, default: question.default, validate})
    return answer.trim()
  }

  /** A secret, which is not shown while it is typed. */
  async secret(question: {message: string; flag: string}): Promise<string> {
    this.#require(question.flag, question.message)
    return this.#ask<string>({type: 'password', message: question.message})
  }

  /**
   * Agreement to something that can be undone.
   * @param yes what `--yes`, or the flag that is named, said
   */
  async confirm(question: {message: string; yes: boolean; flag?: string}): Promise<void> {
    if (question.yes) return
    this.#require(question.flag ?? '--yes', question.message)
    const agreed = await this.#ask<boolean>({type: 'confirm', message: question.message, default: false})
    if (!agreed) throw new Problem('interrupted', 'Nothing was changed.')
  }

  /**
   * Agreement to something that cannot be undone, or must not happen by mistake: its name, typed, or given as
   * `--confirm NAME`.
   * @param given what `--confirm` said
   * @param flag how to say it on the command line, where that is not `--confirm`
   */
  async confirmName(question: {
    message: string
    name: string
    given: string | undefined
    flag?: string
  }): Promise<void> {
    const {message, name, given, flag = `--confirm ${quoted(name)}`} = question
    if (given === name) return
    if (given !== undefined) {
      throw new Problem(
        'usage',
        `--confirm is "${given}", but has to be "${name}".`,
        `To go on: --confirm ${quoted(name)}`,
      )
    }
    this.#require(flag, message)
    const typed = await this.#ask<string>({type: 'input', message: `${message} Type "${name}" to go on:`})
    if (typed !== name) throw new Problem('interrupted', `That is not "${name}". Nothing was changed.`)
  }

  #require(flag: string, message: string, hint?: string): void {
    if (this.isInteractive) return
    throw new Problem('usage', `${message} Nobody is there to answer: pass ${flag}.`, hint)
  }

  async #ask<Answer>(question: {message: string; [setting: string]: unknown}): Promise<Answer> {
    const {default: inquirer} = await import('inquirer')
    const ask = inquirer.createPromptModule({
      input: this.io.stdin as NodeJS.ReadStream,
      output: this.io.stderr as NodeJS.WriteStream,
      signal: this.signal,
    })
    const message = printableLines(question.message)
    const answers = await ask([{...question, message, name: 'answer'}] as never)
    return (answers as {answer: Answer}).answer
  }
}
