import {expect, test} from 'vitest'
import {changeLines} from '../../src/views/deployments.js'
import {differenceLines} from '../../src/views/differences.js'
import {paintFor} from '../../src/views/paint.js'

test('a field has the same name before a deployment as in the difference that a dry run shows', () => {
  const path = ['integration', 'responses', 'default', 'templates', 'application/json']
  const fields = [{field: path.join('.'), path, before: 'one', after: 'two'}]
  const difference = {
    api: {id: 'a1b2c3d4e5', name: 'petstore'},
    before: {kind: 'stage', name: 'prod'},
    after: {kind: 'edited', name: 'as edited'},
    items: [{kind: 'route', name: 'GET /pets', change: 'changed', fields}],
    counts: {added: 0, changed: 1, removed: 0},
    untold: [],
  } as const
  const name = 'integration.response default template application/json'
  const copy = structuredClone(difference) as unknown as Parameters<typeof changeLines>[0]
  expect(differenceLines(copy, paintFor(false))).toContain(`${name}: one → two`)
  expect(changeLines(copy)).toEqual(['1 changed', `  ~ GET /pets  ${name}`])
})
