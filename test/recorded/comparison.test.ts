import {expect, test} from 'vitest'
import {Comparison} from './comparison.js'

const match = (expected: unknown, actual: unknown) =>
  'bindings' in new Comparison('123456789012').match(expected, actual, new Map())

test.each([
  ['a mask takes any value, the same wherever it returns', {a: '<id:1>', b: 'x/<id:1>'}, {a: 'q', b: 'x/q'}, true],
  ['a mask that returns with another value is a difference', {a: '<id:1>', b: '<id:1>'}, {a: 'q', b: 'r'}, false],
  ['a mask without a number does not bind', {a: '<region>', b: '<region>'}, {a: 'q', b: 'r'}, true],
  ['a masked key binds too', {'<id:1>': {id: '<id:1>'}}, {q: {id: 'q'}}, true],
  ['a masked key does not take a value with another id', {'<id:1>': {id: '<id:1>'}}, {q: {id: 'r'}}, false],
  ['a date is any present value', {at: 'datetime'}, {at: new Date()}, true],
  ['an absent date is a difference', {at: 'datetime'}, {}, false],
  [
    'a member masked by its own name is any present value',
    {lastUpdatedTime: 'last-updated-time'},
    {lastUpdatedTime: 7},
    true,
  ],
  ['the recorded account is the own one', 'arn::111111111111:x', 'arn::123456789012:x', true],
  ['lists match in order', ['<id:1>', '<id:2>', '<id:1>'], ['a', 'b', 'a'], true],
  [
    'lists match as sets',
    [
      {id: '<id:1>', n: 1},
      {id: '<id:2>', n: 2},
    ],
    [
      {id: 'b', n: 2},
      {id: 'a', n: 1},
    ],
    true,
  ],
  ['lists of other length differ', [1], [1, 1], false],
  ['an empty list is an absent one', {list: [], map: {}}, {}, true],
  ['a further field is a difference', {a: 1}, {a: 1, b: 2}, false],
  ['a further empty field is one too', {a: 1}, {a: 1, tags: {}}, false],
  ['an object is looked for in JSON text', {schema: {type: 'object'}}, {schema: '{"type": "object"}'}, true],
  ['a number is not its text', {limit: '5'}, {limit: 5}, false],
  ['null is not absent', {a: null}, {}, false],
])('%s', (_title, expected, actual, holds) => {
  expect(match(expected, actual)).toBe(holds)
})
