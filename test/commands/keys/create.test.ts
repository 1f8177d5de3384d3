import {expect, test} from 'vitest'
import KeysCreate from '../../../src/commands/keys/create.js'
import PlansCreate from '../../../src/commands/plans/create.js'
import {apigw} from '../../support/apigw.js'
import {gold} from '../../support/gold.js'
import {PETSTORE} from '../../support/petstore.js'
import {sandboxForTest} from '../../support/sandbox.js'

const VALUE = 'a-value-of-at-least-20-characters-42'

test('a new key works at once: it is enabled and on its plan when the command is done', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const {stdout, exitCode} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--output', 'id'], {on: sandbox})
  expect(exitCode).toBe(0)
  const key = await apigateway.getApiKey({apiKey: stdout.trim()})
  expect(key).toMatchObject({name: 'mobile', enabled: true})
  const {items} = await apigateway.getUsagePlans({keyId: stdout.trim()})
  expect(items?.map(({id}) => id)).toEqual([planId])
})

test('--disabled creates the key disabled and says how to enable it', async () => {
  const {sandbox} = await gold()
  const {stdout, stderr} = await apigw(KeysCreate, ['mobile', '--disabled', '--json'], {on: sandbox})
  const key = JSON.parse(stdout)
  expect(key.enabled).toBe(false)
  expect(stderr).toContain(`apigw keys enable ${key.id}`)
})

test.each(['table', 'json', 'ndjson', 'yaml', 'csv', 'tsv'])(
  'the value is masked in %s, and on stderr',
  async format => {
    const {sandbox} = await gold()
    const argv = ['mobile', '--value-stdin', '--output', format, '--plan', 'gold']
    const {stdout, stderr} = await apigw(KeysCreate, argv, {on: sandbox, tty: format === 'table', stdin: VALUE})
    expect(stdout).toContain('****…ers-42')
    expect(stdout + stderr).not.toContain(VALUE)
  },
)

test('--show-value shows the value on stdout only', async () => {
  const {sandbox} = await gold()
  const argv = ['mobile', '--value-stdin', '--show-value', '--plan', 'gold']
  const {stdout, stderr} = await apigw(KeysCreate, argv, {on: sandbox, stdin: VALUE})
  expect(stdout).toContain(VALUE)
  expect(stderr).not.toContain(VALUE)
})

test('--value-only writes the value, a line break and nothing else', async () => {
  const {sandbox, apigateway} = await gold()
  const {stdout} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--value-only'], {on: sandbox})
  const {items} = await apigateway.getApiKeys({includeValues: true})
  expect(stdout).toBe(`${items?.[0]?.value}\n`)
})

test('a person is told which stages the key opens, and how to call one without the value in the history', async () => {
  const {sandbox, restApiId} = await gold()
  const {stdout, stderr} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '-o', 'id'], {on: sandbox})
  expect(stderr).toContain('It opens petstore/prod (usage plan gold).')
  const url = `${sandbox.url}/execute-api/${restApiId}/prod`
  expect(stderr).toContain(`curl -H "x-api-key: $(apigw keys get ${stdout.trim()} --value-only)" ${url}`)
})

test('an unknown plan is found out before anything is created, and the plans are named', async () => {
  const {sandbox} = await gold()
  const {stderr, exitCode} = await apigw(KeysCreate, ['mobile', '--plan', 'golf'], {on: sandbox})
  expect(exitCode).toBe(3)
  expect(stderr).toContain('There is no usage plan "golf".')
  expect(stderr).toContain('gold')
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test('two plans with the same stage are refused before anything is created', async () => {
  const {sandbox, apigateway, restApiId} = await gold()
  await apigateway.createUsagePlan({name: 'silver', apiStages: [{apiId: restApiId, stage: 'prod'}]})
  const run = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--plan', 'silver'], {on: sandbox})
  expect(run.exitCode).toBe(5)
  expect(run.stderr).toContain(`"gold" and "silver" both have the stage ${restApiId}:prod`)
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test.each([
  ['too short', 'hunter2', 'too short: 7 characters'],
  ['too long', 'x'.repeat(129), 'too long: 129 characters'],
  ['more than one line', `${VALUE}\n${VALUE}\n`, 'line breaks'],
])('a value on stdin that is %s is refused without a call', async (_, stdin, reason) => {
  const {sandbox} = await gold()
  const {stdout, stderr, exitCode} = await apigw(KeysCreate, ['mobile', '--value-stdin'], {on: sandbox, stdin})
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(reason)
  expect(stderr).not.toContain(stdin.trim())
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test('one line break after the value on stdin does not belong to it', async () => {
  const {sandbox} = await gold()
  const run = {on: sandbox, stdin: `${VALUE}\r\n`}
  expect((await apigw(KeysCreate, ['mobile', '--value-stdin', '--value-only'], run)).stdout).toBe(`${VALUE}\n`)
})

test('a value that another key has is refused; that key is named, the value is not', async () => {
  const {sandbox, apigateway} = await gold()
  const {id} = await apigateway.createApiKey({name: 'partner', value: VALUE})
  const run = await apigw(KeysCreate, ['mobile', '--value-stdin', '--plan', 'gold'], {on: sandbox, stdin: VALUE})
  expect(run.exitCode).toBe(5)
  expect(run.stderr).toContain(`Another API key has this value already: "partner" (${id}).`)
  expect(run.stdout + run.stderr).not.toContain(VALUE)
})

test('--if-not-exists takes the key that is there and only puts it on the plans it is not on', async () => {
  const {sandbox} = await gold()
  const argv = ['mobile', '--plan', 'gold', '--if-not-exists', '--output', 'id']
  const bare = await apigw(KeysCreate, ['mobile', '-o', 'id'], {on: sandbox})
  const first = await apigw(KeysCreate, argv, {on: sandbox})
  const second = await apigw(KeysCreate, argv, {on: sandbox})
  expect([first.stdout, second.stdout]).toEqual([bare.stdout, bare.stdout])
  expect(second.exitCode).toBe(0)
  expect(sandbox.calls.get('CreateApiKey')).toBe(1)
  expect(sandbox.calls.get('CreateUsagePlanKey')).toBe(1)
})

test('--dry-run shows what would be done and changes nothing', async () => {
  const {sandbox} = await gold()
  const {stdout, exitCode} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--dry-run'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^create\tAPI key\tmobile\t.*\nattach\tAPI key\tmobile\tto usage plan gold.*\n$/)
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test('without a name, where nobody can be asked, the argument is named', async () => {
  const {sandbox} = await gold()
  const {stderr, exitCode} = await apigw(KeysCreate, [], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('NAME')
})

test('two commands make a plan and a key that is let through where others are not', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const definition = JSON.parse(PETSTORE)
  definition.paths['/pets'].get.security = [{key: []}]
  definition.components = {securitySchemes: {key: {type: 'apiKey', name: 'x-api-key', in: 'header'}}}
  const {id: restApiId} = await apigateway.importRestApi({body: Buffer.from(JSON.stringify(definition))})
  await apigateway.createDeployment({restApiId, stageName: 'prod'})

  await apigw(PlansCreate, ['gold', '--stage', 'petstore/prod', '--quota', '10000/day'], {on: sandbox})
  const {stdout} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--value-only'], {on: sandbox})

  const url = `${sandbox.url}/execute-api/${restApiId}/prod/pets`
  expect((await fetch(url)).status).toBe(403)
  expect((await fetch(url, {headers: {'x-api-key': stdout.trim()}})).status).toBe(200)
})
