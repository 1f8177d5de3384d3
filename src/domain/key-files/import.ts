import {collect} from '../apis.js'
import type {BulkRun} from '../bulk.js'
import {findNamed} from '../choice.js'
import type {Journal} from '../journal.js'
import type {ApiKey} from '../keys.js'
import type {Change, Plan} from '../plan.js'
import {rejectSharedStages, type UsagePlan} from '../plans.js'
import {Problem} from '../problem.js'
import {additionsIn, amendmentFor, amendmentWords, isAddingOnly, isNothing} from './differences.js'
import {type ImportResult, ImportRun, type ImportStores, type ImportTask} from './import-run.js'
import type {KeyLine, LineProblem} from './lines.js'
import {matchKeys, type WantedLine} from './matching.js'
import {membershipsOf} from './memberships.js'
import type {KeyFile} from './reading.js'

/** What to do about keys that are there already and are not as the file says. */
export const ON_EXISTING = ['complete', 'skip', 'update', 'fail'] as const
export type OnExisting = (typeof ON_EXISTING)[number]

export interface ImportOptions {
  existing: OnExisting
  journal?: Pick<Journal, 'entry'> | undefined
}

/** All lines are right, and nothing has been done yet. */
export interface KeyImportPlan extends Plan<ImportResult> {
  apply(run?: BulkRun): Promise<ImportResult>
}

/** Source: "API keys per account per Region", Amazon API Gateway quotas. It is fixed. */
const MOST_KEYS = 10_000

/**
 * Finds out what an import has to do. It reads all keys: the service's own import overwrites a key that has a value
 * already, and ignores plans that it does not know (both recorded).
 * @throws Problem usage that names all that is wrong with the file; conflict for keys that differ, where they are to fail it
 */
export async function planKeyImport(
  stores: ImportStores,
  file: KeyFile,
  {existing, journal}: ImportOptions,
): Promise<KeyImportPlan> {
  const known = await collect(stores.plans.list({}))
  const all = await collect(stores.keys.list({withValues: true}))
  const problems = [...file.problems]
  const lines = file.lines.map(line => withPlans(line, known, problems))
  const {found, gone, problems: unclear} = matchKeys(lines, all, journal)
  const created = lines.filter(line => !found.has(line) && !gone.has(line))
  problems.push(...doubles(lines), ...unclear, ...withoutRoom(created, MOST_KEYS - all.length))
  if (problems.length > 0) throw badFile(problems)

  const memberships = await membershipsOf(
    stores.plans,
    known,
    [...found.values()].map(({id}) => id),
  )
  const tasks = lines.map((line): ImportTask => {
    const key = found.get(line)
    if (key) return taskFor(line, key, memberships.get(key.id) ?? [], existing)
    if (!gone.has(line)) return {kind: 'create', line}
    return {kind: 'settled', line, id: gone.get(line) ?? '', outcome: 'unchanged', problem: GONE}
  })
  if (existing === 'fail') rejectDifferent(tasks)
  return {
    changes: tasks.flatMap(changesOf),
    apply: (run = {}) => new ImportRun(stores, tasks, run).carryOut(),
  }
}

const GONE = 'An earlier run created it, and it is gone since.'

/**
 * A line with the plans that it names. What it calls them is not told where something is wrong with its value: the columns
 * may have been mixed up, and one of them may be the value.
 */
function withPlans({plans, ...line}: KeyLine, known: readonly UsagePlan[], problems: LineProblem[]): WantedLine {
  const isInDoubt = line.value === undefined && problems.some(problem => problem.line === line.line)
  const wrong = ({message, hint = ''}: Problem) => {
    const problem = isInDoubt ? 'It is on a usage plan that is not there.' : `${message} ${hint}`.trim()
    problems.push({line: line.line, name: isInDoubt ? undefined : line.name, problem})
  }
  const found = plans?.flatMap(ref => attempt(() => [findNamed(known, ref, 'usage plan')], wrong) ?? [])
  if (found) attempt(() => rejectSharedStages([...new Set(found)]), wrong)
  return {...line, plans: found && [...new Set(found)]}
}

