import {stripVTControlCharacters} from 'node:util'
import {describe, expect, test} from 'vitest'
import {paintFor} from '../../src/views/paint.js'
import {cut, table} from '../../src/views/table.js'
import type {View} from '../../src/views/view.js'

interface Group {
  owner: string
  name: string
}

const NAME = 'API-Gateway-Execution-Logs_a1b2c3d4e5/production'
const groups: Group[] = [
  {owner: 'a petstore with a long name', name: NAME},
  {owner: 'short', name: '/aws/apigateway/x'},
]

const view = (isWhole: boolean): View<Group> => ({
  columns: [
    {header: 'OWNER', value: group => group.owner, text: (group, paint) => paint.name(group.owner)},
    {header: 'NAME', value: group => group.name, text: (group, paint) => paint.good(group.name), isWhole},
    {header: 'KIND', value: () => 'execution'},
  ],
  id: group => group.name,
})

const lines = (isWhole: boolean, width: number) =>
  table(groups, view(isWhole), {paint: paintFor(true), width, now: new Date()})
    .trimEnd()
    .split('\n')

describe('a table on a terminal that is too narrow for it', () => {
  test('is cut to its width, in colour, and stays aligned', () => {
    const coloured = lines(false, 60)
    const plain = coloured.map(stripVTControlCharacters)
    expect(coloured[1]).not.toBe(plain[1])
    for (const line of plain) expect(line.length).toBeLessThanOrEqual(60)
    expect(plain[1]).toContain('…')
    expect(new Set(plain.slice(1).map(line => line.indexOf('execution')))).toEqual(new Set([plain[0]?.indexOf('KIND')]))
  })

  test('leaves whole what is there to be copied', () => {
    const plain = lines(true, 60).map(stripVTControlCharacters)
    expect(plain[1]).toContain(NAME)
    expect(plain[1]?.indexOf('execution')).toBe(plain[0]?.indexOf('KIND'))
  })

  test('a text in several colours is cut like any other, and none of them goes on behind it', () => {
    const paint = paintFor(true)
    const text = `${paint.name('mobile (until 2026-11-30)')} ${paint.warn('(disabled)')}`
    expect(stripVTControlCharacters(cut(text, 12))).toBe('mobile (unt…')
    expect(stripVTControlCharacters(cut(text, 30))).toBe('mobile (until 2026-11-30) (di…')
    expect(cut(text, 30)).toBe(text.replace('sabled)', '…'))
    expect(cut(text, 36)).toBe(text)
  })
})
