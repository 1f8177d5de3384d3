import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {describe, expect, test} from 'vitest'
import KeysExport from '../../../src/commands/keys/export.js'
import KeysImport from '../../../src/commands/keys/import.js'
import type {FaultCall} from '../../../src/sandbox/server.js'
import {apigw, type RunOptions} from '../../support/apigw.js'
import {gold} from '../../support/gold.js'
import {sandboxForTest} from '../../support/sandbox.js'

const VALUE = 'a-value-of-at-least-20-characters-4'

const run = (file: string, argv: string[], options: RunOptions) =>
  apigw(KeysImport, ['-', ...argv], {stdin: file, ...options})

/** What became of the lines, without ids: `2 mobile created`. */
const told = (stdout: string) =>
  (JSON.parse(stdout) as {line: number; name: string; outcome: string; problem?: string}[]).map(
    ({line, name, outcome, problem}) => `${line} ${name} ${outcome}${problem ? `: ${problem}` : ''}`,
  )

const report = async (file: string, argv: string[], options: RunOptions) => {
  const {stdout, stderr, exitCode} = await run(file, [...argv, '--json'], options)
  return {lines: stdout ? told(stdout) : [], error: stderr ? JSON.parse(stderr).error : undefined, exitCode}
}

/** Two plans, which share no stage. */
async function goldAndSilver(options = {}) {
  const kit = await gold(options)
  await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'beta'})
  const apiStages = [{apiId: kit.restApiId, stage: 'beta'}]
  const silver = await kit.apigateway.createUsagePlan({name: 'Silver, 30 days', apiStages})
  const keysOn = async (usagePlanId: string | undefined) =>
    (await kit.apigateway.getUsagePlanKeys({usagePlanId})).items?.map(({name}) => name).sort()
  return {...kit, silverId: silver.id ?? '', keysOn}
}

test('keys are made as the file says, on plans by name or id, with what the service cannot import', async () => {
  const {sandbox, apigateway, planId, silverId, keysOn} = await goldAndSilver()
  const file = [
    'Key,Name,Description,Enabled,UsagePlanIds,CustomerId,Tags',
    `${VALUE}1,mobile,"for ""the"" app,\r\nmainly",TRUE,"gold,Silver\\, 30 days",4711,team=shop&stage=`,
    `${VALUE}2,"we""ird, \\ 😀",' x,false,'${planId},${silverId}',,`,
    `${VALUE}3, web ,,,,,`,
  ].join('\n')
  const {lines, exitCode} = await report(file, [], {on: sandbox})
  expect({lines, exitCode}).toEqual({
    lines: ['2 mobile created', '4 we"ird, \\ 😀 created', '5 web created'],
    exitCode: 0,
  })
  const {items = []} = await apigateway.getApiKeys({includeValues: true})
  const [mobile, weird, web] = [1, 2, 3].map(i => items.find(({value}) => value === `${VALUE}${i}`))
  const description = 'for "the" app,\r\nmainly'
  const tags = {team: 'shop', stage: ''}
  expect(mobile).toMatchObject({name: 'mobile', description, enabled: true, customerId: '4711', tags})
  expect(weird).toMatchObject({name: 'we"ird, \\ 😀', description: "' x", enabled: false})
  expect(web).toMatchObject({name: 'web', enabled: true})
  expect(await keysOn(planId)).toEqual(['mobile', 'we"ird, \\ 😀'])
  expect(await keysOn(silverId)).toEqual(['mobile', 'we"ird, \\ 😀'])
})

test('thousands of keys take few calls: five hundred are made at a time, and what there is is read by pages', async () => {
  const {sandbox, planId, keysOn} = await goldAndSilver()
  const rows = Array.from({length: 2000}, (_, i) => `key-${i},a-value-of-a-customer-${i},"No. ${i}, é",gold`)
  const file = ['Name,Key,Description,UsagePlanIds', ...rows].join('\n')
  const before = new Map(sandbox.calls)
  const {stdout, exitCode} = await run(file, [], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout.trimEnd().split('\n')).toHaveLength(2000)
  const made = [...sandbox.calls].map(([operation, count]) => [operation, count - (before.get(operation) ?? 0)])
  expect(Object.fromEntries(made.filter(([, count]) => count))).toEqual({
    GetUsagePlans: 1,
    GetApiKeys: 1 + 4,
    ImportApiKeys: 4,
    GetUsagePlanKeys: 4,
  })
  expect(await keysOn(planId)).toHaveLength(25)
})

