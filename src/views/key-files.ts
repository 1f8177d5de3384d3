import {type ImportedLine, type ImportResult, importSummary} from '../domain/key-files/import-run.js'
import type {KeyFile} from '../domain/key-files/reading.js'
import {quoted} from '../domain/quoting.js'
import {markdownTable} from './markdown.js'
import type {Paint} from './paint.js'
import {table} from './table.js'
import {printable} from './text.js'
import type {Report, View} from './view.js'

const importView: View<ImportedLine> = {
  columns: [
    {header: 'LINE', value: ({line}) => line},
    {header: 'NAME', value: ({name}) => name, text: ({name = ''}, paint) => paint.name(printable(name))},
    {header: 'ID', value: ({id}) => id},
    {header: 'OUTCOME', value: ({outcome}) => outcome, text: ({outcome}, paint) => painted(outcome, paint)},
    {header: 'PROBLEM', value: ({problem}) => problem, isWhole: true},
  ],
  id: ({id = ''}) => id,
}

function painted(outcome: ImportedLine['outcome'], paint: Paint): string {
  if (outcome === 'failed') return paint.bad(outcome)
  return outcome === 'different' ? paint.warn(outcome) : paint.good(outcome)
}

/** What became of each line. A person sees those that went otherwise than wished: of ten thousand nobody reads each. */
export const importReport: Report<readonly ImportedLine[], ImportedLine> = {
  text: (lines, options) => {
    const noteworthy = lines.filter(({problem}) => problem !== undefined)
    return noteworthy.length === 0 ? '' : table(noteworthy, importView, options)
  },
  markdown: lines => markdownTable(lines, importView),
  rows: lines => lines,
  view: importView,
}

/** What the file says and nothing becomes of. */
export function fileNotes({ignored, lines}: KeyFile): string[] {
  const generated = lines.filter(({value}) => value === undefined).length
  return [
    ...(ignored.length > 0 ? [`Nothing becomes of: ${ignored.map(printable).join(', ')}.`] : []),
    ...(generated > 0
      ? [`${generated} of ${lines.length} keys have no value in the file: new ones get a generated one.`]
      : []),
  ]
}

/** How an import went, and what to do about what was left alone. @param file as it was named */
export function importNotes(result: ImportResult, file: string): string[] {
  const isDifferent = result.lines.some(({outcome}) => outcome === 'different')
  const summary = importSummary(result)
  return [
    ...result.warnings.map(warning => printable(`The service warns: ${warning}`)),
    ...(summary ? [`${summary}.`] : ['There are no keys in the file.']),
    ...(isDifferent
      ? [`To make those that differ as in the file: apigw keys import ${quoted(file)} --existing update`]
      : []),
  ]
}

export const withoutValuesNote =
  'The values are not in it: where it is imported, keys that are not there get new ones. With them: --show-values'
