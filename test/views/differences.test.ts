import {stripVTControlCharacters} from 'node:util'
import {describe, expect, test} from 'vitest'
import {compare, type Side} from '../../src/domain/snapshots/difference.js'
import {type Json, NOTHING, type RouteSnapshot, type Snapshot} from '../../src/domain/snapshots/snapshot.js'
import {differenceLines, differenceReport} from '../../src/views/differences.js'
import {paintFor} from '../../src/views/paint.js'

const PROD: Side = {
  kind: 'stage',
  name: 'prod',
  deploymentId: '46bce8',
  createdDate: new Date('2026-03-01T12:00:00Z'),
}
const EDITED: Side = {kind: 'edited', name: 'as edited'}
const NOW = new Date('2026-03-04T12:00:00Z')

const difference = (before: Partial<Snapshot>, after: Partial<Snapshot>, [one, other] = [PROD, EDITED]) =>
  compare(
    {id: 'a1b2c3d4e5', name: 'petstore'},
    {side: one, snapshot: {...NOTHING, ...before}},
    {side: other, snapshot: {...NOTHING, ...after}},
  )

const lines = (text: string) => text.trimEnd().split('\n')
const shown = (of: ReturnType<typeof difference>, width = 80) =>
  lines(differenceLines(of, paintFor(false), {width, now: NOW}))
const marked = (of: ReturnType<typeof difference>) => lines(differenceReport.markdown(of))

/** What is told of a change to one route. */
const ofRoute = (before: RouteSnapshot, after: RouteSnapshot, width?: number) =>
  shown(difference({routes: {'GET /': before}}, {routes: {'GET /': after}}), width).slice(4, -2)

const ofPolicy = (before: Json | undefined, after: Json | undefined) => {
  const settings = (policy: Json | undefined) => ({settings: policy === undefined ? {} : {policy}})
  return shown(difference(settings(before), settings(after))).slice(3, -2)
}

const LAMBDA =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:pets/invocations'

