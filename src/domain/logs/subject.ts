import type {AccountStore, RoleStore} from '../account.js'
import type {Choose} from '../choice.js'
import type {RequestFilter} from './filters/filter.js'
import {untold} from './filters/untold.js'
import {type FilterLookup, type FilterWish, resolveFilter} from './filters/wish.js'
import type {Log} from './log.js'
import {explainSilence, type Silence} from './silence.js'
import {type LoggedStage, type LoggedStageStores, logOf, resolveLoggedStages, type SeveralRefs} from './stages.js'

/** What somebody asks for, by name. */
export interface SubjectRefs extends SeveralRefs {
  kind: 'execution' | 'access'
  filter: FilterWish
}

/** Which logs are read, and what of them is wanted. */
export interface Subject {
  logs: Log[]
  filter: RequestFilter
  /** Why there may be nothing to show of a log. */
  explain(log: Log): Promise<Silence>
}

/** Where it is looked up. */
export interface SubjectStores extends LoggedStageStores, FilterLookup {
  account: AccountStore
  roles: RoleStore
}

/**
 * Looks up what is said by name, and says what a log cannot tell of it.
 * @throws Problem missing for an API, a stage, an access log or a key that is not there; usage for a name that is
 *   ambiguous; unreachable where the own address cannot be found out
 */
export async function resolveSubject(
  stores: SubjectStores,
  {kind, filter: wish, ...refs}: SubjectRefs,
  {choose, notice}: {choose: Choose; notice(text: string): void},
): Promise<Subject> {
  const stages = await resolveLoggedStages(stores, refs, choose)
  const stageOf = new Map<Log, LoggedStage>(stages.map(stage => [logOf(stage, kind), stage]))
  const filter = await resolveFilter(wish, stores)
  for (const stage of stages) for (const sentence of untold(filter, stage, kind)) notice(sentence)
  const explain = (log: Log) => explainSilence(stageOf.get(log) as LoggedStage, stores.account, stores.roles)
  return {logs: [...stageOf.keys()], filter, explain}
}
