import {describe, expect, test} from 'vitest'
import {onTerminal, run, shell} from '../support/binary.js'
import {gold} from '../support/gold.js'
import {sandboxForTest} from '../support/sandbox.js'

describe('a reader that has enough of a long list', () => {
  /** Pages of 500 rows that a pipe holds whole, so that nothing but the reader's leaving can stop the program. */
  async function manyKeys() {
    const found = await gold()
    const rows = Array.from({length: 1600}, (_, i) => `key-${i},a-generated-value-${i}-000000,${found.planId}`)
    const body = Buffer.from(['name,key,usageplanIds', ...rows].join('\n'))
    await found.apigateway.importApiKeys({format: 'csv', body})
    return found.sandbox
  }

  test.each([
    ['keys list', 'GetApiKeys'],
    ['keys list -o id', 'GetApiKeys'],
    ['keys list -o ndjson', 'GetApiKeys'],
    ['plans keys gold', 'GetUsagePlanKeys'],
  ])('has cost one call, each time: %s | head -1', async (list, operation) => {
    const sandbox = await manyKeys()
    for (let run = 1; run <= 3; run++) {
      const {stdout, stderr, exitCode} = await shell(`apigw ${list} | head -1`, {on: sandbox})
      expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
      expect(stdout).toMatch(/^.*\w{10}.*\n$/)
      expect(sandbox.calls.get(operation)).toBe(run)
    }
  })

  test('goes on to read as many pages as it wants', async () => {
    const sandbox = await manyKeys()
    expect((await shell('apigw keys list -o id | head -501 | sort -u | wc -l', {on: sandbox})).stdout.trim()).toBe(
      '501',
    )
    expect(sandbox.calls.get('GetApiKeys')).toBeLessThan(4)
    expect((await shell('apigw keys list -o id | sort -u | wc -l', {on: sandbox})).stdout.trim()).toBe('1600')
  })
})

test('a key can be taken into a variable, piped in, and passed from list to disable', async () => {
  const {sandbox, apigateway} = await gold()
  const script = [
    'KEY=$(apigw keys create mobile --plan gold --value-only 2>/dev/null)',
    'echo "${#KEY}"',
    'printf "%s\\n" "$(echo "$KEY" | rev)" | apigw keys create web --value-stdin -o id --tag batch=7 > /dev/null 2>&1',
    'apigw keys list --tag batch=7 -o id | apigw keys disable - | cut -f 2,3',
  ].join(' && ')
  expect(await shell(script, {on: sandbox})).toEqual({stdout: '40\nweb\tdisabled\n', stderr: '', exitCode: 0})
  expect((await apigateway.getApiKeys({})).items).toHaveLength(2)
})

test('a secret on stdin is never taken for the missing name', async () => {
  const {sandbox} = await sandboxForTest()
  const input = 'a-value-of-at-least-20-characters-42\n'
  const {exitCode, stdout, stderr} = await run(['keys', 'create', '--value-stdin'], {on: sandbox, input})
  expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
  expect(stderr).toContain('pass NAME')
  expect(stderr).not.toContain(input.trim())
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test('on a terminal keys create asks for what is missing and prints the command that does the same', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const terminal = onTerminal(['keys', 'create', '--description', 'An app'], {on: sandbox})
  await terminal.shows('Name of the key?')
  terminal.type('mobile\r')
  await terminal.shows('Which usage plan?')
  expect(terminal.text()).toContain('none: the key opens nothing yet')
  terminal.type('\r')
  expect(await terminal.ended).toBe(0)
  expect(terminal.text()).toContain("apigw keys create mobile --plan gold --description 'An app'")
  const {items = []} = await apigateway.getUsagePlanKeys({usagePlanId: planId})
  expect(items.map(({name}) => name)).toEqual(['mobile'])
})

test('on a terminal keys delete goes on only when the name is typed', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  await apigateway.createApiKey({name: 'mobile'})
  const refused = onTerminal(['keys', 'delete', 'mobile'], {on: sandbox})
  await refused.shows('Type "mobile" to go on:')
  refused.type('mobil\r')
  expect(await refused.ended).toBe(130)
  expect(refused.text()).toContain('Nothing was changed.')
  const agreed = onTerminal(['keys', 'delete', 'mobile'], {on: sandbox})
  await agreed.shows('Type "mobile" to go on:')
  agreed.type('mobile\r')
  expect(await agreed.ended).toBe(0)
  expect((await apigateway.getApiKeys({})).items).toEqual([])
})

describe('a value that is asked for on a terminal', () => {
  const VALUE = `${'t'.repeat(34)}bMZHBg`

  async function mobile() {
    const kit = await gold()
    const {id: keyId} = await kit.apigateway.createApiKey({name: 'mobile', value: VALUE, enabled: true})
    await kit.apigateway.createUsagePlanKey({usagePlanId: kit.planId, keyId, keyType: 'API_KEY'})
    return {...kit, keyId}
  }

  test.each([
    [['keys', 'find', '--value-stdin'], 'mobile'],
    [['keys', 'explain', '--value-stdin', '--api', 'petstore', '--stage', 'prod'], 'petstore/prod lets mobile in.'],
    [['keys', 'create', 'tablet', '--value-stdin'], 'already: "mobile"'],
  ])('is not shown while it is typed: %j', async (argv, text) => {
    const {sandbox} = await mobile()
    const terminal = onTerminal(argv, {on: sandbox})
    await terminal.shows('Value of the API key:')
    terminal.type(`${VALUE}\r`)
    await terminal.shows(text)
    await terminal.ended
    expect(terminal.raw()).not.toContain(VALUE)
    // Not letter by letter, either.
    expect(terminal.raw()).not.toContain('ttt')
  })

  test('is not taken where it would be seen: with --no-input it is wrong usage', async () => {
    const {sandbox} = await mobile()
    const terminal = onTerminal(['keys', 'find', '--value-stdin', '--no-input'], {on: sandbox})
    expect(await terminal.ended).toBe(2)
    expect(terminal.text()).toContain('Nobody is there to answer')
    expect(sandbox.calls.has('GetApiKeys')).toBe(false)
  })
})
