import {type BulkRun, bulkPlan, bulkProblem, isHopeless, WIDTH} from '../bulk.js'
import type {ApiKey, KeyStore} from '../keys.js'
import type {PlanStore} from '../plans.js'
import {Problem} from '../problem.js'
import {batchesOf, isImportable, type KeyImports, needsMore, warningsByLine} from './batches.js'
import {type Amendment, amend, amendmentFor, isNothing} from './differences.js'
import {generatedLines, type WantedLine} from './matching.js'
import {membershipsIn} from './memberships.js'

/** What is to be done about a line. */
export type ImportTask =
  | {kind: 'create'; line: WantedLine}
  | {kind: 'amend'; line: WantedLine; key: ApiKey; amendment: Amendment}
  | {kind: 'settled'; line: WantedLine; id: string; outcome: 'unchanged' | 'different'; problem?: string}

export const OUTCOMES = ['created', 'unchanged', 'updated', 'different', 'failed'] as const

/** What became of a line. */
export interface ImportedLine {
  line: number
  name: string | undefined
  id: string | undefined
  outcome: (typeof OUTCOMES)[number]
  /** Why it failed, in what the key differs from the line, or what the service warned of. */
  problem?: string | undefined
}

export interface ImportResult {
  /** In the order of the file. */
  lines: ImportedLine[]
  /** What the service said of no line in particular. */
  warnings: string[]
  /** Why nothing more was begun, where it ended early. */
  stopped?: Problem | undefined
}

export interface ImportStores {
  keys: KeyStore
  plans: PlanStore
  imports: KeyImports
}

/** A call or several that belong to one line. */
interface Step {
  line: WantedLine
  take: () => Promise<void>
}

/**
 * Carries out an import: makes all keys that the service's own import can make with that, looks what became of them, and
 * does what is left one by one.
 */
export class ImportRun {
  readonly #lines = new Map<WantedLine, ImportedLine>()
  readonly #warnings: string[] = []
  /** What the service said of a line when it imported it. */
  readonly #said = new Map<WantedLine, string>()
  #stopped: Problem | undefined
  #done = 0
  #total = 0

  constructor(
    private readonly stores: ImportStores,
    private readonly tasks: readonly ImportTask[],
    private readonly run: BulkRun,
  ) {}

  async carryOut(): Promise<ImportResult> {
    // Lists begin with the newest key (recorded): made from the last line to the first, keys are listed as in the file.
    const creating = this.tasks.flatMap(({kind, line}) => (kind === 'create' ? [line] : [])).reverse()
    const importable = creating.filter(isImportable)
    const amending = this.tasks.flatMap(task => (task.kind === 'amend' ? [task] : []))
    this.#total = creating.length + importable.filter(needsMore).length + amending.length
    await this.#import(importable)
    const unfinished = await this.#lookAt(importable)
    await this.#take([
      ...this.#creations(creating.filter(line => !isImportable(line))),
      ...amending.map(({line, key, amendment}) => this.#amendment(line, key.id, amendment, 'updated')),
      ...unfinished,
    ])
    return {lines: this.tasks.map(task => this.#outcomeOf(task)), warnings: this.#warnings, stopped: this.#stopped}
  }

  async #import(lines: readonly WantedLine[]): Promise<void> {
    for (const batch of batchesOf(lines)) {
      try {
        const warnings = await this.stores.imports.importCsv(batch.csv)
        for (const line of batch.lines) this.#said.set(line, UNEXPLAINED)
        for (const [line, text] of warningsByLine(batch, warnings)) {
          if (line) this.#said.set(line, text)
          else this.#warnings.push(text)
        }
      } catch (error) {
        const problem = asProblem(error)
        if (isHopeless(problem)) this.#stopped = problem
        for (const line of batch.lines) this.#said.set(line, this.#stopped ? UNKNOWN : problem.message)
      }
      if (this.#stopped) return
      this.#progress(batch.lines.length)
    }
  }

  /**
   * Reads the keys that have been made: of what the service's import does the documentation says little, and it tells only
   * ids, in no order that is promised. That a key is listed as soon as it is made is assumed; of one that is not, the line
   * fails, and the same import run again finds it.
   * @returns what is left to do
   */
  async #lookAt(lines: readonly WantedLine[]): Promise<Step[]> {
    if (lines.length === 0 || this.#stopped) return []
    const steps: Step[] = []
    try {
      const wanted = new Map(lines.map(line => [line.value?.reveal(), line]))
      const memberships = await membershipsIn(this.stores.plans, [...new Set(lines.flatMap(({plans = []}) => plans))])
      for await (const key of this.stores.keys.list({withValues: true})) {
        const line = wanted.get(key.value?.reveal())
        if (!line) continue
        const said = this.#said.get(line)
        const amendment = amendmentFor(line, {key, plans: memberships.get(key.id) ?? []})
        this.#said.set(line, NOT_FINISHED)
        if (isNothing(amendment)) this.#settle(line, 'created', key.id, said === UNEXPLAINED ? undefined : said)
        else steps.push(this.#amendment(line, key.id, amendment, 'created'))
      }
    } catch (error) {
      this.#stopped = asProblem(error)
    }
    return steps
  }

  /** Keys that are made one by one: those whose value is to be generated, and those that an import might read otherwise. */
  #creations(lines: readonly WantedLine[]): Step[] {
    const called = new Map([...generatedLines(this.tasks.map(({line}) => line))].map(([id, line]) => [line, id]))
    return lines.map(line => ({
      line,
      take: async () => {
        const {name = '', value, enabled = true, description, customerId, tags = {}, plans = []} = line
        const request = {name, value: value?.reveal(), enabled, description, customerId, tags}
        const {id} = await this.stores.keys.create(request)
        this.#said.set(line, NOT_FINISHED)
        const noted = called.get(line)
        if (noted !== undefined) await this.run.journal?.note(noted, id)
        await this.#amendment(line, id, {fields: {}, tags: undefined, attach: plans, detach: []}, 'created').take()
      },
    }))
  }

  #amendment(line: WantedLine, id: string, amendment: Amendment, outcome: 'created' | 'updated'): Step {
    const take = async () => {
      try {
        await amend(this.stores, id, amendment)
        this.#settle(line, outcome, id)
      } catch (error) {
        const {message} = asProblem(error)
        this.#settle(line, 'failed', id, outcome === 'created' ? `${NOT_FINISHED} ${message}` : message)
        throw error
      }
    }
    return {line, take}
  }

