import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {expect, test} from 'vitest'
import ApisCreate from '../../src/commands/apis/create.js'
import ApisDelete from '../../src/commands/apis/delete.js'
import ApisExport from '../../src/commands/apis/export.js'
import ApisGet from '../../src/commands/apis/get.js'
import ApisImport from '../../src/commands/apis/import.js'
import ApisList from '../../src/commands/apis/list.js'
import ApisUpdate from '../../src/commands/apis/update.js'
import ApisUrl from '../../src/commands/apis/url.js'
import Deploy from '../../src/commands/deploy.js'
import RoutesList from '../../src/commands/routes/list.js'
import {apigw} from '../support/apigw.js'
import {sandboxForTest} from '../support/sandbox.js'

test('apis list shows a table on a terminal and tab-separated columns with ISO times in a pipe', async () => {
  const {sandbox, apigateway} = await sandboxForTest({millis: () => Date.UTC(2026, 0, 2, 3, 4, 5)})
  const {id} = await apigateway.createRestApi({
    name: 'petstore',
    description: 'pets',
    endpointConfiguration: {types: ['REGIONAL']},
  })

  const terminal = await apigw(ApisList, [], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(terminal.stdout.split('\n')[0]).toMatch(/^ID +NAME +TYPE +CREATED +DESCRIPTION$/)
  expect(terminal.stdout).toContain('regional')

  const pipe = await apigw(ApisList, [], {on: sandbox})
  expect(pipe).toEqual({stdout: `${id}\tpetstore\tregional\t2026-01-02T03:04:05.000Z\tpets\n`, stderr: '', exitCode: 0})
})

test('no results is not a failure: a sentence with the next command on a terminal, nothing in a pipe', async () => {
  const {sandbox} = await sandboxForTest()
  const terminal = await apigw(ApisList, [], {on: sandbox, tty: true})
  expect(terminal.stdout).toBe('')
  expect(terminal.stderr).toContain('apigw apis create')
  expect(terminal.exitCode).toBe(0)
  expect(await apigw(ApisList, [], {on: sandbox})).toEqual({stdout: '', stderr: '', exitCode: 0})
  expect((await apigw(ApisList, ['--json'], {on: sandbox})).stdout).toBe('[]\n')
})

test('apis create makes a regional API and prints it', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const created = await apigw(ApisCreate, ['petstore', '--description', 'pets', '--tag', 'team=a', '--output', 'id'], {
    on: sandbox,
  })
  expect(created).toMatchObject({exitCode: 0, stderr: ''})
  expect(await apigateway.getRestApi({restApiId: created.stdout.trim()})).toMatchObject({
    name: 'petstore',
    description: 'pets',
    endpointConfiguration: {types: ['REGIONAL']},
    tags: {team: 'a'},
  })
})

test('a name that is in use is a conflict; --if-not-exists takes the API that is there; --allow-duplicate makes another', async () => {
  const {sandbox} = await sandboxForTest()
  const first = await apigw(ApisCreate, ['petstore', '--output', 'id'], {on: sandbox})
  const id = first.stdout.trim()

  const again = await apigw(ApisCreate, ['petstore'], {on: sandbox})
  expect(again).toMatchObject({exitCode: 5, stdout: ''})
  expect(again.stderr).toContain(id)

  const content = await apigw(ApisCreate, ['petstore', '--if-not-exists', '--output', 'id'], {on: sandbox})
  expect(content).toMatchObject({
    exitCode: 0,
    stdout: `${id}\n`,
    stderr: expect.stringContaining('nothing was changed'),
  })
  expect(sandbox.calls.get('CreateRestApi')).toBe(1)

  expect((await apigw(ApisCreate, ['petstore', '--allow-duplicate'], {on: sandbox})).exitCode).toBe(0)
  expect((await apigw(ApisList, ['--output', 'id'], {on: sandbox})).stdout.trim().split('\n')).toHaveLength(2)
})

test('apis create --dry-run shows what would be made and makes nothing', async () => {
  const {sandbox} = await sandboxForTest()
  const dry = await apigw(ApisCreate, ['petstore', '--edge', '--dry-run', '--json'], {on: sandbox})
  expect(JSON.parse(dry.stdout)).toEqual([{action: 'create', kind: 'API', name: 'petstore', detail: 'edge'}])
  expect(sandbox.calls.get('CreateRestApi')).toBeUndefined()
})