test('the keys are listed in the order of the file', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const rows = Array.from({length: 600}, (_, i) => `key-${i},a-value-of-a-customer-${i}`)
  await run(['Name,Key', ...rows].join('\n'), [], {on: sandbox})
  const {items = []} = await apigateway.getApiKeys({limit: 3})
  expect(items.map(({name}) => name)).toEqual(['key-0', 'key-1', 'key-2'])
})

test.each(['table', 'json', 'ndjson', 'yaml', 'csv', 'tsv', 'id', 'markdown'])(
  'no value is in the report, nor on stderr: %s',
  async format => {
    const {sandbox} = await gold()
    const file = `Name,Key,Enabled\nmobile,${VALUE}1,true\nweb,${VALUE}2,true\n`
    const first = await run(file, ['-o', format], {on: sandbox, tty: format === 'table'})
    const other = file.replaceAll('true', 'false')
    const second = await run(other, ['-o', format], {on: sandbox, tty: format === 'table'})
    expect([first.exitCode, second.exitCode]).toEqual([0, 0])
    expect(JSON.stringify([first, second])).not.toContain(VALUE)
  },
)

test('on a terminal only the lines that went otherwise are shown, and how it went in a line', async () => {
  const {sandbox} = await gold()
  await run(`Name,Key,Description\nweb,${VALUE}2,x\n`, [], {on: sandbox})
  const file = `Name,Key,Description\nmobile,${VALUE}1,x\nweb,${VALUE}2,y\n`
  const {stdout, stderr, exitCode} = await run(file, [], {on: sandbox, tty: true})
  expect(exitCode).toBe(0)
  expect(stripVTControlCharacters(stdout)).toMatch(
    /^LINE +NAME +ID +OUTCOME +PROBLEM *\n3 +web +\w{10} +different +It is there and differs: description\.\n$/,
  )
  expect(stderr).toBe(
    '1 created, 1 there already and different.\n' +
      'To make those that differ as in the file: apigw keys import - --existing update\n',
  )
})

describe('a bad file', () => {
  test('every problem is named by its line, and nothing is done: exit code 2', async () => {
    const {sandbox, apigateway, restApiId} = await goldAndSilver()
    await apigateway.createUsagePlan({name: 'rival', apiStages: [{apiId: restApiId, stage: 'prod'}]})
    const file = [
      'Name,Key,Description,Enabled,UsagePlans',
      `good,${VALUE}1,,true,gold`,
      `"lines",${VALUE}2,"a\nb",maybe,golf`,
      'short,hunter2,,true,',
      `double,${VALUE}1,,true,`,
      `rivals,${VALUE}3,,true,"gold,rival"`,
    ].join('\n')
    for (const argv of [[], ['--dry-run'], ['--existing', 'update']]) {
      const {stdout, stderr, exitCode} = await run(file, argv, {on: sandbox})
      expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 2})
      expect(stderr.split('\n').slice(0, 7)).toEqual([
        'Error: 4 lines of the file cannot be imported; nothing was done:',
        '  line 3 (lines): Enabled is neither true nor false.',
        expect.stringMatching(/^ {2}line 3 \(lines\): There is no usage plan "golf"\. There are: /),
        '  line 5: The value is too short: 7 characters. An API key has 20 to 128 characters.',
        '  line 6 (double): It has the value of line 2.',
        expect.stringMatching(/^ {2}line 7 \(rivals\): The usage plans "gold" and "rival" both have the stage /),
        '',
      ])
      expect(stderr).not.toContain('hunter2')
    }
    const {error} = await report(file, [], {on: sandbox})
    expect(error.failures.map(({line, name}: {line: number; name: string}) => [line, name])).toEqual([
      [3, 'lines'],
      [3, 'lines'],
      [5, ''],
      [6, 'double'],
      [7, 'rivals'],
    ])
    expect((await apigateway.getApiKeys({})).items).toEqual([])
  })

  test('what may be a value in the wrong column is not told', async () => {
    const {sandbox} = await gold()
    const {stderr, exitCode} = await run(`Name,Key,UsagePlans\nmobile,gold,${VALUE}\n`, [], {on: sandbox})
    expect(exitCode).toBe(2)
    expect(stderr).not.toContain(VALUE)
    expect(stderr).toContain('line 2: It is on a usage plan that is not there.')
  })

  test('more keys than an account may have', async () => {
    const {sandbox} = await sandboxForTest()
    const rows = Array.from({length: 10_002}, (_, i) => `key-${i},a-value-of-a-customer-${i}`)
    const {stderr, exitCode} = await run(['Name,Key', ...rows].join('\n'), [], {on: sandbox})
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      'line 10002 (key-10000): There is no room for the key of this line and 1 more: an account has 10000 API keys at most',
    )
    expect(sandbox.calls.has('ImportApiKeys')).toBe(false)
  })

  test.each([['missing.csv'], ['.']])('one that cannot be read: %s', async file => {
    const {sandbox} = await sandboxForTest()
    const {stdout, exitCode} = await apigw(KeysImport, [file], {on: sandbox})
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 2})
  })
})

