import {resolve} from 'node:path'
import {Command} from '@oclif/core/command'
import * as Flags from '@oclif/core/flags'
import type {Input, OutputArgs, OutputFlags, ParserOutput} from '@oclif/core/interfaces'
import {type BulkPlan, type BulkResult, bulkProblem, bulkSummary} from '../domain/bulk.js'
import type {Choose} from '../domain/choice.js'
import type {Caller} from '../domain/integrations.js'
import type {Journal} from '../domain/journal.js'
import type {Plan} from '../domain/plan.js'
import {Problem} from '../domain/problem.js'
import {quoted} from '../domain/quoting.js'
import {during, type Session} from '../domain/session.js'
import type {Difference} from '../domain/snapshots/difference.js'
import type {Canvas} from '../views/charts.js'
import {paintFor} from '../views/paint.js'
import {changeView} from '../views/plan.js'
import {printableLines} from '../views/text.js'
import type {LineView, Report, View} from '../views/view.js'
import {bursts} from './bursts.js'
import {type Context, type ContextFlags, resolveContext} from './context.js'
import {EXIT_CODES, failureFor, wantsJson} from './failure.js'
import {GLOBAL, outputFlag} from './flags.js'
import {readInput} from './input.js'
import {Interrupt} from './interrupt.js'
import {hasColor, type Io, isAsciiOnly, terminal, write} from './io.js'
import {FileJournal} from './journal.js'
import {clearAwayEarly} from './memory.js'
import {
  FORMATS,
  type Format,
  formatHeader,
  formatReport,
  formatResult,
  formatStreamed,
  isStreamable,
  type OutputOptions,
} from './output.js'
import {ProgressBar} from './progress.js'
import {Prompt} from './prompt.js'
import {canReaderLeave} from './reader.js'
import {RowWriter} from './rows.js'

/** Else oclif takes what is on stdin, which may be a secret, for an argument that is missing. */
const OWN_STDIN = {ignoreStdin: true}

/** Else a flag that may come several times takes the arguments after it for more values: `--tag a=b NAME`. */
const ONE_EACH = {multipleNonGreedy: true}

/** Bytes of a list of names or ids on stdin: an account has 10,000 API keys at most, and a name 1,024 characters. */
const LARGEST_LIST = 16 * 1024 * 1024

/** Flags that say how something is done, besides those that every command has: with others it is the same run. */
const MANNERS = ['journal', 'dry-run', 'confirm', 'yes']

/** Bytes of the value of a key on stdin: it has 128 characters at most, and there may be something around it. */
const LARGEST_VALUE = 1024

type GlobalFlags = ContextFlags & {output?: Format; json?: boolean; query?: string; 'no-input'?: boolean}

/**
 * What every command stands on: the global flags, the context, output in all formats, questions, interruption, and the
 * one place where a failure becomes words and an exit code. oclif's own ways of doing these break the promises of the
 * command line (its `--json` loses exit codes, a closed pipe does not stop it), so they are not used.
 */
export abstract class ApigwCommand extends Command {
  static override baseFlags = {
    profile: Flags.string({
      description: 'named profile of your AWS configuration',
      helpGroup: GLOBAL,
      helpValue: 'NAME',
    }),
    region: Flags.string({description: 'AWS Region', helpGroup: GLOBAL, helpValue: 'REGION'}),
    'endpoint-url': Flags.string({description: 'send every call to this URL', helpGroup: GLOBAL, helpValue: 'URL'}),
    output: outputFlag(FORMATS),
    json: Flags.boolean({
      description: 'the result as JSON; of a stream, one object a line',
      exclusive: ['output'],
      helpGroup: GLOBAL,
    }),
    query: Flags.string({
      description: 'JMESPath, applied to the whole result; of a stream, to each line',
      helpGroup: GLOBAL,
      helpValue: 'EXPRESSION',
    }),
    'no-input': Flags.boolean({description: 'never ask; fail and name the missing flag', helpGroup: GLOBAL}),
    'max-wait': Flags.integer({
      description: 'give up when a throttled call, or --wait, has taken this long',
      helpGroup: GLOBAL,
      helpValue: 'SECONDS',
      min: 0,
    }),
  }

