import {expect, test} from 'vitest'
import {type Route, sortedRoutes} from '../../src/domain/routes.js'
import {paintFor} from '../../src/views/paint.js'
import {routeTree} from '../../src/views/routes.js'
import {table} from '../../src/views/table.js'

const route = (text: string): Route => {
  const [method, path = ''] = text.split(' ')
  return {path, method, authorization: 'NONE', apiKeyRequired: false}
}

/** The first two columns of the table that people see. */
function tree(...routes: string[]): string[] {
  const sorted = sortedRoutes(routes.map(route))
  const text = table(sorted, routeTree(sorted), {paint: paintFor(false), width: 80, now: new Date(0)})
  return text
    .split('\n')
    .slice(1, -1)
    .map(line => line.replace(/ +none *$/, ''))
}

test('lines lead from a path to all that is below it, past its further methods', () => {
  expect(tree('PUT /', 'GET /', 'GET /a', 'PUT /a', 'GET /a/b', 'GET /a/b/c', 'PUT /a/d', 'GET /e', 'PUT /e')).toEqual([
    '/            GET',
    '│            PUT',
    '├─ /a        GET',
    '│  │         PUT',
    '│  ├─ /b     GET',
    '│  │  └─ /c  GET',
    '│  └─ /d     PUT',
    '└─ /e        GET',
    '             PUT',
  ])
})

test('without methods on the way a path is written whole, and a longer name is not below a shorter one', () => {
  expect(tree('GET /pets/{id}/toys', 'GET /pet', 'GET /pets/{id}', 'GET /petshop')).toEqual([
    '/pet        GET',
    '/pets/{id}  GET',
    '└─ /toys    GET',
    '/petshop    GET',
  ])
})

test('what others named cannot draw on the terminal', () => {
  expect(tree('GET /\u001b[2J').join('')).toBe('/\\x1b[2J  GET')
})