describe('keys that are there already', () => {
  const header = 'Name,Key,Description,Enabled,UsagePlans,CustomerId,Tags'
  const FILE = [
    header,
    `alike,${VALUE}1,x,true,gold,,`,
    `lacking,${VALUE}2,x,true,"gold,Silver\\, 30 days",4711,a=b`,
    `other,${VALUE}3,x,true,gold,4711,a=b`,
    `new,${VALUE}4,x,true,gold,,`,
  ].join('\n')

  /** One that is as in the file, one that lacks something, one that has something else. */
  async function some() {
    const kit = await goldAndSilver()
    const {apigateway, planId, silverId} = kit
    const make = async (value: string, usagePlanId: string | undefined, rest: object) => {
      const {id: keyId = ''} = await apigateway.createApiKey({value: VALUE + value, enabled: true, ...rest})
      if (usagePlanId) await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
      return keyId
    }
    await make('1', planId, {name: 'alike', description: 'x'})
    const lacking = await make('2', planId, {name: 'lacking'})
    const other = await make('3', silverId, {name: 'another', enabled: false, customerId: '1', tags: {a: 'c', d: 'e'}})
    const key = async (apiKey: string) => {
      const {$metadata, ...rest} = await apigateway.getApiKey({apiKey})
      return rest
    }
    return {...kit, lacking: () => key(lacking), other: () => key(other)}
  }

  test('what they lack is added; what is different is left alone and named', async () => {
    const {sandbox, lacking, other, keysOn, planId, silverId} = await some()
    const before = await other()
    const {lines, exitCode} = await report(FILE, [], {on: sandbox})
    expect({lines, exitCode}).toEqual({
      lines: [
        '2 alike unchanged',
        '3 lacking updated',
        '4 other different: It is there and differs: name, description, enabled, customer id, tags, not on gold, on Silver, 30 days.',
        '5 new created',
      ],
      exitCode: 0,
    })
    expect(await lacking()).toMatchObject({description: 'x', customerId: '4711', tags: {a: 'b'}})
    expect(await other()).toEqual(before)
    expect(await keysOn(planId)).toEqual(['alike', 'lacking', 'new'])
    expect(await keysOn(silverId)).toEqual(['another', 'lacking'])
  })

  test('--existing update makes them as in the file, and keeps id and date', async () => {
    const {sandbox, other, keysOn, planId, silverId} = await some()
    const {createdDate} = await other()
    const {lines} = await report(FILE, ['--existing', 'update'], {on: sandbox})
    expect(lines.slice(1)).toEqual(['3 lacking updated', '4 other updated', '5 new created'])
    const made = {name: 'other', description: 'x', enabled: true, customerId: '4711', tags: {a: 'b'}, createdDate}
    const {tags, ...rest} = await other()
    expect({...rest, tags}).toMatchObject(made)
    expect(tags).toEqual({a: 'b'})
    expect(await keysOn(planId)).toEqual(['alike', 'lacking', 'new', 'other'])
    expect(await keysOn(silverId)).toEqual(['lacking'])
    const again = await report(FILE, ['--existing', 'update'], {on: sandbox})
    expect(again.lines.every(line => line.endsWith(' unchanged'))).toBe(true)
  })

  test('--existing skip leaves them alone, whatever they lack', async () => {
    const {sandbox, lacking} = await some()
    const {lines} = await report(FILE, ['--existing', 'skip'], {on: sandbox})
    expect(lines.map(line => line.split(':')[0])).toEqual([
      '2 alike unchanged',
      '3 lacking different',
      '4 other different',
      '5 new created',
    ])
    expect((await lacking()).description).toBeUndefined()
  })

  test('--existing fail refuses the file where one differs: exit code 5, nothing done', async () => {
    const {sandbox, apigateway, lacking} = await some()
    const {stdout, stderr, exitCode} = await run(FILE, ['--existing', 'fail'], {on: sandbox})
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 5})
    expect(stderr).toContain('line 4 (other): It is there and differs: name, ')
    expect(stderr).not.toContain('lacking')
    expect((await apigateway.getApiKeys({})).items).toHaveLength(3)
    expect((await lacking()).description).toBeUndefined()
  })

  test('of what a file has no column for nothing changes', async () => {
    const {sandbox, other} = await some()
    const before = await other()
    const {lines} = await report(`Name,Key\nanother,${VALUE}3\n`, ['--existing', 'update'], {on: sandbox})
    expect(lines).toEqual(['2 another unchanged'])
    expect(await other()).toEqual(before)
  })

  test('--dry-run shows what would be done, line by line, and does nothing', async () => {
    const {sandbox} = await some()
    const before = new Map(sandbox.calls)
    const {stdout, exitCode} = await run(FILE, ['--dry-run'], {on: sandbox})
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').map(line => line.split('\t').join(' | '))).toEqual([
      'update | API key | lacking | line 3: description, customer id, tags, not on Silver, 30 days',
      expect.stringMatching(/^keep \| API key \| other \| line 4: It is there and differs: /),
      'create | API key | new | line 5: enabled, with the given value, on gold',
      '',
    ])
    const made = [...sandbox.calls].filter(([operation, count]) => count !== before.get(operation))
    expect(made.map(([operation]) => operation).sort()).toEqual(['GetApiKeys', 'GetUsagePlanKeys', 'GetUsagePlans'])
  })
})