test('without a name and nobody to ask, apis create is wrong usage and makes no call', async () => {
  const {sandbox} = await sandboxForTest()
  const {exitCode, stderr} = await apigw(ApisCreate, [], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('NAME')
  expect(sandbox.calls.size).toBe(0)
})

test('a policy that is not JSON, or VPC endpoints of an API that is not private, are refused before any call', async () => {
  const {sandbox} = await sandboxForTest()
  const policy = await apigw(ApisCreate, ['petstore', '--policy', '-'], {on: sandbox, stdin: '{"Version": '})
  expect(policy).toMatchObject({exitCode: 2, stdout: '', stderr: expect.stringContaining('stdin is not JSON')})
  const vpce = await apigw(ApisCreate, ['petstore', '--vpce', 'vpce-1'], {on: sandbox})
  expect(vpce).toMatchObject({exitCode: 2, stdout: '', stderr: expect.stringContaining('--private')})
  expect(sandbox.calls.size).toBe(0)
})

const YAML = `openapi: 3.0.1
info: {title: petstore, version: '1'}
paths:
  /pets:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200'}}
`

test('apis import takes YAML and JSON, from a file or stdin, and prints the API', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const cwd = mkdtempSync(join(tmpdir(), 'apigw-import-'))
  writeFileSync(join(cwd, 'petstore.yaml'), YAML)
  const fromFile = await apigw(ApisImport, ['petstore.yaml'], {on: sandbox, cwd})
  expect(fromFile).toMatchObject({exitCode: 0, stdout: expect.stringMatching(/^[a-z0-9]{10}\tpetstore\tregional\t/)})

  const json = JSON.stringify({openapi: '3.0.1', info: {title: 'other', version: '1'}, paths: {}})
  const fromStdin = await apigw(ApisImport, ['-', '--edge', '--json'], {on: sandbox, stdin: json})
  expect(JSON.parse(fromStdin.stdout)).toMatchObject({name: 'other', endpointType: 'EDGE'})

  const {items} = await apigateway.getResources({restApiId: fromFile.stdout.split('\t')[0]})
  expect(items?.map(({path}) => path)).toContain('/pets')
})

test('importing a title that is in use is a conflict', async () => {
  const {sandbox} = await sandboxForTest()
  expect((await apigw(ApisImport, ['-'], {on: sandbox, stdin: YAML})).exitCode).toBe(0)
  const again = await apigw(ApisImport, ['-'], {on: sandbox, stdin: YAML})
  expect(again).toMatchObject({exitCode: 5, stdout: '', stderr: expect.stringContaining('"petstore" already')})
})

test('apis import --name names the API', async () => {
  const {sandbox} = await sandboxForTest()
  const named = await apigw(ApisImport, ['-', '--name', 'pets-next', '--json'], {on: sandbox, stdin: YAML})
  expect(JSON.parse(named.stdout)).toMatchObject({name: 'pets-next'})
})

// What each does: "Set the OpenAPI basePath property", API Gateway Developer Guide.
test.each([
  ['ignore', '/pets'],
  ['prepend', '/a/b/pets'],
  ['split', '/b/pets'],
])('apis import --base-path %s', async (use, path) => {
  const {sandbox} = await sandboxForTest()
  const stdin = YAML.replace('paths:', 'servers: [{url: https://example.com/a/b}]\npaths:')
  await apigw(ApisImport, ['-', '--base-path', use], {on: sandbox, stdin})
  const {stdout} = await apigw(RoutesList, ['--api', 'petstore', '--output', 'id'], {on: sandbox})
  expect(stdout).toBe(`GET ${path}\n`)
})

test('what the service remarks on goes to stderr; with --fail-on-warnings nothing is created', async () => {
  const {sandbox} = await sandboxForTest()
  const doubtful = YAML.replace(
    '        type: mock\n',
    '        type: mock\n        requestParameters: {integration.request.header.x: true}\n',
  )
  const refused = await apigw(ApisImport, ['-', '--fail-on-warnings'], {on: sandbox, stdin: doubtful})
  expect(refused).toMatchObject({exitCode: 1, stdout: ''})
  expect((await apigw(ApisList, [], {on: sandbox})).stdout).toBe('')
  const {stdout, stderr, exitCode} = await apigw(ApisImport, ['-', '--output', 'id'], {on: sandbox, stdin: doubtful})
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^\w{10}\n$/)
  expect(stderr).toMatch(/^Warning: .*integration\.request\.header\.x/)
})

