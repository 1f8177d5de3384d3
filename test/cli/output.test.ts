import {describe, expect, test} from 'vitest'
import {formatReport, formatResult, type OutputOptions} from '../../src/cli/output.js'
import type {Report, View} from '../../src/views/view.js'

interface Pet {
  id: string
  name: string
  born?: Date
}

const view: View<Pet> = {
  columns: [
    {header: 'ID', value: pet => pet.id},
    {header: 'NAME', value: pet => pet.name},
    {header: 'BORN', value: pet => pet.born},
  ],
  id: pet => pet.id,
}

const now = new Date('2026-03-01T12:00:00Z')
const pets: Pet[] = [
  {id: 'a1', name: 'Rex', born: new Date('2026-03-01T11:57:00Z')},
  {id: 'b2', name: 'Tab\there, "quoted"\nand \u001b[31mred'},
]
const options = (changes: Partial<OutputOptions>): OutputOptions => ({
  format: 'table',
  color: false,
  width: 80,
  now,
  ...changes,
})

test('a table is aligned, says when in words, and lets no control character through', async () => {
  expect(await formatResult(pets, view, options({}))).toBe(
    [
      'ID  NAME                                 BORN',
      'a1  Rex                                  3 minutes ago',
      'b2  Tab here, "quoted"\\nand \\x1b[31mred  ',
      '',
    ].join('\n'),
  )
})

test('one thing is shown as labels and values', async () => {
  expect(await formatResult(pets[0]!, view, options({}))).toBe('id    a1\nname  Rex\nborn  3 minutes ago\n')
})

test('tab-separated rows stay rows, with ISO times', async () => {
  expect(await formatResult(pets, view, options({format: 'tsv'}))).toBe(
    'a1\tRex\t2026-03-01T11:57:00.000Z\nb2\tTab\\there, "quoted"\\nand \u001b[31mred\t\n',
  )
})

test('csv has a header and quotes what needs it', async () => {
  expect(await formatResult(pets.slice(1), view, options({format: 'csv'}))).toBe(
    'id,name,born\nb2,"Tab\there, ""quoted""\nand \u001b[31mred",\n',
  )
})

test('json, ndjson, yaml and id', async () => {
  expect(JSON.parse(await formatResult(pets, view, options({format: 'json'})))).toEqual(
    JSON.parse(JSON.stringify(pets)),
  )
  const lines = (await formatResult(pets, view, options({format: 'ndjson'}))).trimEnd().split('\n')
  expect(lines.map(line => JSON.parse(line).id)).toEqual(['a1', 'b2'])
  expect(await formatResult(pets.slice(0, 1), view, options({format: 'yaml'}))).toBe(
    '- id: a1\n  name: Rex\n  born: 2026-03-01T11:57:00.000Z\n',
  )
  expect(await formatResult(pets, view, options({format: 'id'}))).toBe('a1\nb2\n')
})

test.each([
  ['[].name', 'tsv', 'Rex\nTab\\there, "quoted"\\nand \u001b[31mred\n'],
  ['length(@)', 'tsv', '2\n'],
  ['[].[id,name] | [0:1]', 'tsv', 'a1\tRex\n'],
  ['[0].{key: id, who: name}', 'tsv', 'a1\tRex\n'],
  ['[0] | [id, {who: name}]', 'tsv', 'a1\n{"who":"Rex"}\n'],
  ['[0].{key: id}', 'json', '{\n  "key": "a1"\n}\n'],
  ['[?name==`nobody`] | [0]', 'json', 'null\n'],
  ['[?name==`nobody`] | [0]', 'tsv', ''],
  ['[].id', 'ndjson', '"a1"\n"b2"\n'],
] as const)('--query %s as %s is applied once, to the whole result', async (query, format, expected) => {
  expect(await formatResult(pets, view, options({query, format}))).toBe(expected)
})

test('a bad query is wrong usage', async () => {
  await expect(formatResult(pets, view, options({query: '[', format: 'json'}))).rejects.toMatchObject({kind: 'usage'})
})

test('the last column of a table is cut to the width of the terminal', async () => {
  const long = [{id: 'a1', name: 'x'.repeat(200)}]
  const [header, row] = (await formatResult(long, view, options({width: 40}))).split('\n')
  expect(header).toMatch(/^ID +NAME/)
  expect(row).toHaveLength(40)
  expect(row).toMatch(/…$/)
})

