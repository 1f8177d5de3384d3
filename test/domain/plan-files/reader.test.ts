import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {planFileText} from '../../../src/domain/plan-files/export.js'
import {readPlanFile} from '../../../src/domain/plan-files/reader.js'
import {Problem} from '../../../src/domain/problem.js'
import {planFileData} from '../../support/plan-files.js'

const read = (text: string | Uint8Array) =>
  readPlanFile(typeof text === 'string' ? Buffer.from(text) : text, 'plans.yaml')

/** What is said of a file that is refused. */
async function refusal(text: string | Uint8Array): Promise<string> {
  const problem = await read(text).then(
    () => expect.fail('the file was taken'),
    error => error,
  )
  expect(problem).toBeInstanceOf(Problem)
  expect(problem.kind).toBe('usage')
  return problem.message
}

const inPlan = (text: string) => `plans:\n  gold:\n    ${text}\n`

/** Of the form that the service gives to the values that it generates. */
const VALUE = 'RGktCNXNfMOlnRY1r4LN7yhOMSjVYIK4a8wNNza4'

test('a whole plan, in YAML', async () => {
  const {plans} = await read(`
plans:
  gold:
    description: For customers who pay
    rate: 99.5
    burst: 200
    quota: 10000/week
    quotaOffset: 5
    productCode: abc
    stages:
      petstore/prod:
        GET /pets: 5/10
        ANY /: 0.5/1
      orders:prod:
    keys: [mobile, "0123456789"]
    tags: {tier: "1"}
  trial: {}
`)
  expect(plans).toEqual([
    {
      name: 'gold',
      place: {line: 3, column: 3},
      description: 'For customers who pay',
      throttle: {rateLimit: 99.5, burstLimit: 200},
      quota: {limit: 10_000, period: 'WEEK', offset: 5},
      productCode: 'abc',
      stages: [
        {
          ref: 'petstore/prod',
          place: {line: 11, column: 7},
          throttle: {'/pets/GET': {rateLimit: 5, burstLimit: 10}, '//ANY': {rateLimit: 0.5, burstLimit: 1}},
        },
        {ref: 'orders:prod', place: {line: 14, column: 7}, throttle: {}},
      ],
      keys: [
        {ref: 'mobile', place: {line: 15, column: 12}},
        {ref: '0123456789', place: {line: 15, column: 20}},
      ],
      tags: {tier: '1'},
    },
    {name: 'trial', place: {line: 17, column: 3}, tags: {}},
  ])
})

test('the same as JSON, with a byte order mark and Windows line breaks', async () => {
  const {plans} = await read('\ufeff{"plans": {\r\n  "gold": {"stages": ["petstore/prod"], "keys": []}}}\r\n')
  expect(plans).toEqual([
    {
      name: 'gold',
      place: {line: 2, column: 3},
      stages: [{ref: 'petstore/prod', place: {line: 2, column: 23}, throttle: {}}],
      keys: [],
      tags: {},
    },
  ])
})

test('an alias stands for what its anchor has', async () => {
  const {plans} = await read('plans:\n  a: {stages: &all [x/prod, y/prod]}\n  b: {stages: *all}\n')
  expect(plans[1]?.stages).toEqual(plans[0]?.stages)
})

