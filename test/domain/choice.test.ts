import {expect, test} from 'vitest'
import {findNamed} from '../../src/domain/choice.js'

test('a name that several have is listed once among those there are', () => {
  const all = [
    {id: 'a1', name: 'gold'},
    {id: 'b2', name: 'gold'},
    {id: 'c3', name: 'silver'},
  ]
  expect(() => findNamed(all, 'bronze', 'usage plan')).toThrowError(
    expect.objectContaining({kind: 'missing', hint: 'There are: gold, silver'}),
  )
})
