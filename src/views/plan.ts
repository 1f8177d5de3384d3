import type {Change} from '../domain/plan.js'
import {printable} from './text.js'
import type {View} from './view.js'

/** What a dry run shows. */
export const changeView: View<Change> = {
  columns: [
    {header: 'WOULD', value: change => change.action, text: (change, paint) => paint.bold(change.action)},
    {header: 'KIND', value: change => change.kind},
    {header: 'NAME', value: change => change.name, text: (change, paint) => paint.name(printable(change.name))},
    {header: 'DETAIL', value: change => change.detail, isWhole: true},
  ],
  id: change => change.name,
  empty: 'Nothing would change.',
}
