import {expect, test} from 'vitest'
import {queryJson} from '../../../src/sandbox/gateway/json-path.js'
import {render} from '../../../src/sandbox/gateway/velocity.js'
import {deployedApi, mock} from '../../support/deployed-api.js'

// The expectations of this table were recorded on AWS: test_input_path_template_formatting.
test.each([
  ['#set($result = $json)$result', {foo: 'bar'}, '{foo=bar}'],
  ['#set($result = $json)$result', [{foo: 'bar'}], '[{"foo":"bar"}]'],
  ['#set($result = $json)$result.nested', {nested: {foo: 'bar'}}, '{foo=bar}'],
  ['#set($result = $json)$result.nested', {nested: [{foo: 'bar'}]}, '[{"foo":"bar"}]'],
  ['#set($result = $json)$result[0]', [{foo: 'bar'}], '{foo=bar}'],
  ['#set($result = $json)$result[0]', [[{foo: 'bar'}]], '[{"foo":"bar"}]'],
  ['#set($result = $json)$result', {foo: [{nested: 'bar'}]}, '{foo=[{"nested":"bar"}]}'],
  [
    '#set($result = $json)$result',
    {bigger: 'dict', to: 'test', with: 'separators'},
    '{bigger=dict, to=test, with=separators}',
  ],
  ['#set($result = $json)$result.toString()', {list: [{foo: 'bar'}]}, '{list=[{"foo":"bar"}]}'],
  [
    '$json.x, #if($json.x == $null)"true"#else"false"#end, #if($json.x == "")"true"#else"false"#end',
    {},
    ', "true", "true"',
  ],
  [
    '$json.x, #if($json.x == $null)"true"#else"false"#end, #if($json.x == "")"true"#else"false"#end',
    {x: []},
    '[], "false", "false"',
  ],
])('%s of %j', (template, json, expected) => {
  expect(render(template, {json})).toBe(expected)
})

test.each([
  ['#foreach($item in $list)$item#if($foreach.hasNext),#end#end', 'a,b,c'],
  ['#foreach($key in $map.keySet())$key=$map.get($key);#end', 'x=1;y=2;'],
  ['#foreach($entry in $map.entrySet())$entry.key=$entry.value;#end', 'x=1;y=2;'],
  ['$list.size() $map.containsKey("x") $map.containsKey("z")', '3 true false'],
  ['$text.substring(0, 5) $text.replaceAll("[aeiou]", "_") $text.toUpperCase()', 'hello h_ll_ w_rld HELLO WORLD'],
  ['#if($text.contains("world") && !$none)yes#end', 'yes'],
  ['#if($empty)an empty text is true #end#if($zero)so is 0#end#if($false)never#end', 'an empty text is true so is 0'],
  ['#set($n = 7)#set($half = $n / 2)$half', '3'],
  ['#set($made = {})#set($ignored = $made.put("a", "b"))$made', '{a=b}'],
  ['$none.of.this and ${none} and $!none', ' and  and '],
  ['costs \\$5 or $5', 'costs $5 or $5'],
])('the Java semantics of %s', (template, expected) => {
  expect(
    render(template, {
      list: ['a', 'b', 'c'],
      map: {x: 1, y: 2},
      text: 'hello world',
      empty: '',
      zero: 0,
      false: false,
    }),
  ).toBe(expected)
})

test.each([
  ['$', {a: 1}],
  ['$.a.b', undefined],
  ['$.list[1].n', 2],
  ['$.list[-1].n', 3],
  ["$['list'][0]['n']", 1],
  ['$.list[*].n', [1, 2, 3]],
  ['$..n', [1, 2, 3]],
  ['$.list[0:2].n', [1, 2]],
  ['$.list[0,2].n', [1, 3]],
])('the JSONPath %s', (path, expected) => {
  expect(queryJson(path === '$' ? {a: 1} : {list: [{n: 1}, {n: 2}, {n: 3}]}, path)).toEqual(expected)
})

test('$input and $util reach the request', async () => {
  const lines = [
    '$input.params("id")|$input.params("q")|$input.params("X-Who")|$input.params("none")',
    '$input.params().querystring.q',
    '$util.base64Encode("a b")|$util.base64Decode("YSBi")|$util.urlEncode("a b&c")|$util.urlDecode("a+b%26c")',
    '$util.escapeJavaScript("it\'s")',
    `$util.parseJson('{"a": [1, 2]}').a[1]`,
    '$context.httpMethod $context.stage $context.resourcePath $context.apiId',
  ]
  const api = await deployedApi({'GET /pets/{id}': mock(lines.join('\n'))})
  const {body} = await api.call('GET /pets/7?q=two', {headers: {'x-who': 'me'}})
  expect(body.split('\n')).toEqual([
    '7|two|me|',
    'two',
    'YSBi|a b|a+b%26c|a b&c',
    "it\\'s",
    '2',
    `GET prod /pets/{id} ${api.restApiId}`,
  ])
})

