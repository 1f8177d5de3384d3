import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv} from 'ajv'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {HELP_TOPICS} from '../../../src/cli/topics.js'
import {planFileText} from '../../../src/domain/plan-files/export.js'
import {readPlanFile} from '../../../src/domain/plan-files/reader.js'
import {PLAN_FILE_SCHEMA} from '../../../src/domain/plan-files/schema.js'
import {Problem} from '../../../src/domain/problem.js'
import {ROOT} from '../../support/apigw.js'
import {planFileData} from '../../support/plan-files.js'

const isValid = new Ajv({strict: true, strictTypes: false, strictRequired: false}).compile(PLAN_FILE_SCHEMA)

/** Whether the reader takes a document, and why not. */
async function refusal(document: unknown): Promise<string | undefined> {
  try {
    await readPlanFile(Buffer.from(JSON.stringify(document)), 'plans.json')
    return undefined
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error.message
  }
}

async function expectAgreement(document: unknown): Promise<void> {
  const refused = await refusal(document)
  const valid = isValid(document)
  const told = `${JSON.stringify(document)}\nthe reader: ${refused}\nthe schema: ${JSON.stringify(isValid.errors)}`
  expect(valid, told).toBe(refused === undefined)
}

test('the published schema is the one that the program prints: apigw plans schema > schemas/plans.schema.json', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'schemas/plans.schema.json'), 'utf8'))).toEqual(PLAN_FILE_SCHEMA)
})

test('the example in the help is one: apigw help plan-files', async () => {
  const example = /^ {4}plans:\n(?: {6}.*\n)+/m.exec(HELP_TOPICS['plan-files']?.text ?? '')?.[0] ?? ''
  const {plans} = await readPlanFile(Buffer.from(example), 'help')
  expect(plans.map(({name}) => name)).toEqual(['gold', 'trial'])
  expect(isValid(parse(example)), JSON.stringify(isValid.errors)).toBe(true)
})

test('the reader takes every good file, and so does the schema', async () => {
  await fc.assert(
    fc.asyncProperty(planFileData(), async data => {
      expect(await refusal(data)).toBeUndefined()
      await expectAgreement(data)
      await readPlanFile(Buffer.from(await planFileText(data, 'yaml')), 'plans.yaml')
    }),
    {numRuns: 200},
  )
})

/** What somebody might put anywhere: right in one place, wrong in another. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 7, 2_147_483_647, 2_147_483_648, 1e300, '', 'a', 'a/b', 'a:b', 'a/'),
  fc.constantFrom<unknown>(
    [],
    {},
    ['a/b'],
    ['a/b', 'a/b'],
    [7],
    [null],
    {'a/b': null},
    {'a/b': {}},
    {'a/b': {'GET /': '5/10'}},
  ),
  fc.constantFrom<unknown>(
    '5/day',
    '5/DAY',
    '2147483647/day',
    '2147483648/week',
    '9999999999/month',
    '5/year',
    ' 5/day',
  ),
  fc.constantFrom<unknown>(
    '5/10',
    '0.5/1',
    '1e-7/1',
    '5',
    '5/',
    '5/1.5',
    '5/2147483647',
    '5/2147483648',
    '-5/1',
    '.5/1',
  ),
  fc.constantFrom<unknown>(
    'RGktCNXNfMOlnRY1r4LN7yhOMSjVYIK4a8wNNza4',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'a'.repeat(40),
  ),
  fc.constantFrom<unknown>({a: 'b'}, {'aws:a': 'b'}, {a: 1}, {['a'.repeat(129)]: ''}, {a: 'b'.repeat(257)}, {'': 'a'}),
  fc.constant<unknown>(Object.fromEntries(Array.from({length: 51}, (_, i) => [`t${i}`, '']))),
  fc.jsonValue({maxDepth: 2}),
)

const place = fc.constantFrom<string>(
  'plans',
  '$schema',
  'description',
  'rate',
  'burst',
  'quota',
  'quotaOffset',
  'productCode',
  'stages',
  'keys',
  'tags',
  'value',
  'GET /pets',
  'get /pets',
  'a/b',
  'a',
)

type Path = (string | number)[]

/** All places in a document, from outside in. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [path]
  const keys: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [path, ...keys.flatMap(key => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))]
}

function withAt(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  const copy = Array.isArray(value) ? [...value] : Object.fromEntries(Object.entries(value as object))
  const next = withAt((value as Record<string | number, unknown>)[key], rest, change)
  if (Array.isArray(copy)) copy[key as number] = next
  else Object.defineProperty(copy, key, {value: next, enumerable: true, configurable: true, writable: true})
  return copy
}

test('whatever is changed about a good file, the reader takes just what the schema takes', async () => {
  const mutation = fc.record({at: fc.nat(), kind: fc.constantFrom('put', 'add', 'drop'), value: anything, key: place})
  await fc.assert(
    fc.asyncProperty(planFileData(), fc.array(mutation, {minLength: 1, maxLength: 2}), async (data, mutations) => {
      let document: unknown = data
      for (const {at, kind, value, key} of mutations) {
        const paths = pathsOf(document)
        document = withAt(document, paths[at % paths.length]!, old => {
          if (kind === 'put' || old === null || typeof old !== 'object') return value
          if (Array.isArray(old)) return kind === 'add' ? [...old, value] : old.slice(1)
          if (kind === 'drop') return Object.fromEntries(Object.entries(old).slice(1))
          return Object.fromEntries([...Object.entries(old), [key, value]])
        })
      }
      await expectAgreement(document)
    }),
    {numRuns: 600},
  )
})

test('and every value in every place of a plan', async () => {
  await fc.assert(
    fc.asyncProperty(place, anything, place, anything, async (one, value, other, more) =>
      expectAgreement({plans: {gold: {quota: '5/week', rate: 1, burst: 1, [one]: value, [other]: more}}}),
    ),
    {numRuns: 600},
  )
})

test('numbers within texts end where those of the service do', async () => {
  for (const number of [0, 999_999_999, 1_999_999_999, 2_099_999_999, 2_147_483_646, 2_147_483_647]) {
    expect(await refusal({plans: {a: {quota: `${number}/day`}}}), String(number)).toBeUndefined()
  }
  for (const number of [2_147_483_648, 2_147_483_650, 2_147_483_700, 2_150_000_000, 2_200_000_000, 3_000_000_000]) {
    expect(await refusal({plans: {a: {quota: `${number}/day`}}}), String(number)).toContain('quota is')
  }
})