describe('lines without a value', () => {
  const FILE = 'Name,Description,Enabled,UsagePlans\nmobile,x,true,gold\nmobile,y,true,\nweb,,false,\n'

  test('get a generated one, each its own, and none a second time', async () => {
    const {sandbox, apigateway, planId, keysOn} = await goldAndSilver()
    expect((await report(FILE, [], {on: sandbox})).lines.map(line => line.split(' ')[2])).toEqual(
      Array(3).fill('created'),
    )
    const {items = []} = await apigateway.getApiKeys({includeValues: true})
    expect(items.map(({name, description, enabled}) => [name, description, enabled]).sort()).toEqual([
      ['mobile', 'x', true],
      ['mobile', 'y', true],
      ['web', undefined, false],
    ])
    expect(new Set(items.map(({value}) => value)).size).toBe(3)
    expect(await keysOn(planId)).toEqual(['mobile'])
    expect((await report(FILE, [], {on: sandbox})).lines).toEqual([
      '2 mobile unchanged',
      '3 mobile unchanged',
      '4 web unchanged',
    ])
    expect((await apigateway.getApiKeys({})).items).toHaveLength(3)
  })

  test('a key that has a value in the file is not taken for another line of its name', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    const file = `Name,Key\nmobile,${VALUE}1\nmobile,\n`
    for (const wanted of ['created', 'unchanged']) {
      expect((await report(file, [], {on: sandbox})).lines).toEqual([`2 mobile ${wanted}`, `3 mobile ${wanted}`])
    }
    expect((await apigateway.getApiKeys({})).items).toHaveLength(2)
  })

  test('where several keys have the name and none is as in the file, nobody can tell which is meant', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    for (const description of ['a', 'b']) await apigateway.createApiKey({name: 'mobile', description, enabled: true})
    const {stderr, exitCode} = await run('Name,Description\nmobile,c\n', [], {on: sandbox})
    expect(exitCode).toBe(2)
    expect(stderr).toContain('line 2 (mobile): There are 2 API keys of that name: without a value nobody can tell')
    expect((await report('Name,Description\nmobile,b\n', [], {on: sandbox})).lines).toEqual(['2 mobile unchanged'])
  })

  test('with --journal a key that was renamed since, or deleted, is not made again', async () => {
    const {sandbox, apigateway} = await gold()
    const cwd = mkdtempSync(join(tmpdir(), 'apigw-import-'))
    const options = {on: sandbox, cwd}
    await report(FILE, ['--journal', 'import.journal'], options)
    const {items = []} = await apigateway.getApiKeys({})
    const idOf = (text: string | undefined) => items.find(({description}) => description === text)?.id ?? ''
    const patchOperations = [{op: 'replace' as const, path: '/name', value: 'renamed'}]
    await apigateway.updateApiKey({apiKey: idOf('x'), patchOperations})
    await apigateway.deleteApiKey({apiKey: idOf(undefined)})
    const {lines} = await report(FILE, ['--journal', 'import.journal'], options)
    expect(lines).toEqual([
      '2 mobile different: It is there and differs: name.',
      '3 mobile unchanged',
      '4 web unchanged: An earlier run created it, and it is gone since.',
    ])
    expect((await apigateway.getApiKeys({})).items).toHaveLength(2)
  })
})