  readonly #io = terminal.io
  readonly #interrupt = new Interrupt(this.#io)
  readonly #progress = new ProgressBar(this.#io)
  #flags: GlobalFlags = {}
  #context: Context | undefined
  #journal: FileJournal | undefined
  /** What a list is written by, once there is one. */
  #rows: {taken(): Promise<void>} | undefined

  protected override async parse<F extends OutputFlags<F>, B extends OutputFlags<B>, A extends OutputArgs<A>>(
    options?: Input<F, B, A>,
    argv?: string[],
  ): Promise<ParserOutput<F, B, A>> {
    for (const arg of Object.values<object>(options?.args ?? {})) Object.assign(arg, OWN_STDIN)
    for (const flag of Object.values<object>(options?.flags ?? {})) Object.assign(flag, ONE_EACH)
    // Even where it fails. Else oclif warns of a forgotten parse() when NODE_ENV is "development".
    this.parsed = true
    const parsed = await super.parse(options, argv)
    this.#flags = parsed.flags as GlobalFlags
    const named = {api: oneOf('api', parsed.args, this.#flags), stage: oneOf('stage', parsed.args, this.#flags)}
    this.#context = await resolveContext({...this.#flags, ...named}, this.#io, this.signal, {
      notice: text => this.note(text),
      progress: what => this.#progress.begin(what),
      beforeMore: async () => this.#rows?.taken(),
    })
    return parsed
  }

  /** Aborts on Ctrl-C, on SIGTERM and when the reader closes the pipe. */
  protected get signal(): AbortSignal {
    return this.#interrupt.signal
  }

