import {describe, expect, test} from 'vitest'
import {accessFormatFrom, accessFormatName, accessFormatWarnings} from '../../../src/domain/logs/access-presets.js'

const KINDS = ['REST', 'WebSocket', 'HTTP'] as const
const NAMES = ['json', 'clf', 'csv', 'xml'] as const

/** What a line looks like when every variable has the value `1`. */
const line = (format: string) => format.replaceAll(/\$context\.[\w.]+/g, '1')

describe.each(KINDS)('the presets of %s APIs', kind => {
  test.each(NAMES)(
    '%s is one the service takes, has no variable without value there, and is known by its name',
    name => {
      const format = accessFormatFrom(name.toUpperCase(), kind)
      expect(format).toMatch(/\$context\.requestId/)
      expect(format).not.toContain('\n')
      expect(accessFormatWarnings(format, kind)).toEqual([])
      expect(accessFormatName(format, kind)).toBe(name)
    },
  )

  test('json makes JSON of the fields that the other formats have, csv as many fields', () => {
    const json = accessFormatFrom('json', kind)
    const csv = accessFormatFrom('csv', kind)
    const variables = (format: string) => [...format.matchAll(/\$context\.[\w.]+/g)].map(([name]) => name).sort()
    expect(Object.keys(JSON.parse(line(json)))).toHaveLength(variables(json).length)
    expect(variables(csv)).toEqual(variables(json))
    expect(variables(accessFormatFrom('xml', kind))).toEqual(variables(json))
  })
})

test('the common log format of the console, in the words of the Developer Guide', () => {
  expect(accessFormatFrom('clf', 'HTTP')).toBe(
    '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId',
  )
})

describe('a format of somebody', () => {
  test('is taken as it is, without the line break that an editor put at its end', () => {
    const format = '$context.extendedRequestId $context.status'
    expect(accessFormatFrom(`${format}\n`, 'REST')).toBe(format)
    expect(accessFormatName(format, 'REST')).toBe('custom')
  })

  test.each([
    ['neither a preset nor a format', 'jsn', 'json, clf, csv, xml'],
    ['without a request id', '$context.status', '$context.requestId'],
    ['of which only the beginning is a request id', '$context.requestIdentity', '$context.requestId'],
    ['of two lines', '$context.requestId\n$context.status', 'one line'],
    ['of more than 3 KB, counted in bytes', `$context.requestId ${'é'.repeat(1530)}`, 'such as'],
  ])('%s is refused before the service is asked', (_, format, hint) => {
    expect(() => accessFormatFrom(format, 'REST')).toThrow(
      expect.objectContaining({kind: 'usage', hint: expect.stringContaining(hint)}),
    )
  })

  test.each([
    [
      'a number without quotes: where there is none, a - is written',
      '{"id": "$context.requestId", "latency": $context.integrationLatency}',
      '$context.integrationLatency',
    ],
    [
      'the variable that brings its own quotes, in quotes',
      '{"id": "$context.requestId", "error": "$context.error.messageString"}',
      'quotes of its own',
    ],
    ['a comma too many', '{"id": "$context.requestId",}', 'but is none'],
  ])('JSON that breaks is warned of: %s', (_, format, warning) => {
    expect(accessFormatWarnings(format, 'REST')).toEqual([expect.stringContaining(warning)])
  })

  test('JSON that holds is not: every value in quotes, and the message that brings them', () => {
    const format = '{"id": "$context.requestId", "error": $context.error.messageString, "a": ["$context.status"]}'
    expect(accessFormatWarnings(format, 'REST')).toEqual([])
  })

  test.each([
    ['HTTP', '$context.resourcePath'],
    ['WebSocket', '$context.httpMethod'],
    ['REST', '$context.routeKey'],
  ] as const)('of an %s API with %s, which has no value there: warned of', (kind, variable) => {
    expect(accessFormatWarnings(`$context.requestId ${variable}`, kind)).toEqual([expect.stringContaining(variable)])
  })
})