describe('when something goes wrong', () => {
  const FILE = ['Name,Key,Tags', ...Array.from({length: 502}, (_, i) => `key-${i},a-value-of-a-customer-${i},`)].join(
    '\n',
  )
  const refusal = {kind: 'error', status: 500, code: 'InternalFailure', message: 'the service is down'} as const

  test('what fails is named by line, the rest is done: exit code 1; run again, what is left is done', async () => {
    let isBroken = true
    const {sandbox, apigateway} = await sandboxForTest({
      fault: ({operation, count}) => (isBroken && operation === 'ImportApiKeys' && count > 1 ? refusal : undefined),
    })
    const first = await run(FILE, [], {on: sandbox})
    expect(first.exitCode).toBe(1)
    expect(first.stderr).toContain('500 created, 2 failed.\n')
    expect(first.stderr).toContain('2 of 502 failed:\n  line 2 (key-0): ImportApiKeys failed: the service is down\n')
    isBroken = false
    expect((await run(FILE, [], {on: sandbox})).stderr).toBe('2 created, 500 there already.\n')
    expect(await total(apigateway)).toBe(502)
  })

  test('an import whose answer is lost is sent again, and makes nothing twice', async () => {
    const {sandbox, apigateway} = await sandboxForTest({
      fault: ({operation, count}) => (operation === 'ImportApiKeys' && count === 1 ? {kind: 'lost'} : undefined),
    })
    expect((await run(FILE, [], {on: sandbox})).stderr).toBe('502 created.\n')
    expect(await total(apigateway)).toBe(502)
  })

  test.each(['CreateUsagePlanKey', 'DeleteUsagePlanKey'])('a lost answer to %s is no failure', async lost => {
    let left = 0
    const {sandbox, apigateway, planId, silverId, keysOn} = await goldAndSilver({
      fault: ({operation}: FaultCall) => (operation === lost && left-- > 0 ? {kind: 'lost'} : undefined),
    })
    const {id: keyId} = await apigateway.createApiKey({name: 'mobile', value: `${VALUE}1`, enabled: true})
    await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
    left = 1
    const file = `Name,Key,UsagePlanIds\nmobile,${VALUE}1,${silverId}\n`
    const {lines, exitCode} = await report(file, ['--existing', 'update'], {on: sandbox})
    expect({lines, exitCode, left}).toEqual({lines: ['2 mobile updated'], exitCode: 0, left: -1})
    expect([await keysOn(planId), await keysOn(silverId)]).toEqual([[], ['mobile']])
  })

  test('when nobody answers any more, nothing more is tried; what is done is said, and how to finish', async () => {
    let isBroken = true
    const {sandbox, apigateway} = await sandboxForTest({
      fault: ({operation, count}) =>
        isBroken && operation === 'ImportApiKeys' && count > 1 ? {kind: 'reset'} : undefined,
    })
    const {stderr, exitCode} = await run(FILE, [], {on: sandbox})
    expect(exitCode).toBe(7)
    expect(stderr).toContain('Not done: line 2 (key-0), line 3 (key-1)')
    expect(stderr).toMatch(/To finish, with the same on stdin: apigw keys ?import -\n$/)
    isBroken = false
    expect((await run(FILE, [], {on: sandbox})).stderr).toBe('2 created, 500 there already.\n')
    expect(await total(apigateway)).toBe(502)
  })

  test('a row that the service refuses is told with its reason, by the line of the file', async () => {
    const {sandbox} = await sandboxForTest()
    const file = `Name,Key,Description\nmobile,${VALUE}1,"two\nlines"\nweb,${VALUE}2,${'x'.repeat(1025)}\n`
    const {lines, exitCode} = await report(file, [], {on: sandbox})
    expect(exitCode).toBe(1)
    expect(lines).toEqual(['2 mobile created', '4 web failed: Invalid API Key description specified.'])
  })

  test('a service that reads a cell otherwise than it was meant is put right', async () => {
    const {sandbox, apigateway} = await gold({
      fault: ({operation, input}: FaultCall) => {
        if (operation !== 'ImportApiKeys') return undefined
        const csv = String(Buffer.from(input.body as Uint8Array))
        Object.assign(input, {body: Buffer.from(csv.replace('é', '??').replace(/,\w+\n$/, ',nosuchplan\n'))})
        return undefined
      },
    })
    const file = `Name,Key,Description,UsagePlans\nmobile,${VALUE}1,café,gold\n`
    expect((await report(file, [], {on: sandbox})).lines).toEqual(['2 mobile created'])
    expect((await apigateway.getApiKeys({})).items).toMatchObject([{name: 'mobile', description: 'café'}])
    expect(sandbox.calls.get('CreateUsagePlanKey')).toBe(1)
  })

  test('no apostrophe gets to the import of the service, to which single quotes are quotes', async () => {
    let csv = ''
    const {sandbox, apigateway} = await sandboxForTest({
      fault: ({operation, input}: FaultCall) => {
        if (operation === 'ImportApiKeys') csv += Buffer.from(input.body as Uint8Array)
        return undefined
      },
    })
    const file = `Name,Key,Description\nO'Brien,${VALUE}1,\nweb,${VALUE}2,the shop's\nD'Arcy,${VALUE}3,\n`
    const {lines} = await report(file, [], {on: sandbox})
    expect(lines).toEqual(["2 O'Brien created", '3 web created', "4 D'Arcy created"])
    expect(csv).toBe(`Name,Key,Description,Enabled,UsagePlanIds\nweb,${VALUE}2,,true,\n`)
    const {items = []} = await apigateway.getApiKeys({})
    expect(items.find(({name}) => name === 'web')?.description).toBe("the shop's")
  })

  test('a key that was made, but not with all that belongs to it, has failed; run again, it gets the rest', async () => {
    let isBroken = true
    const {sandbox, apigateway} = await sandboxForTest({
      fault: ({operation}) => (isBroken && operation === 'TagResource' ? refusal : undefined),
    })
    const file = `Name,Key,Tags\nmobile,${VALUE}1,team=shop\nweb,${VALUE}2,\n`
    const {lines, exitCode} = await report(file, [], {on: sandbox})
    expect(exitCode).toBe(1)
    expect(lines[0]).toMatch(
      /^2 mobile failed: The key was created, but not with all that belongs to it\. TagResource f/,
    )
    isBroken = false
    expect((await report(file, [], {on: sandbox})).lines).toEqual(['2 mobile updated', '3 web unchanged'])
    expect((await apigateway.getApiKeys({customerId: undefined, nameQuery: 'mobile'})).items).toMatchObject([
      {tags: {team: 'shop'}},
    ])
  })
})

