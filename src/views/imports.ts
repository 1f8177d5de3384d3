import type {RestApi} from '../domain/apis.js'
import type {Backup} from '../domain/imports/backup.js'
import {type ImportIntoOutcome, type ImportIntoPlan, restoring} from '../domain/imports/into.js'
import type {Difference} from '../domain/snapshots/difference.js'
import {warningTexts} from './apis.js'
import {countsText, differenceLines} from './differences.js'
import {printableLines} from './text.js'
import type {Report} from './view.js'

/** What an import is going to do, before anybody is asked. */
export const previewReport: Pick<Report<ImportIntoPlan, never>, 'text'> = {
  text: ({difference, remarks}, {paint, ...options}) => differenceLines(difference, paint, options) + lines(remarks),
}

/** What is said of the way back, before the import. */
export function backupTexts(api: RestApi, backup: Backup | undefined, file: string | undefined): string[] {
  if (!backup || file === undefined) return [`${api.name} has no methods yet: there is nothing to make a backup of.`]
  const {lacks} = backup
  return [
    `A backup is in ${file}. To go back to it: ${restoring(api, file)}`,
    ...(lacks.length > 0 ? [`Not in it, as no export has it: ${lacks.join('; ')}.`] : []),
  ]
}

/** What has come of an import, and what otherwise than it was previewed. */
export const outcomeReport: Pick<Report<ImportIntoOutcome, never>, 'text'> = {
  text({api, done, surprise}, {paint, ...options}) {
    const told = done ? countedText(api, done) : `Imported. What has changed in ${api.name} could not be read.`
    const otherwise = surprise ? `Otherwise than previewed:\n${differenceLines(surprise, paint, options)}` : ''
    return lines([...warningTexts(api.warnings), told]) + otherwise
  },
}

const countedText = ({name}: RestApi, done: Difference) =>
  done.items.length === 0
    ? `Imported: nothing is otherwise in ${name} that goes live.`
    : `Imported: ${countsText(done)}.`

const lines = (texts: readonly string[]) => texts.map(text => `${printableLines(text)}\n`).join('')