test('when the API cannot be renamed after its import, the error says what is there and how to go on', async () => {
  const {sandbox} = await sandboxForTest({
    fault: ({operation}) =>
      operation === 'UpdateRestApi'
        ? {kind: 'error', status: 400, code: 'BadRequestException', message: 'No.'}
        : undefined,
  })
  const {exitCode, stdout, stderr} = await apigw(ApisImport, ['-', '--name', 'pets-next'], {on: sandbox, stdin: YAML})
  expect({exitCode, stdout}).toEqual({exitCode: 1, stdout: ''})
  expect(stderr).toMatch(/imported as "petstore" \(\w{10}\), but not renamed: No\./)
  expect(stderr).toMatch(/apigw apis update \w{10} --name 'pets-next'/)
})

test('a broken document is refused with the place of the fault, before any call', async () => {
  const {sandbox} = await sandboxForTest()
  const broken = await apigw(ApisImport, ['-'], {on: sandbox, stdin: '{\n  "openapi": "3.0.1",\n  "info": }\n}\n'})
  expect(broken).toMatchObject({exitCode: 1, stdout: ''})
  expect(broken.stderr).toMatch(/stdin is not JSON: line 3, column \d+/)
  const missing = await apigw(ApisImport, ['nope.yaml'], {on: sandbox})
  expect(missing).toMatchObject({exitCode: 2, stdout: '', stderr: expect.stringContaining('Cannot read nope.yaml')})
  expect(sandbox.calls.size).toBe(0)
})

test('100 MB of junk on stdin is refused without being read to the end', async () => {
  const {sandbox} = await sandboxForTest()
  let poured = 0
  const junk = Readable.from(
    (function* () {
      for (; poured < 100; poured++) yield Buffer.alloc(1024 * 1024, 'x')
    })(),
  )
  const {exitCode, stderr} = await apigw(ApisImport, ['-'], {on: sandbox, stdin: junk})
  expect({exitCode, stderr}).toEqual({
    exitCode: 2,
    stderr: expect.stringContaining('too large: 6 MB are read'),
  })
  expect(poured).toBeLessThan(50)
  expect(sandbox.calls.size).toBe(0)
})

test('apis get finds an API by name or id, as argument or flag, and refuses two that differ', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id} = await apigateway.createRestApi({name: 'petstore', endpointConfiguration: {types: ['EDGE']}})
  for (const argv of [['petstore'], [id!], ['--api', 'petstore']]) {
    const {stdout} = await apigw(ApisGet, [...argv, '--json'], {on: sandbox})
    expect(JSON.parse(stdout)).toMatchObject({id, name: 'petstore', endpointType: 'EDGE', apiKeySource: 'HEADER'})
  }
  expect((await apigw(ApisGet, ['petstore', '--api', 'other'], {on: sandbox})).exitCode).toBe(2)
})

test('an unknown API is 3, an ambiguous name is 2 and names the ids', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const ids = [await apigateway.createRestApi({name: 'pets'}), await apigateway.createRestApi({name: 'pets'})]
  expect((await apigw(ApisGet, ['nope'], {on: sandbox})).exitCode).toBe(3)
  const {exitCode, stderr} = await apigw(ApisGet, ['pets'], {on: sandbox})
  expect(exitCode).toBe(2)
  for (const {id} of ids) expect(stderr).toContain(id)
})

test('apis url prints one URL a line, and the API answers there', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id: restApiId} = await apigateway.importRestApi({body: Buffer.from(YAML)})
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const {stdout} = await apigw(ApisUrl, ['petstore'], {on: sandbox})
  const urls = stdout.trim().split('\n')
  expect(urls).toHaveLength(2)
  for (const url of urls) expect((await fetch(`${url}/pets`)).status).toBe(200)

  const prod = await apigw(ApisUrl, ['petstore', '--stage', 'prod'], {on: sandbox, env: {APIGW_INVOKE_URL: ''}})
  expect(prod.stdout).toBe(`http://${restApiId}.execute-api.localhost:${sandbox.port}/prod\n`)
  expect((await apigw(ApisUrl, ['petstore', '--stage', 'nope'], {on: sandbox})).exitCode).toBe(3)
})

