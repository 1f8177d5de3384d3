import type {Journal} from './journal.js'
import type {Change, Plan} from './plan.js'
import {Problem} from './problem.js'
import type {Progress} from './session.js'

/** One of several things that something could not be done to. */
export interface Failed {
  name: string
  problem: Problem
}

export interface BulkResult<Result> {
  done: Result[]
  failed: Failed[]
}

/** What accompanies a run over many things. */
export interface BulkRun {
  /** Told after each thing. */
  progress?: Pick<Progress, 'at'>
  /** Things that are in it are not done again; each is noted as soon as it is done. */
  journal?: Journal
}

/** A plan for several things at once: it goes on past one that fails. */
export interface BulkPlan<Result> extends Plan<BulkResult<Result>> {
  apply(run?: BulkRun): Promise<BulkResult<Result>>
  /** What has failed before anything is done, such as a name that nothing has. */
  failed: readonly Failed[]
  /** How many things were asked for. */
  size: number
}

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
): BulkPlan<Result> {
  return {
    size: found.done.length + found.failed.length,
    failed: found.failed,
    changes,
    apply: async () => {
      const {done, failed} = await eachInTurn(found.done, nameOf, act)
      return {done, failed: [...found.failed, ...failed]}
    },
  }
}

/** There is no sense in trying the next thing after one of these. */
const HOPELESS: readonly string[] = ['interrupted', 'unreachable']

/** Does something to each of several things, in order, and goes on past what fails. */
export async function eachInTurn<Item, Result>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  act: (item: Item) => Promise<Result>,
): Promise<BulkResult<Result>> {
  const done: Result[] = []
  const failed: Failed[] = []
  for (const [i, item] of items.entries()) {
    try {
      done.push(await act(item))
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      failed.push({name: nameOf(item), problem})
      if (!HOPELESS.includes(problem.kind)) continue
      const left = items.slice(i + 1).map(nameOf)
      failed.push(...left.map(name => ({name, problem: new Problem(problem.kind, 'not tried')})))
      break
    }
  }
  return {done, failed}
}

/** Failures that are told one by one. */
const NAMED = 20

/**
 * What to say of all that failed: of one thing asked for its own Problem, of several one that names each, up to a number that can be read.
 * @param size how many things were asked for
 */
export function bulkProblem(failed: readonly Failed[], size: number): Problem | undefined {
  const [first] = failed
  if (!first) return undefined
  if (size === 1) return first.problem
  const lines = failed.slice(0, NAMED).map(({name, problem}) => `  ${name}: ${problem.message}`)
  if (failed.length > NAMED) lines.push(`  and ${failed.length - NAMED} more`)
  return new Problem('failed', [`${failed.length} of ${size} failed:`, ...lines].join('\n'))
}