describe('what is wrong is said with line and column', () => {
  test.each([
    ['', '1:1: the file is empty: it has no "plans"'],
    ['# nothing\n', '1:1: the file is empty: it has no "plans"'],
    ['plan: {}', '1:1: the file has no field "plan". Did you mean "plans"?'],
    ['plans:\n', '1:7: plans is empty, but has to be a map of usage plans by name'],
    ['- gold', '1:1: the file is a list, but has to be a map of $schema, plans'],
    ['plans:\n  gold:\n', '2:8: usage plan "gold" is empty'],
    ['plans: {a: {}, b: {}, a: {}}', '1:23: "a" is there twice, first on line 1'],
    ['plans:\n  ? [a]\n  : {}', '2:5: a name is expected here'],
    ['plans:\n  : {}', '2:3: a name is expected here'],
    [inPlan('brust: 5'), '3:5: usage plan "gold" has no field "brust". Did you mean "burst"?'],
    [inPlan('colour: red'), '3:5: usage plan "gold" has no field "colour". There are: description, rate'],
    [inPlan('description: 5'), '3:18: description is a number, but has to be a text (write it in quotes)'],
    [inPlan('rate: 5'), '3:5: rate needs burst beside it'],
    [inPlan('burst: 5'), '3:5: burst needs rate beside it'],
    [inPlan('{rate: "5", burst: 5}'), '3:12: rate is a text, but has to be a number of requests a second, such as'],
    [inPlan('{rate: -1, burst: 5}'), '3:12: rate is "-1", but has to be a number of requests a second'],
    [inPlan('{rate: .inf, burst: 5}'), '3:12: rate is "Infinity"'],
    [inPlan('{rate: .nan, burst: 5}'), '3:12: rate is "NaN"'],
    [inPlan('{rate: 1, burst: 1.5}'), '3:22: burst is "1.5", but has to be a whole number of requests'],
    [inPlan('{rate: 1, burst: 2147483648}'), '3:22: burst is "2147483648"'],
    [inPlan('quota: 10000/year'), '3:12: quota is "10000/year", but has to be written as 10000/day, 10000/week or'],
    [inPlan('quota: 2147483648/day'), '3:12: quota is "2147483648/day"'],
    [inPlan('quota: 10000'), '3:12: quota is a number, but has to be written as 10000/day'],
    [inPlan('quotaOffset: 5'), '3:5: quotaOffset needs quota beside it'],
    [inPlan('{quota: 5/day, quotaOffset: 1}'), '3:20: quotaOffset is for quotas of a week or a month'],
    [inPlan('stages: petstore/prod'), '3:13: stages is a text, but has to be a list of API/STAGE, or a map from these'],
    [inPlan('stages: [prod]'), '3:14: "prod" is not API/STAGE, such as petstore/prod'],
    [inPlan('stages: [a/b, a/b]'), '3:19: "a/b" is there twice, first on line 3'],
    [inPlan('stages: [a/b: {GET /: 5/10}]'), '3:14: with limits of methods, stages are a map'],
    [inPlan('stages: {a/b: {get /pets: 5/10}}'), '3:20: "get /pets" is no method: write it as GET /pets'],
    [inPlan('stages: {a/b: {GET /pets: 5}}'), '3:31: "GET /pets" is a number, but has to be requests a second and at'],
    [inPlan('keys: mobile'), '3:11: keys is a text, but has to be a list of names or ids of API keys, never their'],
    [inPlan('keys:'), '3:10: keys is empty, but has to be a list of names or ids of API keys, never their values; []'],
    [inPlan('keys: [7]'), '3:12: an entry of keys is a number, but has to be the name or the id of an API key (write'],
    [inPlan('keys: [a, a]'), '3:15: "a" is there twice, first on line 3'],
    [inPlan('tags: {a: 1}'), '3:15: tag "a" is a number, but has to be a text (write it in quotes)'],
    [inPlan('tags: {aws:x: y}'), '3:12: "aws:x" is no name for a tag'],
    [inPlan(`tags: {${'a'.repeat(129)}: y}`), '3:12: the name of a tag has at most 128 characters'],
    [inPlan(`tags: {a: ${'y'.repeat(257)}}`), '3:15: the value of a tag has at most 256 characters'],
    [inPlan('<<: {rate: 1}'), '3:5: merge keys (<<) are not read'],
    [inPlan('stages: *all'), '3:13: no anchor of that name stands above'],
    [inPlan('description: !secret x'), '3:18: not YAML: unresolved tag'],
    [inPlan('description: "x'), 'not YAML: missing closing "quote'],
    ['plans: {}\n---\nplans: {}', '2:1: another document begins here'],
    ['plans:\n\tgold: {}', '2:1: not YAML: tabs are not allowed as indentation'],
  ])('%j', async (text, message) => {
    expect(await refusal(text)).toContain(`plans.yaml:${message}`.replace(/^plans\.yaml:(?=not YAML)/, ''))
  })

  test('all of it at once, in the order of the file', async () => {
    const message = await refusal('plans:\n  a: {rate: x, burst: y}\n  b: {keys: {}, colour: red}\n')
    expect(message.split('\n').map(line => /^ {2}plans\.yaml:(\d+:\d+)/.exec(line)?.[1])).toEqual([
      undefined,
      '2:13',
      '2:23',
      '3:13',
      '3:17',
    ])
    expect(message).toContain('plans.yaml has 4 problems:')
  })

  test('bytes that are no text, by their line', async () => {
    expect(await refusal(Buffer.from([0x61, 0x0a, 0xff, 0x0a]))).toBe('plans.yaml:2:1: the file is not text in UTF-8')
  })

  test('of a great many the first hundred', async () => {
    const keys = Array.from({length: 150}, (_, i) => i).join(', ')
    const message = await refusal(inPlan(`keys: [${keys}]`))
    expect(message.split('\n')).toHaveLength(102)
    expect(message).toMatch(/\n {2}and 50 more$/)
  })
})