  async #take(steps: readonly Step[]): Promise<void> {
    if (this.#stopped) return
    const act = async ({line, take}: Step) => {
      try {
        await take()
      } catch (error) {
        const {message} = asProblem(error)
        if (!this.#lines.has(line)) this.#settle(line, 'failed', undefined, message)
        throw error
      } finally {
        this.#progress(1)
      }
    }
    const plan = bulkPlan({done: [...steps], failed: []}, ({line}) => String(line.line), [], act, {width: WIDTH})
    this.#stopped = (await plan.apply()).stopped
  }

  #settle(line: WantedLine, outcome: ImportedLine['outcome'], id: string | undefined, problem?: string): void {
    this.#lines.set(line, {line: line.line, name: line.name, id, outcome, ...(problem ? {problem} : {})})
  }

  #outcomeOf({line, ...task}: ImportTask): ImportedLine {
    const settled = this.#lines.get(line)
    if (settled) return settled
    const of = {line: line.line, name: line.name}
    if (task.kind === 'settled') return {...of, id: task.id, outcome: task.outcome, problem: task.problem}
    return {...of, id: undefined, outcome: 'failed', problem: this.#said.get(line) ?? NOT_TRIED}
  }

  #progress(count: number): void {
    this.#done += count
    // Not of keys: one that the service's import makes may have a second step.
    this.run.progress?.at(this.#done, {unit: 'steps', total: Math.max(this.#total, this.#done)})
  }
}

const NOT_TRIED = 'It was not tried.'
const UNKNOWN = 'Whether the key was created is not known.'
const UNEXPLAINED = 'The service has neither made a key of it nor said why.'
const NOT_FINISHED = 'The key was created, but not with all that belongs to it.'

/** @throws what is no Problem, as it is */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  throw error
}

/** How an import went, in a line: "9980 created, 18 there already, 2 failed". */
export function importSummary({lines, warnings}: ImportResult): string {
  const count = (wanted: ImportedLine['outcome']) => lines.filter(({outcome}) => outcome === wanted).length
  const warned = warnings.length + lines.filter(({outcome, problem}) => outcome === 'created' && problem).length
  const parts: [number, string][] = [
    [count('created'), 'created'],
    [count('updated'), 'updated'],
    [count('unchanged'), 'there already'],
    [count('different'), 'there already and different'],
    [count('failed'), 'failed'],
    [warned, warned === 1 ? 'warning' : 'warnings'],
  ]
  return parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ')
}

/** What to say of lines that failed. @param again the command that goes on where this one stopped */
export function importProblem({lines, stopped}: ImportResult, again: string): Problem | undefined {
  const kindOf = (problem: string) => (stopped && [NOT_TRIED, UNKNOWN].includes(problem) ? stopped.kind : 'failed')
  const failed = lines.flatMap(({line, name, outcome, problem = ''}) =>
    outcome === 'failed'
      ? [{name: name ? `line ${line} (${name})` : `line ${line}`, problem: new Problem(kindOf(problem), problem)}]
      : [],
  )
  const done = lines.filter(({outcome}) => outcome !== 'failed')
  return bulkProblem({done, failed, ...(stopped ? {stopped} : {})}, lines.length, again)
}
