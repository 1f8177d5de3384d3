import {quoted} from '../domain/quoting.js'
import {type Finishing, type GoingKey, times} from '../domain/rotations/finish.js'
import {GRACE_ENDS, momentText} from '../domain/rotations/marks.js'
import type {RotatedKey} from '../domain/rotations/replacement.js'
import {issuedKeyView, keyView, type Shown} from './keys.js'
import {printable} from './text.js'
import type {View} from './view.js'

/** A new key with its value and plans, and the key in whose place it is. */
export const rotatedKeyView: View<Shown<RotatedKey>> = {
  columns: [
    ...issuedKeyView.columns,
    {header: 'REPLACES', value: key => key.replaces.id},
    // A moment to come: how long ago it was says nothing.
    {header: 'GRACE ENDS', value: key => momentText(key.replaces.graceEnds)},
  ],
  id: key => key.id,
}

/** What becomes of the old key, and what is different about the new one. */
export function rotationNote({plans, replaces: {id, name, enabled, graceEnds}}: RotatedKey): string {
  const old = printable(name === undefined ? id : `"${name}" (${id})`)
  const lines = enabled
    ? [
        `The old key, now called ${old}, goes on working.`,
        `To end it when its grace is over, from ${momentText(graceEnds)} on: apigw keys rotate --finish`,
      ]
    : [
        `The old key, now called ${old}, is disabled. To let it in again: apigw keys enable ${id}`,
        'A new key may take some minutes until the service lets it in.',
      ]
  if (plans.some(({quota}) => quota))
    lines.push('The new key begins with a whole quota: what the old one used is not counted.')
  return lines.join('\n')
}

/** Keys that were replaced, and by which. */
export const goingKeyView: View<GoingKey> = {
  columns: [
    ...keyView.columns.slice(0, 4),
    {header: 'REPLACED BY', value: key => key.replacedBy},
    {header: 'GRACE ENDED', value: key => key.graceEnds},
    {header: 'USED LATELY', value: key => key.usedLately},
  ],
  id: key => key.id,
  empty: 'Nothing to do: no key works longer than its grace.',
}

/** Keys that are named one by one. */
const NAMED = 20

/** What is not in the result of ending keys: who may miss one, which goes on working, and what is left to be done. */
export function finishNotes({missed, uncounted, waiting, disabled, later, ref}: Finishing): string[] {
  const more = missed
    .slice(0, NAMED)
    .map(
      key =>
        `${called(key)} was used ${times(key.usedLately ?? 0)} since yesterday. To give whoever uses it more time:\n` +
        `  apigw keys update ${key.id} --tag ${GRACE_ENDS}=${momentText(later)} && apigw keys enable ${key.id}`,
    )
  const working = waiting.slice(0, NAMED).map(key => `${called(key)} works until ${momentText(key.graceEnds)}.`)
  const words = ref === undefined ? '' : `${quoted(ref)} `
  const deletion = `apigw keys rotate ${words}--finish --delete --confirm ${disabled.length}`
  return [
    ...cut(more, missed),
    ...(uncounted > 0
      ? [
          `Whether ${uncounted} of them ${uncounted === 1 ? 'is' : 'are'} still used is not known: no plan of theirs has a quota.`,
        ]
      : []),
    ...cut(working, waiting),
    ...(disabled.length > 0
      ? [`Disabled, and over their grace: ${disabled.length}. To delete what is: ${deletion}`]
      : []),
  ]
}

const called = ({id, name}: GoingKey) => printable(name === undefined ? id : `"${name}" (${id})`)

const cut = (texts: readonly string[], all: readonly unknown[]) =>
  all.length > texts.length ? [...texts, `And ${all.length - texts.length} more.`] : texts
