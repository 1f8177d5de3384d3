import {duration} from '../duration.js'
import {Problem, type ProblemKind} from '../problem.js'
import type {Clock} from '../session.js'
import type {LogEvent} from './events.js'
import {Feed} from './feed.js'
import {type FollowOptions, follow, poll} from './follow.js'
import type {LiveSeen} from './live-seen.js'
import type {EventBatch, Log} from './log.js'
import type {LogSource} from './source.js'

export interface LiveQuery {
  /** Names of log groups. */
  groups: readonly string[]
  /** CloudWatch's own filter pattern. */
  pattern?: string | undefined
}

/** What came in within a second. */
export interface LiveUpdate {
  events: readonly LiveEvent[]
  /** Whether more matched than the service sends, so that it left some out. */
  isSampled: boolean
  /** Whether updates before this one were given up because nobody took them. */
  isLate: boolean
}

/** An event as Live Tail tells of it: without an id. */
export interface LiveEvent {
  group: string
  event: Omit<LogEvent, 'eventId'>
}

/** A Live Tail session. */
export interface LiveSession {
  /** The groups that it is about, of those that were asked for: they have to exist, and ten is the most. */
  groups: readonly string[]
  /**
   * One a second, also when nothing came in.
   * @throws Problem when the session ends
   */
  updates: AsyncIterable<LiveUpdate>
  close(): void
}

/** CloudWatch Logs' Live Tail. */
export interface LiveTailSource {
  /**
   * Resolves when the session has begun.
   * @throws Problem missing when none of the groups is there; denied, gave-up, unreachable or failed when there is no
   *   session to be had
   */
  open(query: LiveQuery): Promise<LiveSession>
}

/** A log, and what was let through of it. */
export interface LiveTrack {
  log: Log
  seen: LiveSeen
}

export interface LiveWatch {
  clock: Clock
  signal: AbortSignal
  notice(text: string): void
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The service ends a session after three hours. */
const RENEWAL = 170 * MINUTE
/** From one look at the log behind the session to the next, and where the session does not cover all logs. */
const LOOK = 30 * SECOND
const LOOK_AT_THE_REST = 5 * SECOND
const MAX_GROUPS = 10
const MAX_WAIT = 30 * SECOND

/** Why there may be no session now, but soon: no group yet, or too many calls. */
const PASSES: ReadonlySet<ProblemKind> = new Set(['missing', 'gave-up'])

/** Source: CloudWatch pricing, us-east-1, November 2026; the amount is not confirmed by a second source. */
const COST =
  'Live Tail costs about 0.01 USD a minute after 1,800 free minutes a month ' +
  '(as of November 2026, us-east-1; see https://aws.amazon.com/cloudwatch/pricing).'

/**
 * What comes in, as it comes in, each event once. A session alone would not do: it leaves events out when more than 500
 * a second match, when its reader is slow, and while another is opened. So polls look at the log behind it: when a
 * session begins, when it left something out, and every now and then. While there is no session, polls are all there is.
 * After every update and every poll comes an empty batch. Ends as `follow` does.
 */
export function live(
  source: LogSource,
  liveTail: LiveTailSource,
  tracks: readonly LiveTrack[],
  options: FollowOptions,
  watch: LiveWatch,
): AsyncGenerator<EventBatch, 'over' | 'behind'> {
  return new Live(source, liveTail, tracks, options, watch).run()
}

class Live {
  /** Seconds of the present stretch in which the service sampled. */
  #sampled = 0
  readonly #said = new Set<string>()

  constructor(
    private readonly source: LogSource,
    private readonly liveTail: LiveTailSource,
    private readonly tracks: readonly LiveTrack[],
    private readonly options: FollowOptions,
    private readonly watch: LiveWatch,
  ) {}

  async *run(): AsyncGenerator<EventBatch, 'over' | 'behind'> {
    const {clock} = this.watch
    let next: LiveSession | undefined
    let hasBegun = false
    let wait = 0
    while (next || !this.#isOver) {
      const session = next ?? (await this.#open())
      if (session instanceof Problem && !hasBegun && !PASSES.has(session.kind)) {
        this.#say(`No Live Tail, so the log is polled: ${session.message}`)
        return yield* follow(this.source, this.tracks, this.options, this.watch)
      }
      const begun = clock.now()
      if (!(session instanceof Problem)) {
        hasBegun = true
        next = yield* this.#attend(session)
        if (next) continue
      }
      // One that was lost after a while is opened anew at once; what fails again and again is given time.
      wait = clock.now() - begun >= MINUTE ? 0 : Math.min(MAX_WAIT, Math.max(SECOND, wait * 2))
      if (wait > 0) yield* this.#pollFor(wait)
    }
    yield* this.#look()
    return 'over'
  }

  /** Everything up to `until` is there, late events included. */
  get #isOver(): boolean {
    const {until = Number.POSITIVE_INFINITY, lateness} = this.options
    return this.watch.clock.now() > until + lateness
  }

