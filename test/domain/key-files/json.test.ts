import fc from 'fast-check'
import {expect, test} from 'vitest'
import {readJson, readNdjson} from '../../../src/domain/key-files/json.js'

const SHARDS = ['"', '\\', '{', '}', '[', ']', ',', ':', '\n', ' ', 'a', '1', 'null', '"a"', '{"a":[1,{"b":"]"}]}']
const shards = fc.array(fc.constantFrom(...SHARDS), {maxLength: 40}).map(parts => parts.join(''))

test('elements of an array come with the line on which each begins', () => {
  const text = '\n[{"name":"a,]"},\n\n {"name":\n"b"}\n,{"name":"c\\""}]\n'
  expect([...readJson(text)]).toEqual([
    {line: 2, value: {name: 'a,]'}},
    {line: 4, value: {name: 'b'}},
    {line: 6, value: {name: 'c"'}},
  ])
})

test('the list that the AWS CLI prints is one; only a page of it is not taken for all', () => {
  expect([...readJson('{\n  "items": [\n    {"name": "a"}\n  ]\n}\n')]).toEqual([{line: 3, value: {name: 'a'}}])
  expect([...readJson('{"items": [{"name": "a"}], "NextToken": "x"}')]).toEqual([
    {line: 1, value: {name: 'a'}},
    {line: 1, fault: 'This is only the first page of a list: there are more keys.'},
  ])
})

test('an element that is broken is named by its line, the others are read', () => {
  const records = [...readJson('[{"name":"a"},\n{name:"b"},\n{"name":"c"},\n]')]
  expect(records.map(({line, fault}) => [line, fault?.slice(0, 16)])).toEqual([
    [1, undefined],
    [2, 'This is not JSON'],
    [3, undefined],
    [4, 'This is not JSON'],
  ])
  expect([...readJson('[{"name":"a"}\n')].map(({fault}) => fault)).toEqual([undefined, 'The array is never closed.'])
})

test('what is wrong with JSON is said without what stands in it, which may be a value', () => {
  const value = 'a-value-of-at-least-20-characters-42'
  for (const text of [`[{"value":${value}}]`, `[{"value":"${value}]`, `[${value}]`, value]) {
    expect(JSON.stringify([...readJson(text), ...readNdjson(text)])).not.toContain('a-value')
  }
})

test('one object a line, wherever the lines end', () => {
  expect([...readNdjson('{"name":"a"}\r\n\n{"name":\n{"name":"c"}')].map(({line, value}) => [line, value])).toEqual([
    [1, {name: 'a'}],
    [3, undefined],
    [4, {name: 'c'}],
  ])
})

test('any JSON array is read as JSON.parse reads it, however it is laid out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
      fc.constantFrom(undefined, 1, '\t'),
      (values, indent) => {
        const text = JSON.stringify(values, undefined, indent)
        const read = [...readJson(text)]
        expect(read.map(({value}) => value)).toEqual(JSON.parse(text))
        const lines = text.split('\n')
        // The first stands behind the bracket where all is on one line.
        for (const {line} of read) expect(lines[line - 1]?.replace(/^\[/, '').trim()[0]).toBe('{')
      },
    ),
  )
})

test('whatever is poured in, it is read whole or what is wrong with it is said', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        shards,
        shards.map(text => `[${text}]`),
        fc.string({unit: 'binary'}),
      ),
      text => {
        const records = [...readJson(text)]
        const faults = records.filter(({fault}) => fault !== undefined)
        let whole: unknown
        try {
          whole = JSON.parse(text)
        } catch {}
        if (Array.isArray(whole)) expect(records.map(({value}) => value)).toEqual(whole)
        else if (!/^\s*\{\s*"items"/.test(text)) expect(faults).not.toEqual([])
        const lines = [...readNdjson(text)]
        expect(lines.map(({line}) => line)).toEqual(
          text.split(/\r\n|\r|\n/).flatMap((line, i) => (line.trim() === '' ? [] : [i + 1])),
        )
      },
    ),
    {numRuns: 500},
  )
})
