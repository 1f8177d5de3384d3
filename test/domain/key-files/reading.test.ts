import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {KeyRecord} from '../../../src/domain/key-files/lines.js'
import {KEY_FILE_FORMATS, type KeyFile, readKeyFile} from '../../../src/domain/key-files/reading.js'
import {keyFileText} from '../../../src/domain/key-files/writing.js'
import {KeyValue} from '../../../src/domain/keys.js'

const VALUE = 'abcdefghij0123456789'

const read = (text: string, format?: 'csv' | 'json' | 'ndjson') => readKeyFile(Buffer.from(text), format)

/** With the value in clear. */
const plain = ({lines, problems}: KeyFile) => ({
  lines: lines.map(line => ({...line, ...(line.value ? {value: line.value.reveal()} : {})})),
  problems,
})

const problemsOf = (text: string) => read(text).problems.map(({line, problem}) => `${line}: ${problem}`)

test('the files of the documentation are read: any order, any letter case, unknown columns, lists in quotes', () => {
  // Source: "API Gateway API key file format", Developer Guide.
  const examples = [
    'Key,name\napikey1234abcdefghij0123456789,MyFirstApiKey\n',
    'Name,key,description,Enabled,usageplanIds\nMyFirstApiKey,apikey1234abcdefghij0123456789,An imported key,TRUE,c7y23b\n',
    'Enabled,Name,key,UsageplanIds\ntrue,MyFirstApiKey,apikey1234abcdefghij0123456789,"c7y23b,glvrsr"\n',
    "Enabled,Name,key,UsageplanIds,Team\ntrue,MyFirstApiKey,apikey1234abcdefghij0123456789,'c7y23b,glvrsr',shop\n",
  ]
  const key = {line: 2, name: 'MyFirstApiKey', value: 'apikey1234abcdefghij0123456789'}
  expect(examples.map(text => plain(read(text)).lines)).toEqual([
    [key],
    [{...key, description: 'An imported key', enabled: true, plans: ['c7y23b']}],
    [{...key, enabled: true, plans: ['c7y23b', 'glvrsr']}],
    [{...key, enabled: true, plans: ['c7y23b', 'glvrsr']}],
  ])
  expect(examples.flatMap(text => read(text).problems)).toEqual([])
  expect(examples.map(text => read(text).ignored)).toEqual([[], [], [], ['Team']])
})

test('a byte order mark, CRLF, blank lines and rows of nothing but commas are no trouble', () => {
  const {lines, problems} = plain(read(`\ufeffName,Key\r\n\r\nmobile,${VALUE}\r\n,\r\n`))
  expect({lines, problems}).toEqual({lines: [{line: 3, name: 'mobile', value: VALUE}], problems: []})
})

test('the format is found out: an array, the list of the AWS CLI, one object a line, or columns', () => {
  const key = {name: 'mobile', value: VALUE}
  const files = [
    JSON.stringify([key]),
    JSON.stringify({items: [{id: 'a1b2c3d4e5', ...key, createdDate: '2026-01-01T00:00:00Z', stageKeys: []}]}),
    `${JSON.stringify(key)}\n`,
    `name,value\nmobile,${VALUE}\n`,
  ]
  for (const file of files) {
    const {lines, problems} = plain(read(file))
    expect({lines, problems}).toEqual({lines: [{line: expect.any(Number), ...key}], problems: []})
    expect(read(file).ignored).toEqual([])
  }
})

test('an empty cell says that there is nothing, and of the value, the state and the customer it says nothing', () => {
  const {lines} = read('Name,Key,Description,Enabled,UsagePlans,CustomerId,Tags\nmobile,,,,,,\n')
  expect(lines).toEqual([{line: 2, name: 'mobile', description: '', plans: [], tags: {}}])
})

test('a key may be on more plans than ten: an account may have a higher quota of them', () => {
  const plans = [...'abcdefghijk']
  const file = read(`Name,Key,UsagePlanIds\nmobile,${VALUE},"${plans}"\n`)
  expect(file).toMatchObject({lines: [{plans}], problems: []})
})