/** The API of YAML, deployed to prod. */
async function deployed() {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id: restApiId} = await apigateway.importRestApi({
    body: Buffer.from(YAML),
    parameters: {endpointConfigurationTypes: 'REGIONAL'},
  })
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  return {sandbox, apigateway, restApiId: restApiId!}
}

test('apis update changes settings and tags, and says when that is not live', async () => {
  const {sandbox, apigateway, restApiId} = await deployed()
  await apigateway.tagResource({
    resourceArn: `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`,
    tags: {old: '1', team: 'a'},
  })
  const flags = [
    '--name',
    'pets',
    '--description',
    'all pets',
    '--binary-type',
    'image/png',
    '--min-compression',
    '100',
  ]
  const more = ['--disable-default-endpoint', '--tag', 'team=b', '--untag', 'old', '--policy', '-']
  const stdin = '{"Version": "2012-10-17", "Statement": []}'
  const {stderr, exitCode} = await apigw(ApisUpdate, ['petstore', ...flags, ...more], {on: sandbox, stdin})
  expect({stderr, exitCode}).toEqual({
    stderr:
      '4 changes are not live on prod: run `apigw deploy --api pets --stage prod`\n' +
      'See them: apigw stages diff --api pets --stage prod\n',
    exitCode: 0,
  })
  const {stdout} = await apigw(ApisGet, [restApiId, '--json'], {on: sandbox})
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'pets',
    description: 'all pets',
    binaryMediaTypes: ['image/png'],
    minimumCompressionSize: 100,
    disableExecuteApiEndpoint: true,
    policy: '{"Version":"2012-10-17","Statement":[]}',
  })
  expect((await apigateway.getRestApi({restApiId})).tags).toEqual({team: 'b'})

  const away = ['--description', '', '--remove-binary-type', 'image/png', '--no-compression', '--no-policy']
  await apigw(ApisUpdate, ['pets', ...away, '--enable-default-endpoint'], {on: sandbox})
  const bare = JSON.parse((await apigw(ApisGet, [restApiId, '--json'], {on: sandbox})).stdout)
  expect(bare).toMatchObject({binaryMediaTypes: [], disableExecuteApiEndpoint: false})
  for (const gone of ['description', 'minimumCompressionSize', 'policy']) expect(bare).not.toHaveProperty(gone)
})

test('apis update leaves alone what is so already, and with --dry-run everything', async () => {
  const {sandbox} = await deployed()
  const again = await apigw(ApisUpdate, ['petstore', '--type', 'regional', '--name', 'petstore'], {on: sandbox})
  expect(again).toMatchObject({exitCode: 0, stderr: 'Nothing to do: it is so already.\n'})
  const dry = await apigw(ApisUpdate, ['petstore', '--edge', '--tag', 'a=b', '--dry-run'], {on: sandbox})
  expect(dry.stdout).toBe('update\tAPI\tpetstore\tregional to edge\nupdate\ttags\tpetstore\ttag a=b\n')
  expect(sandbox.calls.get('UpdateRestApi')).toBeUndefined()
  expect(sandbox.calls.get('TagResource')).toBeUndefined()
  expect((await apigw(ApisUpdate, ['petstore'], {on: sandbox})).exitCode).toBe(2)
})

test('apis update changes the endpoint type as far as the service allows', async () => {
  const {sandbox, apigateway, restApiId} = await deployed()
  const abroad = await apigw(ApisUpdate, ['petstore', '--edge'], {on: sandbox})
  expect(abroad).toMatchObject({exitCode: 0, stderr: expect.stringMatching(/^Not live yet on prod: run `.*`\n$/)})
  // The command that it names deploys, although no export tells the type.
  const [, command = ''] = /`apigw deploy (.*)`/.exec(abroad.stderr) ?? []
  expect((await apigw(Deploy, command.split(' '), {on: sandbox})).exitCode).toBe(0)
  expect(sandbox.calls.get('CreateDeployment')).toBe(2)
  const closed = await apigw(ApisUpdate, ['petstore', '--private'], {on: sandbox})
  expect(closed).toMatchObject({exitCode: 0, stderr: expect.stringMatching(/^Not live yet on prod/)})
  expect((await apigw(ApisUpdate, ['petstore', '--vpce', 'vpce-0a'], {on: sandbox})).exitCode).toBe(0)
  expect((await apigateway.getRestApi({restApiId})).endpointConfiguration).toMatchObject({
    types: ['PRIVATE'],
    vpcEndpointIds: ['vpce-0a'],
  })
  const edge = await apigw(ApisUpdate, ['petstore', '--edge'], {on: sandbox})
  expect(edge).toMatchObject({exitCode: 2, stderr: expect.stringContaining('--type regional')})
})

