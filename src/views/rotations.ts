import type {RotatedKey} from '../domain/rotations/replacement.js'
import {issuedKeyView, type Shown} from './keys.js'
import {printable} from './text.js'
import type {View} from './view.js'

/** A new key with its value and plans, and the key in whose place it is. */
export const rotatedKeyView: View<Shown<RotatedKey>> = {
  columns: [
    ...issuedKeyView.columns,
    {header: 'REPLACES', value: key => key.replaces.id},
    // A moment to come: how long ago it was says nothing.
    {header: 'GRACE ENDS', value: key => iso(key.replaces.graceEnds)},
  ],
  id: key => key.id,
}

const iso = (moment: Date) => moment.toISOString().replace(/\.000Z$/, 'Z')

/** What becomes of the old key, and what is different about the new one. */
export function rotationNote({plans, replaces: {id, name, enabled, graceEnds}}: RotatedKey): string {
  const old = printable(name === undefined ? id : `"${name}" (${id})`)
  const lines = enabled
    ? [`The old key is now ${old}. It works until it is ended, from ${iso(graceEnds)} on: apigw keys rotate --finish`]
    : [
        `The old key is now ${old} and disabled. To let it in again: apigw keys enable ${id}`,
        'A new key may take some minutes until the service lets it in.',
      ]
  if (plans.some(({quota}) => quota))
    lines.push('The new key begins with a whole quota: what the old one used is not counted.')
  return lines.join('\n')
}
