import {Problem} from '../problem.js'
import type {Log} from './log.js'
import type {Silence} from './silence.js'
import type {LogPage, LogQuery, LogSource} from './source.js'

/** Who watches the logs that are not there. */
export interface AbsenceWatch {
  notice(text: string): void
  /** Why there may be nothing to show of a log, and the command that mends it. */
  explain(log: Log): Promise<Silence>
}

/**
 * Reads logs of which some have no group yet, or not any more: having said so, such a log is one without events. Of
 * functions it is not said: their group comes with their first invocation, and not every function is called.
 */
export class Groups implements LogSource {
  readonly #present = new Set<string>()
  /** By the name of the group. */
  readonly #absent = new Map<string, Problem>()
  readonly #said = new Set<string>()

  /** @param waits whether a group is waited for; else at least one of them has to be there */
  constructor(
    private readonly source: LogSource,
    private readonly logs: readonly Log[],
    private readonly waits: boolean,
    private readonly watch: AbsenceWatch,
  ) {}

  /** @throws Problem missing when none of the groups is there, and they are not waited for; what the source throws */
  async page(query: LogQuery): Promise<LogPage | undefined> {
    try {
      const page = await this.source.page(query)
      this.#present.add(query.group)
      this.#absent.delete(query.group)
      return page
    } catch (error) {
      if (!(error instanceof Problem && error.kind === 'missing')) throw error
      await this.#miss(query.group)
      return {events: []}
    }
  }

  /** @throws Problem missing when none of the groups is there */
  check(): void {
    const [first] = this.#absent.values()
    if (first && this.#absent.size === this.logs.filter(isExpected).length) throw first
  }

  async #miss(group: string): Promise<void> {
    const log = this.logs.find(log => log.group === group) as Log
    if (!isExpected(log)) return
    const missing = `There is no log group ${group}${this.#present.has(group) ? ' any more' : ' yet'}`
    if (!this.#said.has(missing)) {
      this.#said.add(missing)
      const {reason, hint} = await this.watch.explain(log)
      const problem = new Problem('missing', `${missing}: ${reason}`, hint)
      this.#absent.set(group, problem)
      if (!this.waits) this.check()
      const waiting = this.waits ? ['Waiting for it…'] : []
      this.watch.notice([problem.message, ...(hint === undefined ? [] : [hint]), ...waiting].join('\n'))
    }
  }
}

const isExpected = ({kind}: Log) => kind !== 'function'
