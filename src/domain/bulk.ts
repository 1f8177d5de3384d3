import type {Journal} from './journal.js'
import type {Change, Plan} from './plan.js'
import {Problem, type ProblemKind} from './problem.js'
import type {Progress} from './session.js'

/** One of several things that something could not be done to. */
export interface Failed {
  name: string
  problem: Problem
}

export interface BulkResult<Result> {
  done: Result[]
  /** Also what was not tried any more. */
  failed: Failed[]
  /** Why nothing more was begun, where it ended early. */
  stopped?: Problem | undefined
  /** What the next run is to be confirmed with, where it is not what this one was. */
  confirm?: string | undefined
}

/** What accompanies a run over many things. */
export interface BulkRun {
  /** Told after each thing. */
  progress?: Pick<Progress, 'at'> | undefined
  /** Each thing is noted in it as soon as it is done. What is in it already the plan has left out. */
  journal?: Pick<Journal, 'note'> | undefined
}

/** A plan for several things at once: it goes on past one that fails. */
export interface BulkPlan<Result> extends Plan<BulkResult<Result>> {
  apply(run?: BulkRun): Promise<BulkResult<Result>>
  /** What has failed before anything is done, such as a name that nothing has. */
  failed: readonly Failed[]
  /** How many things were asked for. */
  size: number
  /** How many of them need nothing, and how many of those because an earlier run did it, by its journal. */
  settled?: {already: number; before: number}
}

/** How a plan is carried out. */
export interface BulkOptions<Item> {
  /** How many are done at once: one after the other where this is not said. */
  width?: number
  /** Whether there is nothing to do to it; then `act` makes no call. */
  isSettled?: (item: Item) => boolean
  /** What is noted in the journal when it is done: ids, each with its entry. */
  notesOf?: (item: Item) => Iterable<readonly [id: string, entry: string]>
  /** How many more were asked for that an earlier run did. */
  before?: number
  /** What is to be typed to confirm what is left. */
  confirmFor?: (left: number) => string
}

/**
 * So many calls are under way at once where nothing speaks against it: the rate of the account, 10 a second, is reached
 * as long as the service answers within a second.
 */
export const WIDTH = 10

/**
 * A plan to do something to each of several things.
 * @param found what was found of them, and what was not
 * @param changes what `act` will change; it is called for all, also for what is as wanted already
 */
export function bulkPlan<Item, Result>(
  found: BulkResult<Item>,
  nameOf: (item: Item) => string,
  changes: readonly Change[],
  act: (item: Item) => Promise<Result>,
  {width = 1, isSettled = () => false, notesOf = () => [], before = 0, confirmFor}: BulkOptions<Item> = {},
): BulkPlan<Result> {
  const size = found.done.length + found.failed.length + before
  return {
    size,
    failed: found.failed,
    changes,
    settled: {already: found.done.filter(isSettled).length, before},
    ...(size > 1 || before > 0 ? {nothing: nothingText(size, before)} : {}),
    apply: async ({progress, journal} = {}) => {
      const of = {unit: 'done', total: found.done.filter(item => !isSettled(item)).length}
      let count = 0
      const told = async (item: Item) => {
        try {
          return await act(item)
        } finally {
          if (!isSettled(item)) progress?.at(++count, of)
        }
      }
      const noted = async (item: Item) => {
        if (journal) await Promise.all([...notesOf(item)].map(([id, entry]) => journal.note(id, entry)))
      }
      if (of.total > 0) progress?.at(count, of)
      const result = await each(found.done, nameOf, told, width, noted)
      const confirm = confirmFor?.(result.failed.length)
      return {...result, failed: [...found.failed, ...result.failed], confirm}
    },
  }
}

function nothingText(size: number, before: number): string {
  if (before < size) return `Nothing to do: all ${size} are so already.`
  return `Nothing to do: by the journal an earlier run has done ${size === 1 ? 'it' : `all ${size}`}.`
}

/** After one of these the next thing would fail, too. */
const HOPELESS: readonly ProblemKind[] = ['interrupted', 'unreachable', 'gave-up']

/**
 * Whether there is no sense in trying the next thing: also where credentials are not good any more, which a long run may
 * see; a lack of permission may be one thing's own.
 */
export const isHopeless = ({kind, code = ''}: Problem) =>
  HOPELESS.includes(kind) || (kind === 'denied' && /Expired|TokenProvider|CredentialsProvider/.test(code))

/** Why a thing was not even tried. */
const NOT_TRIED = 'not tried'

