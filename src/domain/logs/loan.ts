import {type BulkPlan, bulkPlan, eachInTurn} from '../bulk.js'
import {duration} from '../duration.js'
import type {Change} from '../plan.js'
import {Problem} from '../problem.js'
import {quoted} from '../quoting.js'
import type {Session} from '../session.js'
import {
  accessLogOf,
  isSameAccessLog,
  isSameSetting,
  type LogChanges,
  type LogSwitch,
  ownSetting,
  settingText,
} from './settings.js'
import {
  type AccessLog,
  type ApiKind,
  findLoggedStage,
  type LoggedStage,
  type LoggedStageStores,
  type LogSetting,
} from './stages.js'

/**
 * What a stage logs for a while only, and what it logged before: enough for another run to undo it. It is noted down before
 * the stage is changed and struck out after that was undone, so whatever ends the run leaves the note.
 */
export interface Loan {
  kind: ApiKind
  apiId: string
  /** Name of the API. */
  api: string
  stage: string
  region: string
  /** Where the control plane was, if not at the service's own endpoint. */
  endpointUrl?: string | undefined
  until: Date
  settings: readonly LentSetting[]
  accessLog?: {before?: AccessLog | undefined; set: AccessLog} | undefined
}

export interface LentSetting {
  /** `*` for all methods or routes. */
  method: string
  /** Undefined for a method that had no setting of its own. */
  before?: LogSetting | undefined
  set: LogSetting
}

/** The notes of one machine. */
export interface LoanStore {
  list(): Promise<Loan[]>
  /**
   * Resolves when the note would outlive the machine.
   * @throws Problem conflict when there is one of the same stage already
   */
  add(loan: Loan): Promise<void>
  remove(loan: Loan): Promise<void>
}

/** The session's place on AWS, which a note belongs to. */
export type Place = Pick<Loan, 'region' | 'endpointUrl'>

/** Those of the place, and of what is named of API and stage; an API is meant by its id or name. */
export function loansOf(
  loans: readonly Loan[],
  place: Place,
  only: {api?: string | undefined; stage?: string | undefined} = {},
): Loan[] {
  return loans.filter(
    loan =>
      loan.region === place.region &&
      loan.endpointUrl === place.endpointUrl &&
      (only.api === undefined || only.api === loan.apiId || only.api === loan.api) &&
      (only.stage === undefined || only.stage === loan.stage),
  )
}

/** @throws Problem conflict when a stage logs for a while already: what it logs now is not what is to come back */
export function checkNotLent(loans: readonly Loan[], place: Place, stage: LoggedStage): void {
  const [loan] = loansOf(loans, place, {api: stage.apiId, stage: stage.stage})
  if (loan) throw alreadyLent(loan)
}

export function alreadyLent(loan: Loan): Problem {
  return new Problem(
    'conflict',
    `What stage ${loan.stage} of ${loan.api} logs was set for a while, until ${loan.until.toISOString()}.`,
    `Undo that first: ${restoreCommand(loan)}`,
  )
}

/** Of loans whose time is over and that nobody has undone, what is to be said, with the command that undoes them. */
export function leftBehind(
  loans: readonly Loan[],
  place: Place,
  only: {api?: string | undefined; stage?: string | undefined},
  now: number,
): string[] {
  return loansOf(loans, place, only)
    .filter(({until}) => until.getTime() < now)
    .map(loan => {
      const {stage, api, until} = loan
      const text = `What stage ${stage} of ${api} logs was set for a while, until ${until.toISOString()}, and not set back.`
      return `${text}\nUndo it: ${restoreCommand(loan)}`
    })
}

/** The command that undoes a loan, where nothing else does. */
export function restoreCommand({apiId, stage}: {apiId: string; stage: string}): string {
  return `apigw logs disable --restore --api ${apiId} --stage ${quoted(stage)}`
}

/** What was undone of a loan. */
export interface Restored {
  api: string
  apiId: string
  stage: string
  /** What was put back, in words. */
  restored: string[]
  /** What somebody else has changed since, in words: it stays as it is. */
  left: string[]
}

/**
 * What is to be put back on a stage: what was set and is still so. What is otherwise by now was changed by somebody else,
 * and stays.
 * @param stage as it is now; undefined when it is gone: then nothing is to be done
 */