  /** @throws Problem interrupted */
  async #open(): Promise<LiveSession | Problem> {
    const groups = this.tracks.map(({log}) => log.group)
    try {
      return await this.liveTail.open({groups, pattern: this.options.pattern})
    } catch (error) {
      return unlessInterrupted(error)
    }
  }

  async *#pollFor(milliseconds: number): AsyncGenerator<EventBatch> {
    const {clock} = this.watch
    const end = clock.now() + milliseconds
    for await (const batch of follow(this.source, this.tracks, this.options, this.watch)) {
      yield batch
      if (batch.events.length === 0 && clock.now() >= end) return
    }
  }

  /** Reads a session, and the log behind it, to its end. @returns the session that takes its place */
  async *#attend(session: LiveSession): AsyncGenerator<EventBatch, LiveSession | undefined> {
    const {clock} = this.watch
    const covered = new Set(session.groups)
    const isWhole = this.tracks.every(({log}) => covered.has(log.group))
    this.#say(COST)
    if (covered.size === MAX_GROUPS && !isWhole) this.#say('Live Tail takes ten log groups; the others are polled.')
    for (const {seen} of this.tracks) seen.beginSession()
    const updates = new Feed(session.updates)
    let look: Feed<EventBatch> | undefined
    let lookAt = clock.now()
    let renewAt = clock.now() + RENEWAL
    try {
      while (!this.#isOver) {
        if (!look && clock.now() >= lookAt) {
          look = new Feed(this.#look())
          lookAt = clock.now() + (isWhole ? LOOK : LOOK_AT_THE_REST)
        }
        const ready = await Promise.race([updates.ready(), ...(look ? [look.ready()] : [])])
        if (ready === look) {
          const {done, value} = look.take()
          if (done) look = undefined
          else {
            yield value
            // A group that has come only now: the next session has it.
            if (!covered.has(value.log.group) && covered.size < MAX_GROUPS) renewAt = clock.now()
          }
          continue
        }
        const update = this.#take(updates)
        if (!update) break
        yield* this.#batches(update)
        if (update.isSampled || update.isLate) lookAt = clock.now()
        if (clock.now() < renewAt) continue
        if (look) yield* look
        look = undefined
        // Opened before this one is closed: should there be none, this one goes on.
        const next = await this.#open()
        if (!(next instanceof Problem)) return next
        renewAt = clock.now() + MINUTE
      }
      // What a look has read counts as let through.
      if (look) yield* look
      return undefined
    } finally {
      session.close()
      this.#sampledFor(0)
    }
  }

  /** All that is new in the logs, whether a session left it out or is still to bring it. */
  async *#look(): AsyncGenerator<EventBatch> {
    for (const track of this.tracks) {
      for await (const events of poll(this.source, track, this.options, this.watch.clock)) {
        if (events.length > 0) yield {log: track.log, events}
      }
    }
  }

  /** The next update; undefined when the session is lost. @throws Problem interrupted */
  #take(updates: Feed<LiveUpdate>): LiveUpdate | undefined {
    try {
      const {done, value} = updates.take()
      return done ? undefined : value
    } catch (error) {
      const problem = unlessInterrupted(error)
      if (problem.code !== 'SessionTimeoutException') {
        this.#say(`The Live Tail session broke off: ${problem.message} Opening another; nothing is lost.`)
      }
      return undefined
    }
  }

  *#batches({events, isSampled}: LiveUpdate): Generator<EventBatch> {
    this.#sampledFor(isSampled ? this.#sampled + 1 : 0)
    const {until = Number.POSITIVE_INFINITY} = this.options
    for (const {log, seen} of this.tracks) {
      const its = events.filter(({group, event}) => group === log.group && event.timestamp <= until)
      const fresh = seen.admitLive(its.map(({event}) => ({...event, eventId: ''})))
      if (fresh.length > 0) yield {log, events: fresh}
    }
    const [track] = this.tracks
    if (track) yield {log: track.log, events: []}
  }

  /** @param seconds that the present stretch of sampling has lasted; 0 ends it */
  #sampledFor(seconds: number): void {
    if (seconds === 0 && this.#sampled > 0) {
      const text = `Live Tail sampled for ${duration(this.#sampled * SECOND)}: more than 500 events a second matched.`
      this.watch.notice(`${text} What it left out is read from the log.`)
    }
    this.#sampled = seconds
  }

  #say(text: string): void {
    if (this.#said.has(text)) return
    this.#said.add(text)
    this.watch.notice(text)
  }
}

/** @throws what is not a Problem, and an interruption */
function unlessInterrupted(error: unknown): Problem {
  if (error instanceof Problem && error.kind !== 'interrupted') return error
  throw error
}