describe('what is wrong is named, by the line on which the record begins', () => {
  const record = (members: object) => JSON.stringify({name: 'mobile', ...members})
  test.each([
    [
      'a value that is too short',
      `Name,Key\n"a\nb",${VALUE}\nmobile,short`,
      '4: The value is too short: 5 characters.',
    ],
    ['a value that is too long', `Name,Key\nmobile,${'x'.repeat(129)}`, '2: The value is too long: 129 characters.'],
    [
      'a value outside ASCII',
      `Name,Key\nmobile,${VALUE}é`,
      '2: The value has spaces, line breaks or characters outside',
    ],
    ['a masked value', 'Name,Key\nmobile,****…123456', '2: Its value is masked'],
    ['a name that is too long', `Name,Key\n${'x'.repeat(1025)},${VALUE}`, '2: Its name has 1025 characters'],
    ['a state that is none', `Name,Key,Enabled\nmobile,${VALUE},yes`, '2: Enabled is neither true nor false.'],
    ['a cell too many', `Name,Key\nmobile,${VALUE},x`, '2: It has 3 cells, the header has 2.'],
    ['a line that was cut off', `Name,Key,Enabled\nmobile,${VALUE}`, '2: It has 2 cells, the header has 3.'],
    ['tags that are none', 'Name,Tags\nmobile,a=50%', '2: Its tags are not of the form'],
    ['a tag of AWS', 'Name,Tags\nmobile,aws:x=y', '2: The tag "aws:x" is one of those that only AWS can set.'],
    ['a key without name and value', 'Name,Description\n,x', '2: It has neither a name nor a value'],
    ['a file without names', `Key,Description\n${VALUE},x`, '1: There is no column Name.'],
    [
      'another separator',
      `Name;Key\nmobile;${VALUE}`,
      '1: There is no column Name. There are semicolons between the columns',
    ],
    [
      'two columns for one thing',
      `Name,Key,Value\nmobile,${VALUE},x`,
      '1: The column "Value" says what another one says.',
    ],
    ['an empty file', '', '1: The file is empty'],
    ['a name that is no text', record({name: 5}), '1: Its name is no text.'],
    ['half of a character', '{"name":"\\ud800"}', '1: Its name has half of a character in it.'],
    ['two members for one thing', record({plans: [], usagePlanIds: []}), '1: It says twice what its usage plans is.'],
    ['something that is no key', '[[]]', '1: This is no JSON object.'],
    ['UTF-16', '\ufeff\u0000', '1: The file is UTF-16.'],
  ])('%s', (title, text, problem) => {
    const bytes = title === 'UTF-16' ? Buffer.from(text, 'utf16le') : Buffer.from(text)
    const problems = readKeyFile(bytes).problems.map(({line, problem}) => `${line}: ${problem}`)
    expect(problems).toEqual([expect.stringContaining(problem)])
  })

  test('all of it, not only the first', () => {
    const text = `Name,Key,Enabled\nmobile,short,yes\n"a\nb",${VALUE},true\nweb,${VALUE}\n"open,${VALUE},true\n`
    expect(problemsOf(text).map(problem => problem.slice(0, 24))).toEqual([
      '2: The value is too shor',
      '2: Enabled is neither tr',
      '5: It has 2 cells, the h',
      '6: Cell 1: its quote is ',
    ])
  })

  test('never by what may be a value: in a file without a header, or with columns mixed up', () => {
    const files = [
      `mobile,${VALUE}\n`,
      `Key,Name\nmobile,${VALUE}\n`,
      `Name,Key\n"${VALUE},mobile\n`,
      `Name,Key\n${VALUE}\n`,
    ]
    for (const file of files) {
      expect(read(file).problems).not.toEqual([])
      expect(JSON.stringify(read(file).problems)).not.toContain(VALUE)
    }
  })

  test('lines that are not UTF-8, each of them', () => {
    const bytes = Buffer.concat([
      Buffer.from('Name\r\nok\n'),
      Buffer.from([0xe9, 10]),
      Buffer.from('x\n\xff', 'latin1'),
    ])
    expect(readKeyFile(bytes).problems).toEqual([
      {line: 3, problem: 'The line is not UTF-8.'},
      {line: 5, problem: 'The line is not UTF-8.'},
    ])
  })
})

