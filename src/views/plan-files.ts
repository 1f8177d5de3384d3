import type {Change} from '../domain/plan.js'
import {changeView} from './plan.js'
import {table} from './table.js'
import type {Report, View} from './view.js'

/** What has been done so that the plans are as their file has them. */
export const appliedView: View<Change> = {
  columns: changeView.columns.map(column => (column.header === 'WOULD' ? {...column, header: 'DONE'} : column)),
  id: changeView.id,
}

/** So many changes are shown before a question; more would push it off the screen, and --dry-run shows them all. */
const SHOWN = 50

/** What is going to be done, shown before somebody is asked. */
export const previewReport: Pick<Report<readonly Change[], Change>, 'text'> = {
  text: (changes, {paint, width, now}) => {
    const rest = changes.length - SHOWN
    const more = rest > 0 ? `and ${rest} more: see all with --dry-run\n` : ''
    return table(changes.slice(0, SHOWN), changeView, {paint, width, now}) + more
  },
}