describe('as text', () => {
  test('says what is compared, each change under its heading, and how many there are', () => {
    const routes: Record<string, RouteSnapshot> = {
      'POST /cats': {authorization: 'AWS_IAM', integration: {type: 'HTTP', uri: 'https://example.com'}},
      'GET /pets/{id}': {integration: {type: 'MOCK'}},
    }
    const after: Partial<Snapshot> = {
      routes: {
        'GET /pets': {
          authorization: 'CUSTOM',
          authorizer: 'token',
          apiKeyRequired: true,
          integration: {type: 'AWS_PROXY', uri: LAMBDA},
        },
        'OPTIONS /pets': {integration: {type: 'MOCK'}},
        'PUT /pets': {integration: {type: 'MOCK'}},
        'GET /pets/{id}': {apiKeyRequired: true, integration: {type: 'MOCK', timeout: 5_000}},
      },
      gatewayResponses: {DEFAULT_4XX: {status: '418'}},
    }
    expect(shown(difference({routes, untold: ['endpoint type']}, {...after, untold: ['tags']}))).toEqual([
      'petstore: prod (46bce8, 3 days ago) → as edited',
      '',
      'Routes',
      '  - POST /cats  http https://example.com, AWS_IAM',
      '  + GET /pets  lambda pets, CUSTOM token, API key',
      '  + OPTIONS /pets  CORS preflight',
      '  + PUT /pets  mock, no authorization',
      '  ~ GET /pets/{id}',
      '      apiKeyRequired: false → true',
      '      integration.timeout: 29000 (default) → 5000',
      '',
      'Gateway responses',
      '  + DEFAULT_4XX',
      '      status: 418',
      '',
      '4 added, 1 changed, 1 removed',
      'Not compared: endpoint type, tags',
    ])
  })

  test('says so when there is no difference', () => {
    expect(shown(difference({}, {}))).toEqual(['petstore: prod (46bce8, 3 days ago) → as edited', 'No differences.'])
  })

  test('where a part was not compared it does not say that nothing differs', () => {
    const text = differenceLines({...difference({}, {}), untold: ['models']}, paintFor(false))
    expect(lines(text).slice(1)).toEqual(['No differences in what was compared.', 'Not compared: models'])
  })

  test('a deployment is called one, and without a clock ages are left out', () => {
    const side: Side = {kind: 'deployment', name: '46bce8', deploymentId: '46bce8', createdDate: NOW}
    const text = differenceLines(difference({}, {}, [side, PROD]), paintFor(false))
    expect(lines(text)[0]).toBe('petstore: deployment 46bce8 → prod (46bce8)')
  })

  test('what came is green, what went red, what changed yellow; before and after likewise', () => {
    const of = difference(
      {routes: {'GET /a': {}, 'GET /b': {operationName: 'one'}}},
      {routes: {'GET /b': {operationName: 'two'}, 'GET /c': {}}},
    )
    const text = differenceLines(of, paintFor(true))
    expect(text).toContain('\u001b[31m- GET /a\u001b[39m')
    expect(text).toContain('\u001b[33m~ GET /b\u001b[39m')
    expect(text).toContain('\u001b[32m+ GET /c\u001b[39m')
    expect(text).toContain('operationName: \u001b[31mone\u001b[39m → \u001b[32mtwo\u001b[39m')
    expect(stripVTControlCharacters(text)).toBe(differenceLines(of, paintFor(false)))
  })

  test('values that do not fit in a line have one each, and are never cut', () => {
    const [one, two] = ['x'.repeat(40), 'y'.repeat(40)]
    expect(ofRoute({operationName: one}, {operationName: two}, 80)).toEqual([
      '      operationName:',
      `        -${one}`,
      `        +${two}`,
    ])
    expect(ofRoute({operationName: one}, {operationName: two}, 120)).toEqual([`      operationName: ${one} → ${two}`])
  })

  test('a template is told by its lines, with three around those that changed', () => {
    const integration = (...text: string[]) => ({
      integration: {type: 'HTTP', requestTemplates: {'application/json': text.join('\n')}},
    })
    const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '']
    const after = before.map(line => (line === '6' ? 'six' : line))
    expect(ofRoute(integration(...before), integration(...after))).toEqual([
      '      integration.request template application/json:',
      '        @@ -3,7 +3,7 @@',
      '         3',
      '         4',
      '         5',
      '        -6',
      '        +six',
      '         7',
      '         8',
      '         9',
    ])
    // Whether a text ends with a line break may matter to whoever gets it.
    expect(ofRoute(integration('a', 'b'), integration('a', 'b', '')).slice(1)).toEqual([
      '        @@ -1,2 +1,3 @@',
      '         a',
      '         b',
      '        +',
    ])
  })

  test('two texts with nothing in common are told one after the other, in no time', () => {
    const text = (word: string) => Array.from({length: 20_000}, (_, i) => `${word}${i}`).join('\n')
    const start = performance.now()
    const told = ofRoute({operationName: text('a')}, {operationName: text('b')})
    expect(told).toHaveLength(40_001)
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  test('a policy is JSON by its lines, members in one order', () => {
    const statement = (effect: string) => [{Principal: '*', Effect: effect, Action: 'execute-api:Invoke'}]
    expect(ofPolicy({Statement: statement('Allow')}, {Statement: statement('Deny')})).toEqual([
      '  ~ policy',
      '      Statement:',
      '        @@ -1,7 +1,7 @@',
      '         [',
      '           {',
      '             "Action": "execute-api:Invoke",',
      '        -    "Effect": "Allow",',
      '        +    "Effect": "Deny",',
      '             "Principal": "*"',
      '           }',
      '         ]',
    ])
  })

  test('a policy or a model that came or went is told whole', () => {
    expect(ofPolicy(undefined, {Version: '2012-10-17', Statement: []})).toEqual([
      '  + policy',
      '        +{',
      '        +  "Statement": [],',
      '        +  "Version": "2012-10-17"',
      '        +}',
    ])
    expect(ofPolicy('no JSON', undefined)).toEqual(['  - policy: no JSON'])
  })

  test('Access-Control headers are called CORS', () => {
    const route = (origin: string, ...headers: string[]): RouteSnapshot => ({
      responses: {'200': {headers: ['X-A', ...headers]}},
      integration: {
        type: 'MOCK',
        responses: {default: {status: '200', parameters: {'header.Access-Control-Allow-Origin': origin}}},
      },
    })
    expect(ofRoute(route("'*'"), route("'a.com'", 'Access-Control-Max-Age'), 120)).toEqual([
      "      CORS: Access-Control-Allow-Origin of integration.response default: '*' → 'a.com'",
      '      CORS: response 200 headers: X-A → X-A, Access-Control-Max-Age',
    ])
    const mock = (status: string): RouteSnapshot => ({integration: {type: 'MOCK', responses: {default: {status}}}})
    const of = difference({routes: {'OPTIONS /': mock('200')}}, {routes: {'OPTIONS /': mock('204')}})
    expect(shown(of)[3]).toBe('  ~ OPTIONS /  CORS')
  })

  test('lists are told by their members, and what is not there as what the service does then', () => {
    const route = {integration: {type: 'HTTP'}}
    expect(ofRoute({...route, scopes: ['a', 'b']}, {...route, authorization: 'AWS_IAM', scopes: ['a']})).toEqual([
      '      authorization: NONE → AWS_IAM',
      '      scopes: a, b → a',
    ])
    expect(ofRoute({...route, operationName: ''}, {...route, validator: 'all'})).toEqual([
      '      operationName: "" → none',
      '      validator: none → all',
    ])
  })

  test('control characters of what came from elsewhere are shown, not obeyed', () => {
    const evil = '\u001b[2J\u202e'
    const of = difference(
      {models: {[evil]: {title: evil}}, routes: {'GET /': {}}, untold: [evil]},
      {
        routes: {'GET /': {requestModels: {[evil]: evil}}, [`GET /${evil}`]: {operationName: evil}},
        models: {[evil]: {title: `${evil}\n${evil}`}},
      },
      [{...PROD, name: evil}, EDITED],
    )
    for (const text of [differenceLines(of, paintFor(false)), differenceReport.markdown(of)]) {
      expect(text).toContain('x1b')
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
  })

  test('hidden credentials are said to be hidden', () => {
    const route = (value: string): RouteSnapshot => ({
      integration: {type: 'HTTP', requestParameters: {'integration.request.header.x-api-key': value}},
    })
    const of = difference({routes: {'GET /': route("'a'")}}, {routes: {'GET /': route("'b'")}})
    expect(shown(of).slice(4)).toEqual([
      "      integration.request.header.x-api-key: '[hidden]' → '[hidden]'",
      '',
      '1 changed',
      'What looks like a credential is compared, and shown as [hidden].',
    ])
  })
})

describe('as Markdown', () => {
  test('is a table for each kind, and a diff block for each change', () => {
    const of = difference(
      {routes: {'GET /a': {}, 'GET /b': {operationName: 'one'}}, untold: ['endpoint type']},
      {routes: {'GET /b': {operationName: 'two', authorization: 'AWS_IAM'}, 'GET /c': {}}},
    )
    expect(marked(of)).toEqual([
      '### `petstore`: `prod (46bce8, 2026-03-01 12:00 UTC)` → `as edited`',
      '',
      '**1 added, 1 changed, 1 removed**',
      '',
      '#### Routes',
      '',
      '|  | route |  |',
      '| --- | --- | --- |',
      '| removed | `GET /a` | no authorization |',
      '| changed | `GET /b` | authorization, operationName |',
      '| added | `GET /c` | no authorization |',
      '',
      '`GET /b`',
      '',
      '```diff',
      '@@ authorization @@',
      '-NONE',
      '+AWS_IAM',
      '@@ operationName @@',
      '-one',
      '+two',
      '```',
      '',
      'Not compared: endpoint type',
    ])
  })

  test('a long block is folded', () => {
    const schema = (type: string) => ({
      properties: Object.fromEntries(Array.from({length: 20}, (_, i) => [`p${i}`, {type}])),
    })
    const text = marked(difference({models: {Pet: schema('a')}}, {models: {Pet: schema('b')}}))
    const start = text.indexOf('<details><summary><code>Pet</code></summary>')
    expect(text.slice(start, start + 4)).toEqual([
      '<details><summary><code>Pet</code></summary>',
      '',
      '```diff',
      '@@ properties.p0.type @@',
    ])
    expect(text.slice(-3)).toEqual(['```', '', '</details>'])
  })

  test('backticks and pipes in it break neither tables nor blocks', () => {
    const name = 'GET /`a|b`'
    const text = marked(
      difference(
        {routes: {[name]: {operationName: '```\n# not a heading\n````'}}},
        {routes: {[name]: {operationName: 'x|y'}}},
      ),
    )
    const code = '<code>GET /&#96;a&#124;b&#96;</code>'
    expect(text).toContain(`| changed | ${code} | operationName |`)
    expect(text.slice(text.indexOf(code))).toEqual([
      code,
      '',
      '`````diff',
      '@@ operationName @@',
      '-```',
      '-# not a heading',
      '-````',
      '+x|y',
      '`````',
    ])
  })
})

describe('as rows', () => {
  test('there is one for each field of a change, and one for each thing that came or went', () => {
    const of = difference(
      {routes: {'GET /a': {}, 'GET /b': {scopes: ['x']}}},
      {routes: {'GET /b': {authorization: 'AWS_IAM'}, 'GET /c': {}}},
    )
    const {rows, view} = differenceReport
    expect(rows(of).map(row => view.columns.map(column => column.value(row)))).toEqual([
      ['removed', 'route', 'GET /a', undefined, undefined, undefined],
      ['changed', 'route', 'GET /b', 'authorization', undefined, 'AWS_IAM'],
      ['changed', 'route', 'GET /b', 'scopes', '["x"]', undefined],
      ['added', 'route', 'GET /c', undefined, undefined, undefined],
    ])
  })
  test('a setting that is one value is told with its value, also when it came or went', () => {
    const of = difference({}, {})
    const row = {field: '', path: [], after: '0.5'}
    const items = [{kind: 'stage setting', name: 'cacheSize', change: 'added', fields: [row]} as const]
    expect([...differenceReport.rows({...of, items: [...items]})]).toEqual([
      {change: 'added', kind: 'stage setting', name: 'cacheSize', field: '', before: undefined, after: '0.5'},
    ])
  })
})
