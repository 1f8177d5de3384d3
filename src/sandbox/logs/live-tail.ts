import {randomUUID} from 'node:crypto'
import {Readable} from 'node:stream'
import type {
  LiveTailSessionLogEvent,
  StartLiveTailRequest,
  StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Fault, FaultCall} from '../server.js'
import type {Call, Handlers} from '../service.js'
import {entryOf, type LogStreamRecord} from '../store.js'
import {checkParameters, invalidParameter, LOG_STREAM_NAME, limitExceeded} from './constraints.js'
import {eventsInOrder} from './events.js'
import {compileFilterPattern, type Matcher} from './filter-pattern.js'
import {type LogOptions, visibleFrom} from './log-events.js'
import {checkReadable, logGroupOf} from './lookup.js'

export interface LiveTailOptions {
  /** Milliseconds until a Live Tail session times out; 3 h where not given. */
  liveTailSession?: number
  /** Milliseconds from one update of a Live Tail session to the next; 1 s where not given. */
  liveTailInterval?: number
  /**
   * Asked before every update of a session, as the operation `StartLiveTail/sessionUpdate`: an error is sent as the
   * exception of its name, SessionStreamingException for one.
   */
  fault?: (call: FaultCall) => Fault | undefined
}

/** Limits of the service. Source: API reference of StartLiveTail; "CloudWatch Logs quotas". */
const MAX_SESSIONS = 15
const MAX_GROUPS = 10
const SESSION = 3 * 60 * 60 * 1000
const INTERVAL = 1000
/** Matching events of one update. Where there are more, only so many are sent. */
const MAX_EVENTS = 500
/** What is kept for a client that does not read: the oldest update goes first. */
const MAX_WAITING_UPDATES = 10
const MAX_WAITING_EVENTS = 5000

const ARN = '[\\w#+=/:,.@-]*'

export function liveTail(options: LiveTailOptions & LogOptions): Handlers {
  /** Sessions that are open, by Region. */
  const open = new Map<string, number>()
  const count = (region: string, more: number) => open.set(region, (open.get(region) ?? 0) + more)
  let updates = 0
  const fault = () => options.fault?.({operation: 'StartLiveTail/sessionUpdate', count: ++updates, input: {}})

  return {
    StartLiveTail(input: StartLiveTailRequest, call) {
      const selection = selectionOf(input, call)
      if ((open.get(call.region) ?? 0) >= MAX_SESSIONS) throw limitExceeded()
      const session = new LiveTailSession(call, selection, {...options, fault})
      count(call.region, 1)
      session.once('close', () => count(call.region, -1))
      session.begin(input)
      return {responseStream: session}
    },
  }
}

/** What a session is about. */
interface Selection {
  /** Names of log groups, and how they were asked for. */
  groups: ReadonlyMap<string, string>
  isSelected: (stream: LogStreamRecord) => boolean
  matches: Matcher
}

/**
 * Events are asked for when there are any, so that a group that is deleted and made again goes on being watched.
 * @throws ServiceError InvalidParameterException, ResourceNotFoundException, InvalidOperationException
 */
function selectionOf(input: StartLiveTailRequest, call: Call): Selection {
  const identifiers = input.logGroupIdentifiers as string[]
  const {logStreamNames: names, logStreamNamePrefixes: prefixes} = input
  checkList('logGroupIdentifiers', identifiers, MAX_GROUPS, {minLength: 1, maxLength: 2048, pattern: ARN})
  checkList('logStreamNames', names, 100, {...LOG_STREAM_NAME, maxLength: 512})
  checkList('logStreamNamePrefixes', prefixes, 100, {...LOG_STREAM_NAME, maxLength: 512})
  checkParameters(input, {logEventFilterPattern: {maxLength: 1024}})
  // The reference says that all of these are refused; the words are assumed.
  if (identifiers.some(identifier => !identifier.startsWith('arn:'))) {
    throw invalidParameter('Log groups must be specified by their ARN.')
  }
  if (names !== undefined && prefixes !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.')
  }
  if ((names ?? prefixes) !== undefined && identifiers.length > 1) {
    throw invalidParameter('Log streams can be specified for a single log group only.')
  }
  const groups = identifiers.map(identifier => {
    const group = logGroupOf(call, {logGroupIdentifier: identifier})
    checkReadable(group, 'StartLiveTail')
    return [group.group.logGroupName as string, identifier] as const
  })
  return {
    groups: new Map(groups),
    isSelected: ({stream: {logStreamName = ''}}) =>
      (names?.includes(logStreamName) ?? true) && (prefixes?.some(prefix => logStreamName.startsWith(prefix)) ?? true),
    matches: compileFilterPattern(input.logEventFilterPattern ?? ''),
  }
}