export function restorationOf(loan: Loan, stage: LoggedStage | undefined): Restored & {changes: LogChanges} {
  const {api, apiId, stage: name} = loan
  const restoration = {
    api,
    apiId,
    stage: name,
    restored: [] as string[],
    left: [] as string[],
    changes: {} as LogChanges,
  }
  if (!stage) return restoration
  const {restored, left, changes} = restoration
  const settings: {method: string; setting: LogSetting | undefined}[] = []
  for (const {method, before, set} of loan.settings) {
    const now = ownSetting(stage, method)
    const of = `execution log, ${method === '*' ? 'all methods' : method}`
    if (isSameSetting(now, before)) continue
    if (isSameSetting(now, set)) {
      settings.push({method, setting: before})
      restored.push(`${of}: ${words(set)} → ${words(before)}`)
    } else left.push(`${of}: ${words(now)}`)
  }
  if (settings.length > 0) changes.settings = settings
  const {before, set} = loan.accessLog ?? {}
  const now = accessLogOf(stage)
  if (set && !isSameAccessLog(now, before)) {
    if (isSameAccessLog(now, set)) {
      changes.accessLog = before ?? 'none'
      restored.push(before ? `access log: ${set.arn} → ${before.arn}` : `access log: ${set.arn} → none`)
    } else left.push(`access log: ${now?.arn ?? 'none'}`)
  }
  return restoration
}

const words = (setting: LogSetting | undefined) => (setting ? settingText(setting) : 'none of its own')

export interface RestorePorts extends Pick<LoggedStageStores, 'stages' | 'v2Apis'> {
  switch: LogSwitch
  loans: LoanStore
}

/** Undoes a loan and strikes it out. @throws Problem where the stage cannot be looked at or changed; then it stays */
export async function restore(ports: RestorePorts, loan: Loan): Promise<Restored> {
  const stage = await findLoggedStage(ports, loan)
  const {changes, ...restored} = restorationOf(loan, stage)
  if (stage && restored.restored.length > 0) await ports.switch.change(stage, changes)
  await ports.loans.remove(loan)
  return restored
}

/** A plan to undo what was left behind. */
export async function planRestore(ports: RestorePorts, loans: readonly Loan[]): Promise<BulkPlan<Restored>> {
  const found = await eachInTurn(loans, nameOf, async loan => {
    const {restored} = restorationOf(loan, await findLoggedStage(ports, loan))
    return {loan, restored}
  })
  const changes = found.done.flatMap(({loan, restored}): Change[] => {
    if (restored.length > 0)
      return restored.map(detail => ({action: 'update', kind: 'stage', name: loan.stage, detail}))
    return [{action: 'delete', kind: 'note', name: nameOf(loan), detail: 'nothing of it is left to undo'}]
  })
  return bulkPlan(
    found,
    ({loan}) => nameOf(loan),
    changes,
    ({loan}) => restore(ports, loan),
  )
}

const nameOf = ({api, stage}: Loan) => `${api}/${stage}`

/** A clock that stands still while the machine sleeps is looked at this often. */
const LOOK_MS = 10_000

/**
 * Does something that may lend, waits until the time of the loan is over, and undoes the loan: then, and also when the
 * work failed or was interrupted before.
 * @param loan what was lent by now; undefined for nothing
 * @param undo must not depend on the session that was interrupted
 * @throws what the work threw; or, where the loan could not be undone, Problem with the command that does
 */
export async function whileLent(
  work: () => Promise<void>,
  loan: () => Loan | undefined,
  undo: (loan: Loan) => Promise<Restored>,
  {clock, signal, notice}: Pick<Session, 'clock' | 'signal' | 'notice'>,
): Promise<void> {
  let failure: unknown
  try {
    await work()
    const until = loan()?.until.getTime()
    if (until !== undefined) {
      notice(`This is so for ${duration(until - clock.now())}. Ctrl-C ends it earlier.`)
      while (clock.now() < until) await clock.sleep(Math.min(LOOK_MS, until - clock.now()), signal)
    }
  } catch (error) {
    failure = error
  }
  const lent = loan()
  if (lent) {
    const {restored, left} = await undo(lent).catch(error => {
      throw notRestored(lent, error, failure)
    })
    for (const text of restored) notice(`stage ${lent.stage} of ${lent.api}: ${text}`)
    for (const text of left) notice(`stage ${lent.stage} of ${lent.api}: left as somebody has set it since: ${text}`)
  }
  if (failure !== undefined) throw failure
}

function notRestored(loan: Loan, error: unknown, failure: unknown): unknown {
  if (!(error instanceof Problem)) return error
  const before = failure instanceof Problem && failure.kind !== 'interrupted' ? `${failure.message}\n` : ''
  const text = `${before}What stage ${loan.stage} of ${loan.api} logs could not be set back: ${error.message}`
  return new Problem(error.kind, text, `What is left to do: ${restoreCommand(loan)}`, error)
}