test('whatever the bytes are, there is no crash, no value in a problem, and no record is lost without a word', () => {
  const row = fc.tuple(
    fc.constantFrom('mobile', '"a,b"', '"a\nb"', "'x", '"open', 'é', ''),
    fc.constantFrom(VALUE, `${VALUE}1`, 'short', '', '"'),
    fc.constantFrom('true', 'FALSE', 'yes', ''),
    fc.constantFrom('gold', '"gold,silver"', "'gold,silver'", '', 'a,b'),
  )
  const csv = fc
    .array(row)
    .map(rows => ['Name,Key,Enabled,UsagePlanIds', ...rows.map(cells => cells.join(','))].join('\n'))
  const mutated = fc.tuple(csv, fc.nat(400), fc.string({unit: 'binary', maxLength: 3})).map(([text, at, shard]) => {
    return Buffer.from(text.slice(0, at) + shard + text.slice(at + shard.length))
  })
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({maxLength: 200})), bytes => {
      const {lines, problems} = readKeyFile(bytes, 'csv')
      expect(JSON.stringify(problems)).not.toContain(VALUE)
      const text = Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\ufeff/, '')
      const header = text.split(/\r\n|\r|\n/).find(line => /[^\s,"]/.test(line)) ?? ''
      if (!/^Name,Key,Enabled,UsagePlanIds$/.test(header) || text.includes('\ufffd')) return
      // Each line with text in it is a record, belongs to one that began before it, or is named.
      const begun = new Set([...lines, ...problems].map(({line}) => line))
      const quotes = (some: string) => some.replace(/[^"']/g, '').length
      for (const [i, line] of text.split(/\r\n|\r|\n/).entries()) {
        const before = text.split(/\r\n|\r|\n/).slice(0, i)
        const isFirst = before.every(each => !/[^\s,"]/.test(each))
        if (isFirst || !/[^\s,"]/.test(line) || quotes(before.join('')) > 0) continue
        expect(begun, `line ${i + 1} of ${JSON.stringify(text)}`).toContain(i + 1)
      }
    }),
    {numRuns: 200},
  )
})

describe('what is written is read as the same', () => {
  const text = fc.oneof(
    fc.string({unit: 'grapheme', maxLength: 12}),
    fc
      .array(fc.constantFrom('"', "'", ',', '\n', '\r\n', '\\', ' ', '😀', '=', '%', '&'), {maxLength: 8})
      .map(all => all.join('')),
  )
  const ascii = fc.integer({min: 0x21, max: 0x7e}).map(code => String.fromCharCode(code))
  const value = fc.string({unit: ascii, minLength: 20, maxLength: 128}).filter(all => !all.startsWith('****'))
  const filled = text.filter(all => all !== '')
  const key = fc.record({
    name: text,
    value: value.map(all => new KeyValue(all)),
    description: text,
    enabled: fc.boolean(),
    plans: fc.uniqueArray(filled, {maxLength: 10}),
    customerId: fc.option(filled, {nil: undefined}),
    tags: fc.dictionary(
      filled.filter(name => !/^aws:/i.test(name)),
      text,
      {maxKeys: 5},
    ),
  })

  test.each(KEY_FILE_FORMATS)('%s', async format => {
    const isKept = async (keys: KeyRecord[]) => {
      let file = ''
      for await (const part of keyFileText(each(keys), {format, withValues: true, plansAs: 'names'})) file += part
      const {lines, problems} = plain(read(file, format))
      expect(problems).toEqual([])
      const wanted = keys.map(one => ({...one, value: one.value?.reveal(), tags: {...one.tags}}))
      expect(lines.map(({line, ...rest}) => rest)).toEqual(wanted.map(one => JSON.parse(JSON.stringify(one))))
    }
    await fc.assert(fc.asyncProperty(fc.array(key, {maxLength: 6}), isKept), {numRuns: 100})
  })
})

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}

test.each(['Name;Key\r\nx;y\r\n', '\ufeffKey;"Name";Enabled\n'])(
  'a spreadsheet with semicolons is told to be one: %j',
  text => {
    const {problems} = readKeyFile(Buffer.from(text))
    expect(problems).toEqual([{line: 1, problem: expect.stringContaining('There are semicolons between the columns')}])
  },
)