test('what the AWS CLI prints is imported as it is', async () => {
  const [{sandbox, apigateway}, other] = [await sandboxForTest(), await sandboxForTest()]
  await apigateway.createApiKey({name: 'mobile', value: `${VALUE}1`, description: 'x', enabled: true, tags: {a: 'b'}})
  const {items} = await apigateway.getApiKeys({includeValues: true})
  const {lines} = await report(JSON.stringify({items}, undefined, 4), [], {on: other.sandbox})
  expect(lines).toEqual(['3 mobile created'])
  const before = await apigw(KeysExport, ['--show-values'], {on: sandbox})
  const after = await apigw(KeysExport, ['--show-values'], {on: other.sandbox})
  expect(after.stdout).toBe(before.stdout)
})

test('a file by its name; columns that say nothing are named; no keys are no failure', async () => {
  const {sandbox} = await sandboxForTest()
  const cwd = mkdtempSync(join(tmpdir(), 'apigw-import-'))
  writeFileSync(join(cwd, 'keys.csv'), 'Name,Key,Team\n')
  const {stdout, stderr, exitCode} = await apigw(KeysImport, ['keys.csv'], {on: sandbox, cwd})
  expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 0})
  expect(stderr).toContain('Nothing becomes of: Team.\n')
  expect(stderr).toContain('There are no keys in the file.\n')
})

async function total(apigateway: Awaited<ReturnType<typeof sandboxForTest>>['apigateway']): Promise<number> {
  const page = await apigateway.getApiKeys({limit: 500})
  const rest = page.position ? await apigateway.getApiKeys({limit: 500, position: page.position}) : {items: []}
  return (page.items?.length ?? 0) + (rest.items?.length ?? 0)
}