test('when the tags cannot be changed after the settings, the error says what was done and what was not', async () => {
  const {sandbox} = await sandboxForTest({
    fault: ({operation}) =>
      operation === 'TagResource'
        ? {kind: 'error', status: 400, code: 'BadRequestException', message: 'No.'}
        : undefined,
  })
  await apigw(ApisCreate, ['petstore'], {on: sandbox})
  const {exitCode, stderr, stdout} = await apigw(ApisUpdate, ['petstore', '--name', 'pets', '--tag', 'a=b'], {
    on: sandbox,
  })
  expect({exitCode, stdout}).toEqual({exitCode: 1, stdout: ''})
  expect(stderr).toContain('Done before that: changed the settings of petstore. Not done: update tags petstore.')
})

test('apis delete wants the name, tells what goes with it, and leaves nothing on usage plans', async () => {
  const {sandbox, apigateway, restApiId} = await deployed()
  const plan = await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}]})

  const unasked = await apigw(ApisDelete, ['petstore'], {on: sandbox})
  expect(unasked).toMatchObject({exitCode: 2, stdout: ''})
  expect(unasked.stderr).toContain('delete stage prod')
  expect(unasked.stderr).toContain('gold')
  expect(unasked.stderr).toContain('--confirm petstore')
  expect((await apigw(ApisDelete, ['petstore', '--confirm', 'pets'], {on: sandbox})).exitCode).toBe(2)
  const dry = await apigw(ApisDelete, ['petstore', '--dry-run', '--output', 'id'], {on: sandbox})
  expect(dry.stdout).toBe('petstore\nprod\ngold\n')
  expect(sandbox.calls.get('DeleteRestApi')).toBeUndefined()

  const gone = await apigw(ApisDelete, ['petstore', '--confirm', 'petstore', '--output', 'id'], {on: sandbox})
  const stderr = `deleted API petstore (${restApiId})\ndetached usage plan gold\n`
  expect(gone).toEqual({exitCode: 0, stdout: `${restApiId}\n`, stderr})
  expect((await apigw(ApisGet, ['petstore'], {on: sandbox})).exitCode).toBe(3)
  expect((await apigateway.getUsagePlan({usagePlanId: plan.id})).apiStages ?? []).toEqual([])
})

test('apis export prints a document that can be imported again', async () => {
  const {sandbox} = await deployed()
  const yaml = await apigw(ApisExport, ['petstore', '--stage', 'prod'], {on: sandbox})
  expect(yaml).toMatchObject({exitCode: 0, stderr: ''})
  expect(yaml.stdout).toContain('x-amazon-apigateway-integration')
  const again = await apigw(ApisImport, ['-', '--name', 'copy'], {on: sandbox, stdin: yaml.stdout})
  expect(again.exitCode).toBe(0)

  const swagger = await apigw(ApisExport, ['petstore', '--stage', 'prod', '--format', 'swagger', '--json'], {
    on: sandbox,
  })
  expect(JSON.parse(swagger.stdout)).toMatchObject({swagger: '2.0', info: {title: 'petstore'}})
  const bare = await apigw(ApisExport, ['petstore', '--stage', 'prod', '--as', 'json', '--extensions', 'none'], {
    on: sandbox,
  })
  expect(bare.stdout).not.toContain('x-amazon-apigateway-integration')
})