  protected get context(): Context {
    if (!this.#context) throw new Error('The context is there only after parse().')
    return this.#context
  }

  protected get session(): Session {
    return this.context.session
  }

  /** The session for what has to be undone although the command was interrupted. A second Ctrl-C ends that too. */
  protected get undoing(): Session {
    return {...this.session, signal: new AbortController().signal}
  }

  protected get prompt(): Prompt {
    return new Prompt(this.#io, !this.#flags['no-input'], this.signal)
  }

  protected get choose(): Choose {
    return this.prompt.choose
  }

  protected get stdin(): Io['stdin'] {
    return this.#io.stdin
  }

  protected get env(): NodeJS.ProcessEnv {
    return this.#io.env
  }

  protected get cwd(): string {
    return this.#io.cwd
  }

  /** Ends with an exit code that is not about this command, such as that of a program it ran. */
  protected exitWith(code: number): void {
    process.exitCode = code
  }

  /** Agreement to change what a stage serves that the project file protects: its name typed, or `--yes`. */
  protected async guard(stage: string, flags: {yes: boolean; 'dry-run': boolean}): Promise<void> {
    if (flags['dry-run'] || !this.context.protectedStages.includes(stage)) return
    const message = `${stage} is a protected stage.`
    await this.prompt.confirmName({message, name: stage, given: flags.yes ? stage : undefined, flag: '--yes'})
  }

  /** What a file holds, or stdin with `-`; never more than `limit` bytes. */
  protected readInput(file: string, limit: number): Promise<Buffer> {
    return readInput(file, limit, this.#io, this.signal)
  }

  /**
   * The value of an API key, from stdin. On a terminal it is asked for and not shown while it is typed.
   * @throws Problem usage on a terminal where nobody may be asked: what is typed there would be seen
   */
  protected async readKeyValue(): Promise<string> {
    if (!this.#io.stdin.isTTY) return String(await this.readInput('-', LARGEST_VALUE))
    const question = {message: 'Value of the API key:', flag: 'it on stdin, from a pipe or a file'}
    return this.prompt.secret(question)
  }

  /** After questions: the command that does the same without. @param answers the words that the answers stand for */
  protected noteEquivalent(answers: readonly string[]): void {
    const words = [this.config.bin, ...(this.id ?? '').split(':'), ...answers, ...this.argv]
    this.note(`The same without questions: ${words.map(quoted).join(' ')}`)
  }

  /** Prints a result, one thing or a list, in the format that was asked for. */
  protected async show<Row>(data: Row | readonly Row[], view: View<Row>, signal = this.signal): Promise<void> {
    const options = this.#outputOptions(false)
    const isForPeople = options.format === 'table' || options.format === 'markdown'
    if (Array.isArray(data) && data.length === 0 && isForPeople) {
      if (view.empty) this.note(view.empty)
      return
    }
    await this.print(await formatResult(data, view, options), signal)
  }

  /** Prints a result that is no table. In a pipe the default are its rows, as of any other result. */
  protected async report<Data, Row>(data: Data, report: Report<Data, Row>): Promise<void> {
    const options = this.#outputOptions(false)
    await this.print(await formatReport(data, report, options))
    if (isStreamable(options)) this.noteAll(report.remarks?.(data) ?? [])
  }

  /**
   * Prints what would change, and exits with 8 where that was asked for and there is something.
   * @throws Problem failed where that was asked for and cannot be told: a gate must not open for what nobody has looked at
   */
  protected async showDifference(
    {difference, remarks}: {difference: Difference; remarks: readonly string[]},
    flags: {'exit-code': boolean},
  ): Promise<void> {
    const [{differenceReport}, {isOfRoutesOnly}] = await Promise.all([
      import('../views/differences.js'),
      import('../domain/snapshots/difference.js'),
    ])
    await this.report(difference, differenceReport)
    this.noteAll(remarks)
    if (!flags['exit-code']) return
    if (difference.items.length > 0) return this.exitWith(EXIT_CODES.differences)
    if (!isOfRoutesOnly(difference)) return
    throw new Problem('failed', 'The routes are alike; whether the rest is cannot be told.')
  }

  /** Carries a plan out, or with `--dry-run` shows it and does nothing; then there is no result. */
  protected async carryOut<Result>(plan: Plan<Result>, flags: {'dry-run': boolean}): Promise<Result | undefined> {
    if (flags['dry-run']) {
      await this.show(plan.changes, changeView)
      return undefined
    }
    if (plan.changes.length === 0) this.remark([plan.nothing ?? 'Nothing to do: it is so already.'])
    return plan.apply()
  }

  /**
   * Carries out a plan for several things, with a bar where somebody watches and in the journal where there is one, and
   * shows those it was done to.
   * @throws Problem when one of them failed: its own where there was only one, else one that names each
   */
  protected async carryOutAll<Row>(plan: BulkPlan<Row>, flags: {'dry-run': boolean}, view: View<Row>): Promise<void> {
    if (plan.size === 0) this.remark(['Nothing to do: nothing was named.'])
    const isHopeless = plan.changes.length === 0 && plan.failed.length > 0
    const whole = {...plan, apply: () => this.#applied(plan)}
    const result = isHopeless || plan.size === 0 ? undefined : await this.carryOut(whole, flags)
    const {done, failed, stopped} = result ?? {done: [], failed: [...plan.failed]}
    // What is done is said, also when Ctrl-C ended it.
    const signal = stopped ? this.undoing.signal : this.signal
    if (done.length > 0 || (failed.length === 0 && !flags['dry-run'] && this.isForPrograms)) {
      await this.show(done, view, signal)
    }
    if (result && !stopped && plan.size > 1 && plan.changes.length > 0) this.remark([bulkSummary(result, plan)])
    const again = result?.confirm === undefined ? this.again : this.#againWith(confirming(this.argv, result.confirm))
    const problem = bulkProblem({done, failed, stopped}, plan.size, again)
    if (problem) throw problem
  }

  #applied<Row>(plan: BulkPlan<Row>): Promise<BulkResult<Row>> {
    const [first] = plan.changes
    const what = first ? `${first.action.replace(/e$/, '')}ing ${first.kind}s` : 'looking'
    return during(this.session, what, progress => plan.apply({progress, journal: this.#journal}))
  }

  /** The same command once more, to be pasted. What came from stdin has to come again. */
  protected get again(): string {
    return this.#againWith(this.argv)
  }

  #againWith(argv: readonly string[]): string {
    const words = [this.config.bin, ...(this.id ?? '').split(':'), ...argv].map(quoted).join(' ')
    return argv.includes('-') ? `To finish, with the same on stdin: ${words}` : `To finish: ${words}`
  }

  /**
   * The journal that `--journal` names, if it does: it belongs to this command with these flags, in this account and
   * Region. What is done by `carryOutAll` is noted in it.
   * @param caller tells the account
   */
  protected async journal(
    flags: {journal?: string | undefined; 'dry-run': boolean},
    caller: () => Promise<Caller>,
  ): Promise<Journal | undefined> {
    if (flags.journal === undefined) return undefined
    const {accountId, location} = await caller()
    const isManner = (name: string) => MANNERS.includes(name) || Object.hasOwn(ApigwCommand.baseFlags, name)
    const subject = {
      command: (this.id ?? '').replaceAll(':', ' '),
      flags: Object.fromEntries(Object.entries(flags).filter(([name]) => !isManner(name))),
      account: accountId,
      region: location.region,
      endpoint: location.endpointUrl,
    }
    const file = resolve(this.cwd, flags.journal)
    this.#journal = await FileJournal.open(file, subject, {isDry: flags['dry-run']})
    return this.#journal
  }

  /** The things that a command is for: its arguments, where `-` stands for the lines of stdin. */
  protected async refs(args: readonly string[]): Promise<string[]> {
    if (!args.includes('-')) return [...args]
    const text = (await this.readInput('-', LARGEST_LIST)).toString('utf8')
    const lines = text.split(/\r?\n/).filter(line => line.trim() !== '')
    return args.flatMap(arg => (arg === '-' ? lines : [arg]))
  }

  /** Prints a long list. Rows are written as they come where the format allows it. */
  protected async list<Row>(rows: AsyncIterable<Row>, view: View<Row>): Promise<void> {
    const options = this.#outputOptions(false)
    if (isStreamable(options)) {
      await this.print(await formatHeader(view, options))
      const write = async (some: readonly Row[]) => this.print(await formatStreamed(some, view, options))
      const writer = new RowWriter(write, this.signal, this.#io.stdout === process.stdout && canReaderLeave())
      this.#rows = writer
      return writer.writeAll(rows)
    }
    const all: Row[] = []
    for await (const row of rows) all.push(row)
    await this.show(all, view)
  }

  /**
   * Prints something endless, such as a log: `line` for people and pipes, ndjson for `--json`.
   * @param readsAhead whether a row may be asked for before the one before it is printed
   */
  protected async stream<Row>(rows: AsyncIterable<Row>, view: LineView<Row>, {readsAhead = true} = {}): Promise<void> {
    clearAwayEarly()
    this.#interrupt.watchReader()
    const options = this.#outputOptions(true)
    const isTerminal = Boolean(this.#io.stdout.isTTY)
    const coming = readsAhead ? bursts(rows, isTerminal ? 0 : undefined) : alone(rows)
    if (options.format !== 'table') return this.#write(coming, view, options)
    const lineOptions = {paint: paintFor(options.color), isTerminal, width: options.width}
    let isEmpty = true
    for await (const burst of coming) {
      isEmpty = false
      await this.print(burst.map(row => `${view.line(row, lineOptions)}\n`).join(''))
    }
    if (isEmpty && isTerminal && view.empty) this.note(view.empty)
  }

  async #write<Row>(bursts: AsyncIterable<readonly Row[]>, view: View<Row>, options: OutputOptions): Promise<void> {
    await this.print(await formatHeader(view, options))
    for await (const rows of bursts) {
      if (this.signal.aborted) return
      await this.print(await formatStreamed(rows, view, options))
    }
  }

  /**
   * How to print what is a document already and is passed on as it is: YAML, or JSON where that was asked for.
   * @param usual what it is where nothing was asked for
   * @throws Problem usage for what cannot be done to a document
   */
  protected documentFormat(usual: 'json' | 'yaml' = 'yaml'): 'json' | 'yaml' {
    const {output = this.#flags.json ? 'json' : usual, query} = this.#flags
    if (query !== undefined) throw new Problem('usage', 'This prints a document: --query does not apply to it.')
    if (output === 'json' || output === 'yaml') return output
    throw new Problem('usage', `This prints a document: --output ${output} does not apply to it.`, 'Use json or yaml.')
  }

  /** Data, as it is, to stdout. */
  protected async print(text: string, signal = this.signal): Promise<void> {
    if (this.#io.stdout.isTTY) this.#progress.erase()
    await write(this.#io.stdout, text, signal)
  }

  /** Whether the reader has taken all that was printed; waits for it. False when there is no reader any more. */
  protected isTaken(): Promise<boolean> {
    const {stdout} = this.#io
    return new Promise(resolve => {
      if (stdout.destroyed || !stdout.writable) return resolve(false)
      stdout.write('', error => resolve(!error))
    })
  }

  /** Whether the reader of stdout has gone: then there is nothing to say any more. */
  protected get isOutputGone(): boolean {
    return this.#interrupt.isOutputGone
  }

  /** Progress, remarks and warnings, to stderr. */
  protected note(text: string): void {
    this.#progress.erase()
    this.#io.stderr.write(`${printableLines(text)}\n`)
  }

  /** The same for several; what is undefined is left out. */
  protected noteAll(texts: readonly (string | undefined)[]): void {
    for (const text of texts) if (text !== undefined) this.note(text)
  }

  /** The same of something that is no table, such as the differences that a change will make. */
  protected noteReport<Data, Row>(data: Data, report: Pick<Report<Data, Row>, 'text'>): void {
    const {stderr, env} = this.#io
    const isTerminal = Boolean(stderr.isTTY)
    const width = isTerminal ? stderr.columns || 80 : Number.POSITIVE_INFINITY
    this.#progress.erase()
    stderr.write(report.text(data, {paint: paintFor(hasColor(stderr, env)), isTerminal, width, now: new Date()}))
  }

  /** Remarks for people: a program that wants JSON finds in the result what they say, and on stderr errors alone. */
  protected remark(texts: readonly (string | undefined)[]): void {
    if (!this.isForPrograms) this.noteAll(texts)
  }

  /** Whether JSON is wanted, of the result and of what goes wrong. */
  protected get isForPrograms(): boolean {
    return wantsJson(this.argv)
  }

  /** Whether a person is to read the result: a table, not rows or a document. */
  protected get isForPeople(): boolean {
    const {format, query} = this.#outputOptions(false)
    return query === undefined && (format === 'table' || format === 'markdown')
  }

  /** What charts are drawn on. */
  protected get canvas(): Canvas {
    const {width, format} = this.#outputOptions(false)
    return {width, isAscii: format === 'table' && isAsciiOnly(this.#io.env)}
  }

  #outputOptions(isStream: boolean): OutputOptions {
    const {stdout, env} = this.#io
    const {output, json, query} = this.#flags
    const format = output ?? (json ? 'json' : undefined)
    const isTerminal = Boolean(stdout.isTTY)
    return {
      format: isStream ? streamFormat(format, query) : (format ?? (isTerminal ? 'table' : 'tsv')),
      query,
      color: hasColor(stdout, env),
      // A terminal that does not know its size says 0.
      width: isTerminal ? stdout.columns || 80 : Number.POSITIVE_INFINITY,
      now: new Date(),
    }
  }

  override async catch(error: Error): Promise<void> {
    this.#progress.stop()
    if (this.#interrupt.isOutputGone) return
    const failure = failureFor(error, this.argv, this.#io)
    this.#io.stderr.write(failure.text)
    process.exitCode = this.#interrupt.exitCode ?? failure.exitCode
  }

  override async finally(): Promise<void> {
    this.#progress.stop()
    await this.#journal?.close()
    this.#interrupt.dispose()
    if (this.#interrupt.exitCode !== undefined) process.exitCode = this.#interrupt.exitCode
  }
}

/** The words of a command with something else after `--confirm`, where that is among them. */
function confirming(argv: readonly string[], confirm: string): string[] {
  return argv.map((word, i) =>
    argv[i - 1] === '--confirm' ? confirm : word.startsWith('--confirm=') ? `--confirm=${confirm}` : word,
  )
}

/** Rows one by one, each only when the one before it was taken. */
async function* alone<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  for await (const row of rows) yield [row]
}

/** The API and the stage may be named by an argument, on commands that have one, or by the flag. */
function oneOf<What extends 'api' | 'stage'>(
  what: What,
  {[what]: arg}: {[key in What]?: string},
  {[what]: flag}: {[key in What]?: unknown},
): string | undefined {
  // Some commands take several stages with the flag of that name: those are no part of the context.
  if (typeof flag !== 'string') return arg
  if (arg === undefined || arg === flag) return flag
  const noun = what === 'api' ? 'API' : what
  throw new Problem('usage', `Which ${noun}: "${arg}" or, by --${what}, "${flag}"?`, 'Name one of them.')
}

/** A stream has no end to wait for: JSON means one object a line, and a query is applied to each. */
function streamFormat(format: Format | undefined, query: string | undefined): Format {
  if (format === 'json' || (format === undefined && query !== undefined)) return 'ndjson'
  if (format === 'csv' && query !== undefined) {
    throw new Problem('usage', 'What --query makes of a stream has no columns of its own.', 'Use --output ndjson.')
  }
  return format ?? 'table'
}
