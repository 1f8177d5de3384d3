import {request as httpRequest} from 'node:http'
import {KEY} from './definition.js'

/** A request, and what was answered to it. */
export interface Question {
  method: string
  path: string
  headers: Record<string, string>
  body: string
}

const claims = (scope: string) => `h.${Buffer.from(JSON.stringify({scope})).toString('base64url')}.s`

const SIGNED = 'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=a, Signature=b'
const EVERYTHING = {
  authorization: SIGNED,
  'x-token': 'ab',
  'x-other': 'ab',
  'x-jwt': claims('s1 s2'),
  'x-api-key': KEY,
  'x-want': '200',
  accept: 'application/json',
  'content-type': 'application/json',
}

/** Without a header. */
const but = (...names: string[]) =>
  Object.fromEntries(Object.entries(EVERYTHING).filter(([name]) => !names.includes(name)))

/** Callers that have not all that may be asked of them. */
const LACKING: Record<string, string>[] = [
  but('x-token'),
  but('x-other'),
  but('x-jwt'),
  {...EVERYTHING, 'x-token': 'a', 'x-other': 'a'},
]

/** Callers of routes of all kinds. */
const CALLERS: Record<string, string>[] = [
  EVERYTHING,
  ...LACKING,
  but('authorization'),
  but('x-api-key'),
  {...EVERYTHING, 'x-want': '404'},
  {...EVERYTHING, accept: 'text/xml'},
  {...EVERYTHING, 'content-type': 'text/plain'},
]

/** Callers of routes that show the settings of authorizers. */
const HOLDERS: Record<string, string>[] = [
  ...LACKING,
  {...EVERYTHING, 'x-token': 'b', 'x-other': 'b'},
  {...EVERYTHING, 'x-token': 'abab', 'x-other': 'abab'},
  ...['s1', 's2', 's3'].map(scope => ({...EVERYTHING, 'x-jwt': claims(scope)})),
]

const post = (path: string, body: string, headers: Record<string, string> = {}): Question => ({
  ...{method: 'POST', path, body},
  headers: {'content-type': 'application/json', ...headers},
})
const get = (path: string, headers: Record<string, string> = {}): Question => ({method: 'GET', path, headers, body: ''})

const BODIES = ['{}', '{"a":1}', '{"a":"x"}', '{"a":true}', '{"b":1}', '{"b":"x"}', '{"b":true}', '{"b":1,"c":1}', '?']

/** Requests that show whatever an edit changes. */
export const QUESTIONS: Question[] = [
  ...['/', '/a', '/a/1', '/b', '/c/x/y'].flatMap(path =>
    ['GET', 'POST'].flatMap(method =>
      CALLERS.map(headers => ({method, path, headers, body: method === 'GET' ? '' : '{"m":1}'})),
    ),
  ),
  ...BODIES.flatMap(body => [{'x-p': '1'}, undefined].map(headers => post('/fixed/checked?q=1', body, headers))),
  ...['one', 'two', 'shared'].flatMap(name => BODIES.map(body => post(`/fixed/${name}?q=1`, body))),
  ...['guarded?q=1', 'guarded', 'bodied?q=1', 'bodied'].flatMap(name =>
    ['{}', '{"f":1}'].map(body => post(`/fixed/${name}`, body)),
  ),
  get('/fixed/keyed'),
  post('/fixed/media', 'plain', {'content-type': 'text/plain'}),
  get('/fixed/key'),
  ...['alpha', 'beta', 'either', 'pool'].flatMap(name => HOLDERS.map(caller => get(`/fixed/${name}`, caller))),
  get('/fixed/authorizer'),
  get('/fixed/authorizer', {'x-fixed': 'a'}),
  get('/fixed/broken'),
  get('/fixed/long', {'accept-encoding': 'gzip'}),
  get('/fixed/short', {'accept-encoding': 'gzip'}),
  ...['agent-1', 'agent-2', 'agent-3'].map(agent => get('/fixed/policy', {'user-agent': agent})),
  ...['image/png', 'image/jpeg', 'text/plain'].map(accept => get('/fixed/bytes', {accept})),
  get('/nowhere'),
]

/** Headers that differ from answer to answer. */
const OWN =
  /^(date|connection|keep-alive|content-length|transfer-encoding|x-amzn-requestid|x-amz-apigw-id|x-amzn-trace-id|x-amzn-remapped-(date|x-amzn-requestid|connection))$/

/** The answer to a request, without what differs from answer to answer. */
export function ask(
  port: number,
  apiId: string,
  stage: string,
  {method, path, headers, body}: Question,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {port, host: '127.0.0.1', method, headers, path: `/execute-api/${apiId}/${stage}${path}`}
    const request = httpRequest(options, response => {
      const parts: Buffer[] = []
      response.on('data', part => parts.push(part))
      response.on('end', () => {
        const own = Object.entries(response.headers).filter(([name]) => !OWN.test(name))
        // The message of a policy names the stage.
        const text = Buffer.concat(parts).toString('latin1').replaceAll(`${apiId}/${stage}/`, `${apiId}/stage/`)
        resolve(JSON.stringify([response.statusCode, own.sort(([a], [b]) => (a < b ? -1 : 1)), text]))
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
