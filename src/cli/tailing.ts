import {readFile, writeFile} from 'node:fs/promises'
import {Bookmark} from '../domain/logs/bookmark.js'
import {cursorFrom, cursorText} from '../domain/logs/cursor.js'
import {Ends} from '../domain/logs/ends.js'
import type {LogLine} from '../domain/logs/events.js'
import type {Log} from '../domain/logs/log.js'
import {textOf} from '../domain/logs/requests/group.js'
import type {LoggedRequest} from '../domain/logs/requests/request.js'
import {noStatistics, type Statistics, summary} from '../domain/logs/statistics.js'
import {Problem} from '../domain/problem.js'
import type {Clock} from '../domain/session.js'
import {logLineView} from '../views/logs.js'
import {type RequestViewOptions, requestView} from '../views/requests.js'
import type {LineView} from '../views/view.js'
import {ApigwCommand} from './command.js'
import {replaceFile} from './durable.js'

/** The flags of `endFlags`, `keepFlags` and `followFlags` that say how a tail goes on and ends. */
export interface TailingFlags {
  follow: boolean
  live: boolean
  for?: number | undefined
  'idle-timeout'?: number | undefined
  'max-events'?: number | undefined
  'until-match'?: RegExp | undefined
  'cursor-file'?: string | undefined
  'stats-json'?: string | undefined
}

/** What there is around one tail: when it ends, where it goes on, and what came to pass. */
export class Tailing {
  readonly statistics: Statistics = noStatistics()
  readonly ends: Ends
  /** Whether it follows: an end that is a moment says so too. */
  readonly follow: boolean

  private constructor(
    private readonly flags: TailingFlags,
    readonly bookmark: Bookmark,
    clock: Clock,
  ) {
    const {for: whole, 'idle-timeout': idle, 'max-events': max, 'until-match': match} = flags
    this.ends = new Ends({for: whole, idle, max, match}, clock)
    this.follow = flags.follow || flags.live || [whole, idle, match].some(end => end !== undefined)
  }

  /** @throws Problem usage for a file that holds no cursor, or that of other logs */
  static async begin(flags: TailingFlags, logs: readonly Log[], clock: Clock): Promise<Tailing> {
    const file = flags['cursor-file']
    const text = file === undefined ? undefined : await readCursor(file)
    const cursor = file === undefined || text === undefined ? undefined : cursorFrom(text, file, logs)
    return new Tailing(flags, new Bookmark(cursor), clock)
  }

  /** Whether a later run is to go on from here. */
  get isKept(): boolean {
    return this.flags['cursor-file'] !== undefined
  }

  /** Keeps where the tail is: everything that was read is shown, or kept by a step that said so. */
  async save(): Promise<void> {
    const file = this.flags['cursor-file']
    if (file !== undefined && this.bookmark.isSet) {
      await replaceFile(file, cursorText(this.bookmark.cursor)).catch(cannot('write', file))
    }
  }

  /**
   * Writes down what came to pass.
   * @returns a line for people, or for programs; undefined where nobody wants it
   */
  async report(hasFailed: boolean): Promise<string | undefined> {
    const file = this.flags['stats-json']
    if (file === '-') return JSON.stringify(this.statistics)
    if (file !== undefined) await writeFile(file, `${JSON.stringify(this.statistics)}\n`).catch(cannot('write', file))
    return this.follow && !hasFailed ? summary(this.statistics) : undefined
  }
}

/** A command that shows a tail. */
export abstract class TailingCommand extends ApigwCommand {
  /** Called by the tail when all that it passed on has been taken. */
  protected keep(tailing: Tailing): (() => Promise<void>) | undefined {
    if (!tailing.isKept) return undefined
    return async () => {
      // What is still in this program's memory has not been read by anybody.
      if (await this.isTaken()) await tailing.save()
    }
  }

  /** Shows the lines of a tail as they are. @param labels as for the view */
  protected showLines(lines: AsyncIterable<LogLine>, labels: readonly string[], tailing: Tailing): Promise<void> {
    const limited = tailing.ends.limit(lines, ({message}) => message)
    return this.showTail(limited, logLineView(labels), tailing)
  }

  /** Shows the requests of a tail. */
  protected showRequests(
    requests: AsyncIterable<LoggedRequest>,
    options: RequestViewOptions,
    tailing: Tailing,
  ): Promise<void> {
    return this.showTail(tailing.ends.limit(requests, textOf), requestView(options), tailing)
  }

  /** Shows a tail up to its end, and says then, or when it is interrupted, what came to pass. */
  private async showTail<Row>(rows: AsyncIterable<Row>, view: LineView<Row>, tailing: Tailing): Promise<void> {
    let hasFailed = true
    try {
      await this.stream(rows, view, {readsAhead: !tailing.isKept})
      hasFailed = false
    } finally {
      await this.keep(tailing)?.()
      const report = await tailing.report(hasFailed && !this.signal.aborted)
      if (report !== undefined && !this.isOutputGone) this.note(report)
    }
    if (!this.signal.aborted) tailing.ends.check()
  }
}

/** Undefined when it is not there yet. */
async function readCursor(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return undefined
    return cannot('read', file)(error)
  })
}

function cannot(what: 'read' | 'write', file: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw new Problem('failed', `Cannot ${what} ${file}: ${error.code}`)
  }
}
