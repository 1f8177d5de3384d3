import {csvLine} from './csv.js'
import type {Wanted} from './differences.js'

// What goes to the service's own import of keys, ImportApiKeys, and what does not.

/** The service's import of keys. */
export interface KeyImports {
  /**
   * Creates keys from a file in the service's own format. A key that has a value already is overwritten; what cannot be
   * made a key is left out and warned of.
   */
  importCsv(csv: string): Promise<string[]>
}

/**
 * The documentation has lists in double or single quotes and says no more: not how a quote or a line break within a cell
 * is written, whether an apostrophe within a name begins a quote, nor whether a backslash or an outer space stays. Nothing
 * of that is tried on somebody's keys: a quote that is never closed would swallow the rows after it.
 */
const IN_DOUBT = /["'\\\p{Cc}]|^\s|\s$/u

/**
 * Whether the service's import makes the key. Without a value it would not, and what becomes of an empty name, which
 * CreateApiKey takes (recorded), is nowhere said.
 */
export function isImportable({name, value}: Wanted): boolean {
  return Boolean(name && value) && !IN_DOUBT.test(name ?? '') && !IN_DOUBT.test(value?.reveal() ?? '')
}

/** Whether a key is not all that it should be when the service has imported it. */
export function needsMore({description = '', customerId, tags = {}}: Wanted): boolean {
  return IN_DOUBT.test(description) || customerId !== undefined || Object.keys(tags).length > 0
}

/** A row of a file for the service. A description that it might read otherwise is set later. */
function row({name = '', value, description = '', enabled = true, plans = []}: Wanted): string {
  const text = IN_DOUBT.test(description) ? '' : description
  return csvLine([name, value?.reveal() ?? '', text, String(enabled), plans.map(({id}) => id).join(',')])
}

/** Source of the titles: "API Gateway API key file format", Developer Guide. */
const HEADER = csvLine(['Name', 'Key', 'Description', 'Enabled', 'UsagePlanIds'])

/**
 * What goes into one call. How many keys it may have, and how long the service takes for one, is nowhere said: assumed is
 * that five hundred, as many as a page of a list, are soon answered; ten thousand take twenty calls. Characters, of three
 * bytes at most: the service takes 10 MB of other requests ("Payload", Amazon API Gateway quotas), and a description may be
 * long.
 */
const MOST = {keys: 500, characters: 2_000_000}

export interface Batch<Line> {
  csv: string
  /** In the order of the rows. */
  lines: Line[]
}

export function batchesOf<Line extends Wanted>(lines: readonly Line[]): Batch<Line>[] {
  const batches: Batch<Line>[] = []
  for (const line of lines) {
    const text = row(line)
    let batch = batches.at(-1)
    if (!batch || batch.lines.length === MOST.keys || batch.csv.length + text.length > MOST.characters) {
      batch = {csv: HEADER, lines: []}
      batches.push(batch)
    }
    batch.csv += text
    batch.lines.push(line)
  }
  return batches
}

/**
 * What the service says of single rows. Recorded: `Skipped invalid record: 2. API Key value should be at least 20
 * characters`, where the number counts the rows after the header from 1.
 */
export function warningsByLine<Line>(batch: Batch<Line>, warnings: readonly string[]): Map<Line | undefined, string> {
  const told = new Map<Line | undefined, string>()
  for (const warning of warnings) {
    const [, number, reason = warning] = /record: (\d+)\. ([\s\S]*)$/.exec(warning) ?? []
    const line = number === undefined ? undefined : batch.lines[Number(number) - 1]
    told.set(line, [told.get(line), line ? reason : warning].filter(Boolean).join(' '))
  }
  return told
}
