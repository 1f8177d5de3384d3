import {expect, test} from 'vitest'
import {allPages} from '../../src/aws/paging.js'

test('a page is read only when its first item is wanted, at the largest size there is', async () => {
  const asked: unknown[] = []
  const items = allPages(async page => {
    asked.push(page)
    return asked.length === 1 ? {items: ['a', 'b'], position: 'p2'} : {items: ['c']}
  })
  expect(asked).toEqual([])
  expect((await items.next()).value).toBe('a')
  expect((await items.next()).value).toBe('b')
  expect(asked).toEqual([{limit: 500}])
  expect((await items.next()).value).toBe('c')
  expect(asked).toEqual([{limit: 500}, {limit: 500, position: 'p2'}])
  expect((await items.next()).done).toBe(true)
})

test('an empty page is not the last one: only a missing position ends the list', async () => {
  const pages = [{items: ['a'], position: '2'}, {items: [], position: '3'}, {position: '4'}, {items: ['b']}]
  const seen: string[] = []
  for await (const item of allPages<string>(async () => pages.shift() ?? {})) seen.push(item)
  expect(seen).toEqual(['a', 'b'])
})