test('apis export --edited prints what no stage serves, and leaves nothing behind', async () => {
  const {sandbox, apigateway, restApiId} = await deployed()
  await apigateway.putRestApi({restApiId, mode: 'merge', body: Buffer.from(YAML.replace('/pets', '/toys'))})
  const served = await apigw(ApisExport, ['petstore', '--stage', 'prod', '--as', 'json'], {on: sandbox})
  expect(Object.keys(JSON.parse(served.stdout).paths)).toEqual(['/pets'])
  const stages = await apigateway.getStages({restApiId})
  const edited = await apigw(ApisExport, ['petstore', '--edited', '--as', 'json'], {on: sandbox})
  expect(edited).toMatchObject({exitCode: 0, stderr: ''})
  expect(Object.keys(JSON.parse(edited.stdout).paths).sort()).toEqual(['/pets', '/toys'])
  expect((await apigateway.getStages({restApiId})).item).toEqual(stages.item)
  expect((await apigateway.getDeployments({restApiId})).items).toHaveLength(1)
  expect((await apigw(ApisExport, ['petstore', '--edited', '--stage', 'prod'], {on: sandbox})).exitCode).toBe(2)
})

test('apis export refuses what cannot be done to a document', async () => {
  const {sandbox} = await deployed()
  for (const argv of [
    ['--query', 'info'],
    ['--output', 'table'],
    ['--as', 'yaml', '--json'],
  ]) {
    expect(await apigw(ApisExport, ['petstore', '--stage', 'prod', ...argv], {on: sandbox})).toMatchObject({
      exitCode: 2,
      stdout: '',
    })
  }
})

test('control characters in what others named or answered do not reach the terminal, on stderr neither', async () => {
  const evil = 'pets\u001b]0;owned\u0007\u009b2J'
  const {sandbox, apigateway} = await sandboxForTest({
    fault: ({operation}) =>
      operation === 'DeleteRestApi'
        ? {kind: 'error', status: 400, code: 'BadRequestException', message: `Cannot delete\n\t${evil}`}
        : undefined,
  })
  await apigateway.createRestApi({name: evil})
  const runs = [
    await apigw(ApisCreate, [evil], {on: sandbox, tty: true}),
    await apigw(ApisGet, ['nope'], {on: sandbox, tty: true}),
    await apigw(ApisDelete, [evil], {on: sandbox, tty: true}),
    await apigw(ApisDelete, [evil, '--confirm', evil], {on: sandbox, tty: true}),
    await apigw(ApisUpdate, [evil, '--binary-type', 'image/png'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}}),
  ]
  for (const {stderr} of runs) {
    expect(stderr).toContain('pets\\x1b]0;owned\\x07\\x9b2J')
    expect(stderr).not.toMatch(/\u001b\]|\u0007|\u009b/)
  }
  expect(runs[3]?.stderr).toMatch(/Cannot delete\n /)
})

test('a remark that the service makes again and again is told once', async () => {
  const {sandbox} = await sandboxForTest()
  const doubtful = YAML.replace(
    "responses: {'200': {description: ok}}",
    "responses: {'200': {description: ok}, default: {description: else}}",
  )
  const twice = doubtful.replace(/ {2}\/pets:\n.*/s, pets => `${pets}${pets.replace('/pets', '/toys')}`)
  const {stderr} = await apigw(ApisImport, ['-', '--output', 'id'], {on: sandbox, stdin: twice})
  expect(stderr).toMatch(/^Warning: Default response not supported, skipping \(2 times\)\nNot live yet/)
})

test('a part of a CloudFormation template that is refused is said to be one', async () => {
  const {sandbox} = await sandboxForTest()
  const template = YAML.replace(
    'type: mock',
    "type: http\n        httpMethod: GET\n        uri: {'Fn::Sub': 'https://${Host}'}",
  )
  const {exitCode, stderr} = await apigw(ApisImport, ['-'], {on: sandbox, stdin: template})
  expect(exitCode).toBe(1)
  expect(stderr).toContain('only CloudFormation resolves')
})

const TOYS = YAML.replace('/pets', '/toys')

test.each([
  ['--api petstore', ['--api', 'petstore']],
  ['--mode with --name', ['--api', 'petstore', '--mode', 'merge', '--name', 'x']],
  ['--mode with --edge', ['--api', 'petstore', '--mode', 'merge', '--edge']],
])('apis import with %s is wrong usage: nothing is taken and ignored', async (_what, argv) => {
  expect((await apigw(ApisImport, ['-', ...argv], {stdin: TOYS})).exitCode).toBe(2)
})