test('a template may set the status and the headers of the response', async () => {
  const api = await deployedApi({
    'GET /': mock(
      '#set($context.responseOverride.status = 418)#set($context.responseOverride.header.X-Tea = "green")pot',
    ),
  })
  const answer = await api.call('GET /')
  expect(answer).toMatchObject({status: 418, body: 'pot'})
  expect(answer.headers.get('x-tea')).toBe('green')
})

// Recorded on AWS: test_integration_mock_with_vtl_map_assignation.
test('what a request template puts into the overrides, the response template finds', async () => {
  const requestTemplate = `
#set($paramName = "foo")
#set($context.requestOverride.querystring[$paramName] = "bar")
#set($paramPutName = "putfoo")
$context.requestOverride.querystring.put($paramPutName, "putBar")
#set($context["requestOverride"].querystring["nestedfoo"] = "nestedFoo")
{"statusCode": 200}`
  const responseTemplate = `
#set($value = $context.requestOverride.querystring["foo"])
#set($value2 = $context.requestOverride.querystring["putfoo"])
#set($value3 = $context.requestOverride.querystring["nestedfoo"])
{"value": "$value", "value2": "$value2", "value3": "$value3"}`
  const api = await deployedApi({
    'GET /': {
      integration: {requestTemplates: {'application/json': requestTemplate}},
      responses: [
        {statusCode: '200', selectionPattern: '2\\d{2}', responseTemplates: {'application/json': responseTemplate}},
      ],
    },
  })
  expect(JSON.parse((await api.call('GET /')).body)).toEqual({value: 'bar', value2: 'putBar', value3: 'nestedFoo'})
})

test('a broken template is a configuration error, and the log says so', async () => {
  const api = await deployedApi({'GET /': mock('#if($a')})
  await api.logAt('ERROR')
  const answer = await api.call('GET /')
  expect(answer).toMatchObject({status: 500, body: '{"message": "Internal server error"}'})
  expect((await api.lines(answer.headers.get('x-amzn-requestid')))[0]).toMatch(
    /^Execution failed due to configuration error: Unable to transform response/,
  )
})

test('a mock selects its response by the status code of its request template', async () => {
  const api = await deployedApi({
    'POST /': {
      integration: {
        requestTemplates: {
          'application/json': '#if($input.path("$.ok"))#set($code = 200)#else#set($code = 404)#end{statusCode: $code}',
        },
      },
      responses: [
        {statusCode: '200', selectionPattern: '2\\d{2}', responseTemplates: {'application/json': 'fine'}},
        {statusCode: '404', selectionPattern: '404', responseTemplates: {'application/json': 'gone'}},
      ],
    },
  })
  expect(await api.call('POST /', {body: '{"ok": true}'})).toMatchObject({status: 200, body: 'fine'})
  expect(await api.call('POST /', {body: '{}'})).toMatchObject({status: 404, body: 'gone'})
})

test('a status code without an integration response is a configuration error', async () => {
  const api = await deployedApi({
    'GET /': {
      integration: {requestTemplates: {'application/json': '{"statusCode": 500}'}},
      responses: [{statusCode: '200', selectionPattern: '200'}],
    },
  })
  await api.logAt('ERROR')
  const answer = await api.call('GET /')
  expect(answer).toMatchObject({status: 500, type: 'InternalServerErrorException'})
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    'Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 500',
    'Method completed with status: 500',
  ])
})

test.each([
  ['NEVER', 'application/json', 200],
  ['NEVER', 'text/plain', 415],
  ['WHEN_NO_TEMPLATES', 'text/plain', 415],
] as const)('passthrough %s of %s gives %i', async (passthroughBehavior, contentType, status) => {
  const api = await deployedApi({'POST /': {integration: {passthroughBehavior}}})
  const answer = await api.call('POST /', {headers: {'content-type': contentType}, body: '{"statusCode": 200}'})
  expect(answer.status).toBe(status)
  if (status === 415) expect(answer.body).toBe('{"message": "Unsupported Media Type"}')
})
