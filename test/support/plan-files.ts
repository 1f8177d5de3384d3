import fc from 'fast-check'
import type {PlanFileData} from '../../src/domain/plan-files/export.js'

/** Texts that a file format might stumble over. */
const text = fc.oneof(
  {weight: 3, arbitrary: fc.stringMatching(/^[a-z]{1,8}$/)},
  fc.string({minLength: 1, maxLength: 12, unit: 'binary'}),
  fc.constantFrom(
    'yes',
    'null',
    '~',
    '7',
    '1e3',
    '0x1F',
    ' a ',
    'a: b',
    '# a',
    '- a',
    'é ü',
    '日本',
    'a\nb\n',
    '"',
    "'",
  ),
  fc.constantFrom('__proto__', 'constructor', '<<', '*a', '&a', '!a', '%a', '@a', 'true', 'a\\b', '...', '---', '.inf'),
)

const name = text.filter(each => each.trim() !== '')

const rate = fc.oneof(fc.nat(10_000), fc.double({min: 0, max: 10_000, noNaN: true})).map(each => each + 0)
const whole = fc.nat(2_147_483_647)

const dictionary = <Value>(keys: fc.Arbitrary<string>, values: fc.Arbitrary<Value>, maxKeys = 4) =>
  fc
    .uniqueArray(fc.tuple(keys, values), {maxLength: maxKeys, selector: ([key]) => key})
    .map(entries => Object.fromEntries(entries) as Record<string, Value>)

const method = fc
  .tuple(fc.constantFrom('GET', 'POST', 'ANY'), fc.constantFrom('/', '/pets', '/pets/{id}', '/{proxy+}'))
  .map(([verb, path]) => `${verb} ${path}`)

const stage = fc
  .tuple(name, fc.constantFrom('/', ':'), fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/))
  .map(parts => parts.join(''))

const throttles = dictionary(
  method,
  fc.tuple(rate, whole).map(limits => limits.join('/')),
)

const plan = fc
  .record(
    {
      description: fc.oneof(text, fc.constant('')),
      throttle: fc.tuple(rate, whole),
      quota: fc.tuple(whole, fc.constantFrom('day', 'week', 'month')),
      quotaOffset: whole,
      productCode: name,
      stages: dictionary(stage, throttles),
      keys: fc.uniqueArray(fc.oneof(name, fc.stringMatching(/^[a-z0-9]{10}$/)), {maxLength: 5}),
      tags: dictionary(
        name.filter(each => !each.startsWith('aws:')),
        text,
      ),
    },
    {requiredKeys: []},
  )
  .map(({throttle, quota, quotaOffset, ...rest}) => ({
    ...rest,
    ...(throttle ? {rate: throttle[0], burst: throttle[1]} : {}),
    ...(quota ? {quota: quota.join('/')} : {}),
    ...(quota && quotaOffset !== undefined ? {quotaOffset: quota[1] === 'day' ? 0 : quotaOffset} : {}),
  }))

/** What good plan files say. */
export const planFileData = (): fc.Arbitrary<PlanFileData> =>
  dictionary(name, plan).map(plans => ({plans}) as PlanFileData)
