import fc from 'fast-check'
import {expect, test} from 'vitest'
import {namesText, readNames, readTags, tagsCell} from '../../../src/domain/key-files/lists.js'

test('names stand between commas; a comma of a name has a backslash before it', () => {
  expect(readNames(' gold , trial\\, 30 days,, DOMAIN\\silver ')).toEqual(['gold', 'trial, 30 days', 'DOMAIN\\silver'])
  expect(readNames('')).toEqual([])
  expect(namesText(['gold', 'trial, 30 days'])).toBe('gold,trial\\, 30 days')
})

test('whatever names there are, they are read as they were written', () => {
  const name = fc.oneof(
    fc.string({unit: 'binary', minLength: 1, maxLength: 8}),
    fc.array(fc.constantFrom(',', '\\', ' ', '\n', 'a'), {minLength: 1}).map(parts => parts.join('')),
  )
  const isKept = (names: string[]) => void expect(readNames(namesText(names))).toEqual(names)
  fc.assert(fc.property(fc.array(name), isKept), {numRuns: 300})
})

test('tags read like those in a URL', () => {
  expect(readTags('team=shop&stage=&note=50%25 a%26b=c')).toEqual({team: 'shop', stage: '', note: '50% a&b=c'})
  expect(readTags('')).toEqual({})
})

test.each(['=x', 'a=1&a=2', 'a=50%', 'a=1&', '&'])('%s is no list of tags', text => {
  expect(readTags(text)).toBeUndefined()
})

test('whatever tags there are, they are read as they were written', () => {
  const tags = fc.dictionary(
    fc.oneof(fc.string({unit: 'grapheme', minLength: 1}), fc.constantFrom('__proto__', 'a=b', '%41')),
    fc.oneof(fc.string({unit: 'grapheme'}), fc.constantFrom('50%', 'a&b=c')),
  )
  const isKept = (all: Record<string, string>) => void expect(readTags(tagsCell(all))).toEqual({...all})
  fc.assert(fc.property(tags, isKept), {numRuns: 300})
})