describe('values of keys', () => {
  test.each([
    ['a list of keys', inPlan(`keys: [${VALUE}]`)],
    ['a key of its own', inPlan(`keys: [{value: ${VALUE}}]`)],
    ['keys as a map', inPlan(`keys: {mobile: ${VALUE}}`)],
    ['a field value', inPlan(`value: ${VALUE}`)],
    ['the name of a field', inPlan(`${VALUE}: x`)],
    ['a limit', inPlan(`quota: ${VALUE}`)],
    ['a stage', inPlan(`stages: [${VALUE}]`)],
    ['a UUID', inPlan('keys: [3f2504e0-4f89-11d3-9a0c-0305e82c3301]')],
    ['a broken line', `plans:\n  gold: }${VALUE}\n`],
    ['a tag of YAML', inPlan(`description: !${VALUE} x`)],
    ['an alias', inPlan(`keys: *${VALUE}`)],
  ])('in %s are refused, and nowhere shown', async (_, text) => {
    const message = await refusal(text)
    expect(message).toMatch(/^( {2})?plans\.yaml:\d+:\d+: /m)
    expect(message).not.toContain(VALUE)
    expect(message).not.toContain('3f2504e0')
  })
})

describe('a file that is there to do harm is refused in no time', () => {
  test.each([
    ['a billion laughs', laughs()],
    ['plans that share everything', shared()],
    ['nested without end', `plans: ${'['.repeat(200_000)}`],
    ['nested maps', `plans: ${'{a: '.repeat(50_000)}`],
    ['an anchor within itself', 'plans: &a\n  gold: *a\n'],
    ['names of what objects have', 'plans: {__proto__: 1, constructor: 2, toString: {__proto__: {}}}'],
  ])('%s', async (_, text) => {
    const started = performance.now()
    await refusal(text)
    expect(performance.now() - started).toBeLessThan(5_000)
    expect({}).not.toHaveProperty('rate')
  })

  function laughs(): string {
    const levels = Array.from({length: 30}, (_, i) => `  l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}*l${i}]`)
    return `plans:\n  l0: &l0 {keys: [lol]}\n${levels.join('\n')}\n`
  }

  /** Few lines that stand for a billion stages. */
  function shared(): string {
    const stages = Array.from({length: 2_000}, (_, i) => `a/${i}`).join(', ')
    const plans = Array.from({length: 2_000}, (_, i) => `  p${i}: *p`).join('\n')
    return `plans:\n  p: &p {stages: [${stages}]}\n${plans}\n`
  }
})