function attempt<Result>(act: () => Result, wrong: (problem: Problem) => void): Result | undefined {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    wrong(error)
    return undefined
  }
}

/** Two keys cannot have one value: the service would take the second for a new version of the first. */
function doubles(lines: readonly WantedLine[]): LineProblem[] {
  const first = new Map<string, number>()
  return lines.flatMap(({line, name, value}) => {
    if (!value) return []
    const other = first.get(value.reveal())
    if (other !== undefined) return [{line, name, problem: `It has the value of line ${other}.`}]
    first.set(value.reveal(), line)
    return []
  })
}

function withoutRoom(created: readonly WantedLine[], room: number): LineProblem[] {
  const first = created[Math.max(room, 0)]
  if (!first) return []
  const text = `There is no room for the key of this line and ${created.length - Math.max(room, 0) - 1} more`
  const problem = `${text}: an account has ${MOST_KEYS} API keys at most, and this one has ${MOST_KEYS - room}.`
  return [{line: first.line, name: first.name, problem}]
}

/** What is wrong, line by line, all of it: whoever mends a file wants to do it once. */
function badFile(all: readonly LineProblem[]): Problem {
  const problems = [...all].sort((one, other) => one.line - other.line)
  const count = new Set(problems.map(({line}) => line)).size
  const lines = problems.map(({line, name, problem}) => `  line ${line}${name ? ` (${name})` : ''}: ${problem}`)
  const text = `${count === 1 ? 'A line' : `${count} lines`} of the file cannot be imported; nothing was done:`
  const failures = problems.map(({line, name, problem}) => ({
    line,
    name: name ?? '',
    kind: 'usage' as const,
    message: problem,
  }))
  return new Problem('usage', [text, ...lines].join('\n'), undefined, {failures})
}

function taskFor(line: WantedLine, key: ApiKey, plans: readonly UsagePlan[], existing: OnExisting): ImportTask {
  const found = {key, plans}
  const amendment = amendmentFor(line, found)
  if (isNothing(amendment)) return {kind: 'settled', line, id: key.id, outcome: 'unchanged'}
  if (existing === 'update') return {kind: 'amend', line, key, amendment}
  const additions = additionsIn(amendment, found)
  if (existing !== 'skip' && isAddingOnly(amendment, additions)) return {kind: 'amend', line, key, amendment: additions}
  const problem = `It is there and differs: ${amendmentWords(amendment).join(', ')}.`
  return {kind: 'settled', line, id: key.id, outcome: 'different', problem}
}

/** @throws Problem conflict */
function rejectDifferent(tasks: readonly ImportTask[]): void {
  const differing = tasks.flatMap(task => (task.kind === 'settled' && task.outcome === 'different' ? [task] : []))
  if (differing.length === 0) return
  const told = ({line: {line, name}, id, problem}: (typeof differing)[number]) =>
    `  line ${line} (${name ?? id}): ${problem}`
  const text = [`Keys are there and differ; nothing was done:`, ...differing.map(told)].join('\n')
  throw new Problem(
    'conflict',
    text,
    'To make them as in the file: --existing update. To leave them alone: --existing skip',
  )
}

function changesOf(task: ImportTask): Change[] {
  const {line, name, enabled = true, value, plans = []} = task.line
  const change = {kind: 'API key', name: name || ('id' in task ? task.id : 'key' in task ? task.key.id : '')}
  if (task.kind === 'settled') {
    return task.outcome === 'different' ? [{...change, action: 'keep', detail: `line ${line}: ${task.problem}`}] : []
  }
  if (task.kind === 'amend') {
    return [{...change, action: 'update', detail: `line ${line}: ${amendmentWords(task.amendment).join(', ')}`}]
  }
  const detail = [
    enabled ? 'enabled' : 'disabled',
    value ? 'with the given value' : 'with a generated value',
    ...(plans.length > 0 ? [`on ${plans.map(plan => plan.name).join(', ')}`] : []),
  ]
  return [{...change, action: 'create', detail: `line ${line}: ${detail.join(', ')}`}]
}
