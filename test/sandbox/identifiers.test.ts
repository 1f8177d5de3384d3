import {expect, test} from 'vitest'
import {shortId} from '../../src/sandbox/identifiers.js'

// One id in about 2,200 would have only digits otherwise.
test('things stay in the order of their creation when kept by id', () => {
  const ids = Array.from({length: 20_000}, () => shortId())

  expect(Object.keys(Object.fromEntries(ids.map(id => [id, true])))).toEqual([...new Set(ids)])
})

test('no two things get one id', () => {
  const drawn: PropertyKey[] = []
  const taken = new Proxy(
    {},
    {
      getOwnPropertyDescriptor(_target, id) {
        drawn.push(id)
        return drawn.length === 1 ? {configurable: true, value: 'there already'} : undefined
      },
    },
  )

  expect(shortId(taken)).toBe(drawn[1])
})
