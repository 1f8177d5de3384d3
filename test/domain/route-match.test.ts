import {describe, expect, test} from 'vitest'
import {parseRequestLine, routeFor} from '../../src/domain/route-match.js'

// The order is that of the data plane of the sandbox, which shares no code with this (test/sandbox/gateway).

const ROUTES = [
  ['ANY', '/{proxy+}'],
  ['GET', '/pets'],
  ['ANY', '/pets'],
  ['POST', '/pets/{id}'],
  ['GET', '/pets/{proxy+}'],
  ['GET', '/pets/mine'],
  ['GET', '/a/{x}/c'],
  ['GET', '/a/b/{y}'],
].map(([method = '', path = '']) => ({method, path}))

const answering = (line: string) => {
  const route = routeFor(ROUTES, parseRequestLine(line, '--route'))
  return route && `${route.method} ${route.path}`
}

test.each([
  ['GET /pets', 'GET /pets'],
  ['get /pets/', 'GET /pets'],
  ['DELETE /pets', 'ANY /pets'],
  ['GET /pets?limit=1', 'GET /pets'],
  ['GET /pets/mine', 'GET /pets/mine'],
  ['GET /pets/%6Dine', 'GET /pets/mine'],
  ['POST /pets/7', 'POST /pets/{id}'],
  ['POST /pets/{id}', 'POST /pets/{id}'],
  ['POST /pets/{petId}', 'POST /pets/{id}'],
  ['GET /pets/7', 'GET /pets/{proxy+}'],
  ['GET /pets/7/photos', 'GET /pets/{proxy+}'],
  ['GET /pets/{proxy+}', 'GET /pets/{proxy+}'],
  ['PUT /pets/7', 'ANY /{proxy+}'],
  ['GET /a/b/c', 'GET /a/b/{y}'],
  ['GET /a/z/c', 'GET /a/{x}/c'],
  ['ANY /pets', 'ANY /pets'],
  ['GET /', undefined],
])('%s is answered by %s', (line, route) => {
  expect(answering(line)).toBe(route)
})

describe('what is no request', () => {
  test.each(['/pets', 'pets', 'GET', 'GET pets', 'FETCH /pets', 'GET  ', 'GET /a b'])('"%s" is wrong usage', line => {
    expect(() => parseRequestLine(line, '--route')).toThrow(expect.objectContaining({kind: 'usage'}))
  })
})
