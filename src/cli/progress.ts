import {duration} from '../domain/duration.js'
import type {Progress} from '../domain/session.js'
import {printable} from '../views/text.js'
import type {Io} from './io.js'

/** Milliseconds between two pictures of the bar. */
const TICK = 100

/** What takes no longer than that shows no bar: it would only flicker. In ticks. */
const PATIENCE = 3

/** What is expected to take no longer needs no word on how long. In ticks. */
const SHORT = 50

const WIDTH = 20

/** To the beginning of the line, and the line erased. */
const ERASE = '\r\u001b[K'

interface Step {
  what: string
  /** When it began. In ticks. */
  since: number
  done?: number
  of?: {unit: string; total?: number; isRough?: boolean}
}

/**
 * One line at the bottom of a terminal that says what is going on and how far it is. It is on stderr, and only where
 * stderr is a terminal that can erase a line; whatever else is written takes its place, and when a step is over nothing
 * of it is left.
 */
export class ProgressBar {
  readonly #steps: Step[] = []
  readonly #isWatched: boolean
  #timer: NodeJS.Timeout | undefined
  #ticks = 0
  #isShown = false

  constructor(private readonly io: Pick<Io, 'stderr' | 'env'>) {
    const {stderr, env} = io
    this.#isWatched = Boolean(stderr.isTTY) && env.TERM !== 'dumb' && !env.CI
  }

  /** Of steps within each other the innermost is shown. */
  begin(what: string): Progress {
    if (!this.#isWatched) return UNWATCHED
    const step: Step = {what: printable(what), since: this.#ticks}
    this.#steps.push(step)
    this.#timer ??= setInterval(() => this.#tick(), TICK).unref()
    return {
      at: (done, of) => void Object.assign(step, {done, of}),
      end: () => {
        const index = this.#steps.indexOf(step)
        if (index >= 0) this.#steps.splice(index, 1)
        if (this.#steps.length === 0) this.stop()
      },
    }
  }

  /** Before anything else is written to the terminal. The bar comes back at the next tick if there is more to show. */
  erase(): void {
    if (!this.#isShown) return
    this.#isShown = false
    this.io.stderr.write(ERASE)
  }

  /** No step is going on any more. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#ticks = 0
    this.#steps.length = 0
    this.erase()
  }

  #tick(): void {
    const step = this.#steps.at(-1)
    if (!step || ++this.#ticks < PATIENCE) return
    this.#isShown = true
    // A line that wraps could not be erased. A terminal that does not know its size says 0.
    const width = (this.io.stderr.columns || 80) - 1
    this.io.stderr.write(`${ERASE}${lineOf(step, this.#ticks).slice(0, width)}`)
  }
}

const UNWATCHED: Progress = {at() {}, end() {}}

/** `deleting API keys: [##########----------] 300 of 600 done, 5/s, 1 min left` */
function lineOf({what, since, done = 0, of}: Step, ticks: number): string {
  const {unit = '', total, isRough} = of ?? {}
  const share = total ? Math.min(1, done / total) : undefined
  const count = of && ` ${done}${total ? ` of ${isRough ? '~' : ''}${total}` : ''} ${unit}`
  const pace = total && !isRough ? paceOf(done, total, ticks - since) : ''
  return `${what}: [${share === undefined ? moving(ticks) : filled(share)}]${count ?? ''}${pace}`
}

/** How fast it goes and how long it still takes, where that is long. */
function paceOf(done: number, total: number, ticks: number): string {
  const left = ((total - done) * ticks) / done
  if (done === 0 || done >= total || ticks + left < SHORT) return ''
  const rate = (done * 1_000) / (ticks * TICK)
  return `, ${rate < 10 ? Number(rate.toFixed(1)) : Math.round(rate)}/s, ${duration(left * TICK)} left`
}

function filled(share: number): string {
  const full = Math.round(share * WIDTH)
  return '#'.repeat(full) + '-'.repeat(WIDTH - full)
}

/** Where nobody knows how long it takes: something that goes to and fro. */
function moving(ticks: number): string {
  const block = '###'
  const room = WIDTH - block.length
  const place = room - Math.abs((ticks % (2 * room)) - room)
  return '-'.repeat(place) + block + '-'.repeat(room - place)
}