describe('whatever comes', () => {
  const places = /^(?:plans\.yaml has \d+ problems:\n)?(?: {0,2}plans\.yaml:\d+:\d+: .+(?:\n|$)|.*and \d+ more)+$/

  /** It is read whole, or refused with the place of what is wrong; there is no third. */
  const isReadOrRefused = async (bytes: Uint8Array) => {
    const file = await read(bytes).catch(error => {
      if (!(error instanceof Problem)) throw error
      expect(error.message).toMatch(places)
      return undefined
    })
    return file
  }

  test('bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({maxLength: 200}), async bytes => void (await isReadOrRefused(bytes))),
      {numRuns: 300},
    )
  })

  test('text of the signs of YAML', async () => {
    const signs = fc.constantFrom(...'{}[]:,-?&*!|>\'"%@`#\n \t<.a5/~', 'plans:', 'keys: ', '\n  ', 'GET /', 'rate: ')
    await fc.assert(
      fc.asyncProperty(
        fc.array(signs, {maxLength: 40}),
        async parts => void (await isReadOrRefused(Buffer.from(`plans:\n  a:\n    ${parts.join('')}`))),
      ),
      {numRuns: 500},
    )
  })

  test('of many plans every one that is wrong is named, and no other', async () => {
    const good = fc.constantFrom('{}', '{"rate": 1, "burst": 2}', '{"stages": ["a/b"]}', '{"keys": ["a"]}')
    const bad = fc.constantFrom('null', '7', '[]', '{"rat": 1}', '{"rate": 1}', '{"stages": ["a"]}', '{"keys": [null]}')
    const plans = fc.array(fc.record({isBad: fc.boolean(), good, bad}), {minLength: 1, maxLength: 90})
    await fc.assert(
      fc.asyncProperty(plans, async plans => {
        const lines = plans.map(({isBad, good, bad}, i) => `"p${i}": ${isBad ? bad : good}`)
        const wrong = plans.flatMap(({isBad}, i) => (isBad ? [i + 2] : []))
        const message = await read(`{"plans": {\n${lines.join(',\n')}\n}}`).then(
          () => '',
          (problem: Problem) => problem.message,
        )
        expect([...message.matchAll(/plans\.yaml:(\d+):/g)].map(([, line]) => Number(line))).toEqual(wrong)
      }),
      {numRuns: 50},
    )
  })

  test('a good file is read whole; cut, doubled or overwritten somewhere, it is read as it then stands, or refused', async () => {
    const {parse} = await import('yaml')
    const change = fc.record({
      at: fc.double({min: 0, max: 1, noNaN: true}),
      length: fc.nat({max: 12}),
      put: fc.constantFrom('', ' ', '\n', ':', '- ', '"', '{', ']', '*', 'x', '7', '#', '\t', ', '),
    })
    await fc.assert(
      fc.asyncProperty(planFileData(), fc.option(change, {nil: undefined}), async (data, change) => {
        const good = await planFileText(data, 'yaml')
        const at = Math.floor((change?.at ?? 0) * good.length)
        const text = change ? good.slice(0, at) + change.put + good.slice(at + change.length) : good
        const file = await isReadOrRefused(Buffer.from(text))
        if (!change) expect(file).toBeDefined()
        if (!file) return
        // What another reader finds in the text, by number: nothing was passed over.
        const found = Object.values<Record<string, object>>(parse(text, {logLevel: 'silent', schema: 'core'}).plans)
        const size = (value: object | undefined) => Object.keys(value ?? {}).length
        expect(file.plans.length).toBe(found.length)
        expect(file.plans.map(plan => [plan.keys?.length ?? 0, plan.stages?.length ?? 0, size(plan.tags)])).toEqual(
          found.map(plan => [size(plan.keys), size(plan.stages), size(plan.tags)]),
        )
      }),
      {numRuns: 300},
    )
  })
})