/** @throws ServiceError InvalidParameterException */
function checkList(
  name: string,
  items: readonly string[] | undefined,
  max: number,
  constraint: {minLength: number; maxLength: number; pattern: string},
): void {
  if (items === undefined) return
  if (items.length === 0 || items.length > max) {
    const bound = items.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${max}`
    throw invalidParameter(
      `1 validation error detected: Value '[${items.join(', ')}]' at '${name}' failed to satisfy constraint: Member must have length ${bound}`,
    )
  }
  for (const [index, item] of items.entries()) {
    const path = `${name}.${index + 1}.member`
    checkParameters({[path]: item}, {[path]: constraint})
  }
}

/** A running session: what its client reads, one object per event of the wire. Destroying it ends it. */
class LiveTailSession extends Readable {
  readonly #started: number
  readonly #waiting: StartLiveTailResponseStream[] = []
  /** What came before this moment has been looked at. */
  #from: number
  #timer: NodeJS.Timeout | undefined
  #isWanted = false
  #isOver = false

  constructor(
    private readonly call: Call,
    private readonly selection: Selection,
    private readonly options: Omit<LiveTailOptions, 'fault'> & LogOptions & {fault: () => Fault | undefined},
  ) {
    super({objectMode: true, highWaterMark: 1})
    this.#started = call.millis()
    this.#from = this.#started
  }

  begin({logGroupIdentifiers, logStreamNames, logStreamNamePrefixes, logEventFilterPattern}: StartLiveTailRequest) {
    const asked = {logGroupIdentifiers, logStreamNames, logStreamNamePrefixes, logEventFilterPattern}
    this.#send({sessionStart: {requestId: this.call.requestId, sessionId: randomUUID(), ...asked}})
    this.#timer = setInterval(() => this.#tick(), this.options.liveTailInterval ?? INTERVAL)
  }

  override _read(): void {
    this.#isWanted = true
    this.#pass()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#timer)
    done(error)
  }

  #tick(): void {
    const fault = this.options.fault()
    if (fault?.kind === 'reset' || fault?.kind === 'lost') this.destroy(new Error('A fault cuts the connection.'))
    // A union has no type for a name that is only known now.
    else if (fault?.kind === 'error')
      this.#end({[fault.code]: {message: fault.message}} as unknown as StartLiveTailResponseStream)
    else if (this.call.millis() - this.#started >= (this.options.liveTailSession ?? SESSION)) {
      this.#end({SessionTimeoutException: {message: 'Session has timed out.'}} as StartLiveTailResponseStream)
    } else this.#send(this.#update())
  }

  /** What became visible since the update before, in the order in which it came in. */
  #update(): StartLiveTailResponseStream {
    const {groups, isSelected, matches} = this.selection
    const from = this.#from
    // What comes in during this very millisecond is left to the next update, whole.
    this.#from = this.call.millis()
    const to = this.#from
    const found: LiveTailSessionLogEvent[] = []
    for (const [name, logGroupIdentifier] of groups) {
      const group = entryOf(this.call.state.logGroups, name)
      for (const {stream, event} of group ? eventsInOrder(group) : []) {
        const {timestamp, ingestionTime, message} = event
        const visible = visibleFrom(event, this.options)
        if (visible < from || visible >= to || !isSelected(stream) || !matches(message)) continue
        const {logStreamName} = stream.stream
        found.push({logStreamName, logGroupIdentifier, message, timestamp, ingestionTime})
      }
    }
    found.sort((a, b) => (a.ingestionTime as number) - (b.ingestionTime as number))
    const sampled = found.length > MAX_EVENTS
    // How the service samples is not documented: here evenly.
    const sessionResults = sampled
      ? Array.from({length: MAX_EVENTS}, (_, i) => found[Math.floor((i * found.length) / MAX_EVENTS)] ?? {})
      : found
    return {sessionUpdate: {sessionMetadata: {sampled}, sessionResults}}
  }

  #end(last: StartLiveTailResponseStream): void {
    clearInterval(this.#timer)
    this.#isOver = true
    this.#send(last)
  }

  #send(event: StartLiveTailResponseStream): void {
    this.#waiting.push(event)
    while (this.#waiting.length > MAX_WAITING_UPDATES || eventsIn(this.#waiting) > MAX_WAITING_EVENTS) {
      this.#waiting.shift()
    }
    this.#pass()
  }

  #pass(): void {
    if (!this.#isWanted) return
    const next = this.#waiting.shift()
    if (next) {
      this.#isWanted = false
      this.push(next)
    } else if (this.#isOver) this.push(null)
  }
}

const eventsIn = (events: readonly StartLiveTailResponseStream[]) =>
  events.reduce((sum, {sessionUpdate}) => sum + (sessionUpdate?.sessionResults?.length ?? 0), 0)
