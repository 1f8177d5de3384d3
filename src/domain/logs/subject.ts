import type {AccountStore, RoleStore} from '../account.js'
import type {Choose} from '../choice.js'
import {isFiltering, type RequestFilter} from './filters/filter.js'
import {untold} from './filters/untold.js'
import {type FilterLookup, type FilterWish, resolveFilter} from './filters/wish.js'
import {type DeployedPorts, deployedFunctions, functionLog} from './functions.js'
import type {Log} from './log.js'
import {explainSilence, type Silence} from './silence.js'
import {type LoggedStage, type LoggedStageStores, logOf, resolveLoggedStages, type SeveralRefs} from './stages.js'

/** What somebody asks for, by name. */
export interface SubjectRefs extends SeveralRefs {
  kind: 'execution' | 'access'
  /** Whether the logs of the functions that the stages call are read, too. */
  includesFunctions: boolean
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
export type SubjectStores = LoggedStageStores &
  DeployedPorts &
  FilterLookup & {
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
  {kind, includesFunctions, filter: wish, ...refs}: SubjectRefs,
  {choose, notice}: {choose: Choose; notice(text: string): void},
): Promise<Subject> {
  const stages = await resolveLoggedStages(stores, refs, choose)
  const stageOf = new Map<Log, LoggedStage>(stages.map(stage => [logOf(stage, kind), stage]))
  const filter = await resolveFilter(wish, stores)
  for (const stage of stages) for (const sentence of untold(filter, stage, kind)) notice(sentence)
  const isFiltered = isFiltering(filter)
  const explain = (log: Log) =>
    explainSilence(stageOf.get(log) as LoggedStage, stores.account, stores.roles, isFiltered)
  const functions = includesFunctions ? await functionLogs(stores, stages, notice) : []
  return {logs: [...stageOf.keys(), ...functions], filter, explain}
}

/** The logs of the functions that stages call, each once: several stages may call the same. */
async function functionLogs(
  stores: DeployedPorts,
  stages: readonly LoggedStage[],
  notice: (text: string) => void,
): Promise<Log[]> {
  const logs = new Map<string, Log>()
  for (const stage of stages) {
    const functions = await deployedFunctions(stores, stage)
    if (functions.length === 0) notice(`${stage.stage} of ${stage.api} ${noFunctions(stage)}`)
    for (const {name} of functions) {
      const log = functionLog(stage, name)
      if (!logs.has(log.group)) logs.set(log.group, log)
    }
  }
  return [...logs.values()]
}

const noFunctions = ({kind}: LoggedStage) =>
  kind === 'REST' ? 'calls no Lambda function.' : 'does not tell which functions it calls: only stages of REST APIs do.'