test('where that is not enough, the widest columns are cut too, and every line fits', async () => {
  const long = [
    {id: 'a1', name: 'x'.repeat(200), born: new Date('2026-03-01T11:57:00Z')},
    {id: 'b2', name: '🐻'.repeat(100), born: new Date('2026-03-01T11:57:00Z')},
  ]
  const text = await formatResult(long, view, options({width: 40}))
  // A bear takes two cells.
  expect(text).toBe(
    [
      'ID  NAME                    BORN',
      'a1  xxxxxxxxxxxxxxxxxxxxx…  3 minutes a…',
      'b2  🐻🐻🐻🐻🐻🐻🐻🐻🐻🐻…   3 minutes a…',
      '',
    ].join('\n'),
  )
})

describe('Markdown', () => {
  const markdown = (data: Pet | Pet[], changes: Partial<OutputOptions> = {}) =>
    formatResult(data, view, options({...changes, format: 'markdown'}))

  test('a list is a table of GitHub, in which nothing that came from elsewhere is markup', async () => {
    const odd = [
      {id: 'a|b', name: '`*x*` <b> [l](u) _i_ a_b \\|\nnext & \u001b[31mred'},
      {id: 'c', name: ''},
    ]
    expect(await markdown(odd)).toBe(
      [
        '| ID | NAME |',
        '| --- | --- |',
        '| a\\|b | \\`\\*x\\*\\` \\<b\\> \\[l\\](u) \\_i\\_ a_b \\\\\\|<br>next &amp; \\\\x1b\\[31mred |',
        '| c |  |',
        '',
      ].join('\n'),
    )
  })

  test('times are ISO, as whoever reads it does so later; what is empty everywhere is left out', async () => {
    expect(await markdown(pets.slice(0, 1))).toBe(
      '| ID | NAME | BORN |\n| --- | --- | --- |\n| a1 | Rex | 2026-03-01T11:57:00.000Z |\n',
    )
    expect(await markdown({id: 'b2', name: 'Tom'})).toBe(
      '| field | value |\n| --- | --- |\n| id | b2 |\n| name | Tom |\n',
    )
  })

  test('of a query it is a table of what that yields, where it has names', async () => {
    expect(await markdown(pets.slice(0, 1), {query: '[].{key: id, who: name}'})).toBe(
      '| key | who |\n| --- | --- |\n| a1 | Rex |\n',
    )
    expect(await markdown(pets, {query: '[?id==`none`]'})).toBe('')
    await expect(markdown(pets, {query: 'length(@)'})).rejects.toMatchObject({kind: 'usage'})
    await expect(markdown(pets, {query: '[].[id, name]'})).rejects.toMatchObject({kind: 'usage'})
  })
})

describe('a report', () => {
  const report: Report<{pets: Pet[]}, Pet> = {
    text: (data, {isTerminal, width, paint}) => `${paint.bold(String(data.pets.length))} ${isTerminal} ${width}\n`,
    markdown: data => `**${data.pets.length}**\n`,
    rows: data => data.pets,
    view,
  }
  const data = {pets: pets.slice(0, 1)}
  const as = (format: OutputOptions['format'], changes: Partial<OutputOptions> = {}) =>
    formatReport(data, report, options({...changes, format}))

  test('is a text for people, and a Markdown of its own', async () => {
    expect(await as('table')).toBe('1 true 80\n')
    expect(await as('table', {width: Number.POSITIVE_INFINITY})).toBe('1 false Infinity\n')
    expect(await as('markdown')).toBe('**1**\n')
  })

  test('is its rows for pipes, csv, ids and ndjson', async () => {
    expect(await as('tsv')).toBe('a1\tRex\t2026-03-01T11:57:00.000Z\n')
    expect(await as('csv')).toBe('id,name,born\na1,Rex,2026-03-01T11:57:00.000Z\n')
    expect(await as('id')).toBe('a1\n')
    expect(await as('ndjson')).toBe('{"id":"a1","name":"Rex","born":"2026-03-01T11:57:00.000Z"}\n')
  })

  test('is one document as JSON and YAML, and what a query is applied to', async () => {
    expect(JSON.parse(await as('json'))).toEqual(JSON.parse(JSON.stringify(data)))
    expect(await as('yaml')).toMatch(/^pets:\n/)
    expect(await as('tsv', {query: 'pets[0].name'})).toBe('Rex\n')
    expect(await as('table', {query: 'pets[].{id: id}'})).toBe('id\na1\n')
  })
})