/** Does something to each of several things, in order, and goes on past what fails. */
export function eachInTurn<Item, Result>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  act: (item: Item) => Promise<Result>,
): Promise<BulkResult<Result>> {
  return each(items, nameOf, act, 1)
}

/**
 * Does something to each of several things, a number of them at once, and goes on past what fails. What comes out is in
 * the order of what goes in.
 * @param then what follows when one is done; where that fails, nothing more is begun
 */
async function each<Item, Result>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  act: (item: Item) => Promise<Result>,
  width: number,
  then?: (item: Item) => Promise<void>,
): Promise<BulkResult<Result>> {
  const outcomes: {done?: [Result]; problem?: Problem}[] = items.map(() => ({}))
  let next = 0
  let isBroken = false
  let stopped: Problem | undefined
  const take = async () => {
    while (next < items.length && !stopped && !isBroken) {
      const i = next++
      const [item, outcome] = [items[i] as Item, outcomes[i] as (typeof outcomes)[number]]
      try {
        outcome.done = [await act(item)]
        await then?.(item)
      } catch (problem) {
        isBroken = !(problem instanceof Problem)
        if (!(problem instanceof Problem)) throw problem
        if (outcome.done || isHopeless(problem)) stopped ??= problem
        outcome.problem = problem
      }
    }
  }
  await Promise.all(Array.from({length: Math.min(width, items.length)}, take))
  const notTried = stopped && new Problem(stopped.kind, NOT_TRIED)
  const failed = items.flatMap((item, i): Failed[] => {
    const {done, problem = notTried} = outcomes[i] ?? {}
    return done || !problem ? [] : [{name: nameOf(item), problem}]
  })
  return {done: outcomes.flatMap(({done}) => done ?? []), failed, ...(stopped ? {stopped} : {})}
}

/** Things that are named one by one. */
const NAMED = 20

/**
 * What to say of all that failed: of one thing asked for its own Problem, of several one that names each, up to a number
 * that can be read. All of them are in its `failures`.
 * @param size how many things were asked for
 * @param again the command that does what is left, where it ended early
 */
export function bulkProblem(
  {done, failed, stopped}: BulkResult<unknown>,
  size: number,
  again?: string,
): Problem | undefined {
  const [first] = failed
  if (!first) return stopped
  if (size === 1) return first.problem
  const failures = failed.map(({name, problem: {kind, code, message}}) => ({name, kind, code, message}))
  if (!stopped) {
    const lines = [`${failed.length} of ${size} failed:`, ...named(failed)]
    const hint = failed.length > NAMED ? 'With --json all of them are named.' : undefined
    return new Problem('failed', lines.join('\n'), hint, {failures})
  }
  const left = failed.filter(({problem}) => problem.kind === stopped.kind)
  const refused = failed.filter(({problem}) => problem.kind !== stopped.kind)
  const notDone = left.length > NAMED ? left.length : left.map(({name}) => name).join(', ')
  const lines = [stopped.message, `Done: ${done.length} of ${size}. Not done: ${notDone}.`, ...named(refused)]
  const {code, requestId} = stopped
  // Each of them may be done twice, so that there is nothing to look at first.
  const hints = [stopped.kind === 'unreachable' ? undefined : stopped.hint, again].filter(line => line !== undefined)
  const details = {code, requestId, failures, cause: stopped}
  return new Problem(stopped.kind, lines.join('\n'), hints.join('\n') || undefined, details)
}

/** A line for each of the first of them, and how many more there are. */
function named(failed: readonly Failed[]): string[] {
  const lines = failed.slice(0, NAMED).map(({name, problem}) => `  ${name}: ${problem.message}`)
  return failed.length > NAMED ? [...lines, `  and ${failed.length - NAMED} more`] : lines
}

/**
 * How it went, in a line: "9980 done, 18 were so already, 2 failed". Nothing where the result itself shows that few
 * things are done and no more.
 */
export function bulkSummary(
  {done, failed}: BulkResult<unknown>,
  {size, settled}: Pick<BulkPlan<unknown>, 'size' | 'settled'>,
): string | undefined {
  const {already = 0, before = 0} = settled ?? {}
  if (done.length === size && already === 0 && size <= NAMED) return undefined
  const parts = [
    `${done.length - already} done`,
    ...(already > 0 ? [`${already} ${already === 1 ? 'was' : 'were'} so already`] : []),
    ...(before > 0 ? [`${before} by an earlier run`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ]
  return parts.join(', ')
}
