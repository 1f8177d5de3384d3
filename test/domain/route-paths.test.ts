import {expect, test} from 'vitest'
import {parsePath, parseRoute, variablesOf} from '../../src/domain/route-paths.js'

test.each([
  ['/', []],
  ['/pets', ['pets']],
  ['/pets/{id}/toys', ['pets', '{id}', 'toys']],
  ['/files/{proxy+}', ['files', '{proxy+}']],
  ['/a_b-c.d,e:f/1', ['a_b-c.d,e:f', '1']],
])('takes %s', (path, parts) => expect(parsePath(path)).toEqual(parts))

test.each([
  ['pets', 'does not begin with /'],
  ['', 'does not begin with /'],
  ['/pets/', 'ends with /'],
  ['//pets', 'has // in it'],
  ['/{proxy+}/more', 'nothing can come after {proxy+}'],
  ['/pets/{id', '"{id" cannot be a part'],
  ['/pets/x{id}', '"x{id}" cannot be a part'],
  ['/pets/{}', '"{}" cannot be a part'],
  ['/sp ace', '"sp ace" cannot be a part'],
  ['/pets?x=1', '"pets?x=1" cannot be a part'],
  ['/ümlaut', 'cannot be a part'],
  ['/{id}/x/{id}', '{id} is in it twice'],
])('refuses %j: %s', (path, why) => {
  expect(() => parsePath(path)).toThrow(expect.objectContaining({kind: 'usage', message: expect.stringContaining(why)}))
})

test('methods may be typed in small letters; what is none is refused with those that are', () => {
  expect(parseRoute({method: 'get', path: '/'})).toEqual({method: 'GET', path: '/'})
  expect(() => parseRoute({method: 'FETCH', path: '/'})).toThrow(
    expect.objectContaining({kind: 'usage', hint: expect.stringContaining('PATCH')}),
  )
})

test('the variables of a path are named without braces and plus', () => {
  expect(variablesOf('/pets/{id}/{proxy+}')).toEqual(['id', 'proxy'])
})
