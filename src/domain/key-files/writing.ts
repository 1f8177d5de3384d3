import {csvLine} from './csv.js'
import type {KeyRecord} from './lines.js'
import {namesText, tagsCell} from './lists.js'
import type {KeyFileFormat} from './reading.js'

/** What a key file holds of each key. */
export interface KeyFileContent {
  format: KeyFileFormat
  /** Values, in clear. Without them each key gets a new one where the file is imported. */
  withValues: boolean
  /** Whether plans are written by id, as the service reads them, or by what finds them in another account, too. */
  plansAs: 'ids' | 'names'
}

/** Records to a piece of text: a page of the list. */
const AT_ONCE = 500

/** The text of a key file, piece by piece. */
export async function* keyFileText(keys: AsyncIterable<KeyRecord>, content: KeyFileContent): AsyncGenerator<string> {
  const {before, record, between, after} = WRITERS[content.format](content)
  let text = before
  let count = 0
  for await (const key of keys) {
    text += (count > 0 ? between : '') + record(key)
    if (++count % AT_ONCE > 0) continue
    yield text
    text = ''
  }
  yield text + (count > 0 ? after : after.trimStart())
}

interface Writer {
  before: string
  record: (key: KeyRecord) => string
  between: string
  after: string
}

const WRITERS: Record<KeyFileFormat, (content: KeyFileContent) => Writer> = {
  csv: ({withValues, plansAs}) => ({
    // The service takes no names: it would not find the column by this title, and ignore it.
    before: csvLine(titles(withValues, plansAs === 'ids' ? 'UsagePlanIds' : 'UsagePlans')),
    record: ({name = '', value, description = '', enabled, plans = [], customerId = '', tags = {}}) =>
      csvLine([
        name,
        ...(withValues ? [value?.reveal() ?? ''] : []),
        description,
        String(enabled),
        namesText(plans),
        customerId,
        tagsCell(tags),
      ]),
    between: '',
    after: '',
  }),
  json: content => ({before: '[', record: key => `\n  ${jsonOf(key, content)}`, between: ',', after: '\n]\n'}),
  ndjson: content => ({before: '', record: key => `${jsonOf(key, content)}\n`, between: '', after: ''}),
}

const titles = (withValues: boolean, plans: string) => [
  'Name',
  ...(withValues ? ['Key'] : []),
  'Description',
  'Enabled',
  plans,
  'CustomerId',
  'Tags',
]

/** One object on one line: a line of the file is a key here, too. All members, so that what a key has not is said. */
function jsonOf(
  {name, value, description, enabled, plans, customerId, tags}: KeyRecord,
  {withValues}: KeyFileContent,
): string {
  return JSON.stringify({
    name: name ?? '',
    ...(withValues ? {value: value?.reveal() ?? ''} : {}),
    description: description ?? '',
    enabled,
    plans,
    customerId: customerId ?? '',
    tags: Object.fromEntries(Object.entries(tags ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))),
  })
}
