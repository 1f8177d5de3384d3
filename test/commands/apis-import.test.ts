import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {describe, expect, test} from 'vitest'
import ApisImport from '../../src/commands/apis/import.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {pictureOf, usedModels} from '../sandbox/openapi/picture.js'
import {apigw, type RunOptions} from '../support/apigw.js'
import {sandboxForTest} from '../support/sandbox.js'

// Imports into an API that is there. What imports into a new one do is in apis.test.ts.

const mock = (body: string) => ({
  type: 'mock',
  requestTemplates: {'application/json': '{"statusCode": 200}'},
  responses: {default: {statusCode: '200', responseTemplates: {'application/json': body}}},
})

const operation = (body: string, more: object = {}) => ({
  responses: {'200': {description: 'ok'}},
  'x-amazon-apigateway-integration': mock(body),
  ...more,
})

const definition = (paths: object, more: object = {}) =>
  JSON.stringify({openapi: '3.0.1', info: {title: 'petstore', version: '1'}, paths, ...more})

/** With something of all that an import can take away. */
const RICH = definition(
  {
    '/pets': {
      get: operation('all pets', {
        responses: {
          '200': {description: 'ok', content: {'application/json': {schema: {$ref: '#/components/schemas/Pet'}}}},
        },
      }),
      post: operation('a new pet', {
        security: [{judge: []}],
        'x-amazon-apigateway-request-validator': 'all',
      }),
    },
    '/pets/{id}': {'x-amazon-apigateway-any-method': operation('a pet')},
  },
  {
    components: {
      schemas: {Pet: {type: 'object', properties: {id: {type: 'string'}}}, Unused: {type: 'object', properties: {}}},
      securitySchemes: {
        judge: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-amazon-apigateway-authtype': 'custom',
          'x-amazon-apigateway-authorizer': {
            type: 'token',
            authorizerUri:
              'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:judge/invocations',
          },
        },
      },
    },
    'x-amazon-apigateway-request-validators': {all: {validateRequestBody: true, validateRequestParameters: true}},
    'x-amazon-apigateway-gateway-responses': {
      DEFAULT_4XX: {statusCode: '418', responseTemplates: {'application/json': '{"teapot": true}'}},
    },
    'x-amazon-apigateway-binary-media-types': ['image/png'],
    'x-amazon-apigateway-policy': {
      Version: '2012-10-17',
      Statement: [{Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}],
    },
  },
)

const TOYS = definition({'/toys': {get: operation('all toys')}})

const CHANGING = /^(Create|Put|Update|Delete|Import)/

/** The rich API, deployed to `prod` if asked, and a folder with `toys.json`. */
async function petstore({deployed = true, ...options}: SandboxOptions & {deployed?: boolean} = {}) {
  const kit = await sandboxForTest(options)
  const {apigateway, sandbox} = kit
  const {id: restApiId = ''} = await apigateway.importRestApi({
    body: Buffer.from(RICH),
    parameters: {endpointConfigurationTypes: 'REGIONAL'},
  })
  if (deployed) await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const cwd = mkdtempSync(join(tmpdir(), 'apigw-import-'))
  writeFileSync(join(cwd, 'toys.json'), TOYS)
  const before = new Map(sandbox.calls)
  return {
    ...kit,
    restApiId,
    cwd,
    into: (argv: readonly string[], more: RunOptions = {}) =>
      apigw(ApisImport, ['toys.json', '--api', 'petstore', ...argv], {on: sandbox, cwd, ...more}),
    files: () => readdirSync(cwd).filter(name => name !== 'toys.json'),
    changes: () =>
      [...sandbox.calls]
        .filter(([name, count]) => CHANGING.test(name) && count !== (before.get(name) ?? 0))
        .map(String),
    paths: async () => {
      const {items = []} = await apigateway.getResources({restApiId, limit: 500})
      return items.flatMap(({path, resourceMethods}) => (resourceMethods ? [path] : [])).sort()
    },
    call: async (route: string, stage = 'prod') => {
      const [method, path] = route.split(' ') as [string, string]
      const response = await fetch(`${sandbox.url}/execute-api/${restApiId}/${stage}${path}`, {method})
      return `${response.status} ${await response.text()}`
    },
  }
}

/** An edit that `prod` does not serve. */
async function edit(apigateway: APIGateway, restApiId: string) {
  await apigateway.putRestApi({
    restApiId,
    mode: 'merge',
    body: Buffer.from(definition({'/pets/{id}/photos': {get: operation('photos of a pet')}})),
  })
}

/** The argv of the command that a message names for going back. */
function wayBack(stderr: string): string[] {
  const [, line = ''] = /(?:To go back to it|To have it back as it was): apigw apis import (.*)$/m.exec(stderr) ?? []
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}

test('--api without --mode is wrong usage that says what the two modes do, and makes no call', async () => {
  const {into, sandbox} = await petstore()
  const calls = new Map(sandbox.calls)
  const {exitCode, stdout, stderr} = await into([])
  expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
  expect(stderr).toMatch(
    /petstore\? Say --mode merge or --mode overwrite\.\nmerge: .*all else stays\.\noverwrite: .*nothing else/,
  )
  expect(new Map(sandbox.calls)).toEqual(calls)
})

test.each([
  ['--backup without --mode', ['--backup', 'x.json']],
  ['--no-backup without --mode', ['--no-backup']],
  ['--backup with --no-backup', ['--mode', 'merge', '--backup', 'x.json', '--no-backup']],
  ['--exit-code without --dry-run', ['--mode', 'merge', '--exit-code']],
])('%s is wrong usage', async (_what, argv) => {
  expect((await apigw(ApisImport, ['-', ...argv], {stdin: TOYS})).exitCode).toBe(2)
})

test('a merge shows first what it changes, keeps the rest and a backup, and tells what the service says has changed', async () => {
  const {into, paths, files, restApiId} = await petstore()
  const {exitCode, stdout, stderr} = await into(['--mode', 'merge', '--output', 'id'])
  expect({exitCode, stdout}).toEqual({exitCode: 0, stdout: `${restApiId}\n`})
  expect(await paths()).toEqual(['/pets', '/pets/{id}', '/toys'])
  expect(stderr).toMatch(/^petstore: as edited → toys\.json \(merge\)\n\nRoutes\n {2}\+ GET \/toys .*\n\n1 added\n/)
  expect(stderr).toContain("This is apigw's reading of toys.json.")
  expect(stderr).not.toContain('takes away')
  const [file = ''] = files()
  expect(file).toMatch(new RegExp(`^petstore-${restApiId}-\\d{8}T\\d{6}Z\\.backup\\.json$`))
  expect(stderr).toContain(
    `A backup is in ${file}. To go back to it: apigw apis import ${file} --api ${restApiId} --mode`,
  )
  expect(stderr).toMatch(/\nImported: 1 added\.\n1 change is not live on prod: run/)
})

test('an overwrite says what it takes away, and wants --yes where something is', async () => {
  const {into, paths, files, changes} = await petstore()
  const unasked = await into(['--mode', 'overwrite'])
  expect(unasked).toMatchObject({exitCode: 2, stdout: ''})
  const lost =
    'toys.json does not define, and --mode overwrite takes away: routes POST /pets, GET /pets, ANY /pets/{id}; ' +
    'the resource policy; binary type image/png; gateway response DEFAULT_4XX; authorizer judge; models Pet, Unused; ' +
    'validator all.'
  const sorted = (text: string) => text.replace(/routes ([^;]*)/, (_, names) => `routes ${names.split(', ').sort()}`)
  expect(sorted(unasked.stderr)).toContain(sorted(lost))
  expect(unasked.stderr).toMatch(/what the file does not define\. Nobody is there to answer: pass --yes\.\n$/)
  expect(changes()).toEqual([])
  expect(files()).toEqual([])

  expect((await into(['--mode', 'overwrite', '--yes'])).exitCode).toBe(0)
  expect(await paths()).toEqual(['/toys'])
})

test('an overwrite that takes nothing away asks nothing', async () => {
  const {into, cwd} = await petstore()
  writeFileSync(join(cwd, 'toys.json'), RICH)
  const {exitCode, stderr} = await into(['--mode', 'overwrite'])
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^petstore: as edited → toys\.json \(overwrite\)\nNo differences\.\n/)
  expect(stderr).toContain('Imported: nothing is otherwise in petstore that goes live.')
})

describe('--dry-run', () => {
  test('is the difference in every format, with 8 for --exit-code, and changes and writes nothing', async () => {
    const {into, changes, files, restApiId} = await petstore()
    const dry = (...argv: string[]) => into(['--mode', 'overwrite', '--dry-run', ...argv])
    const pipe = await dry()
    expect(pipe.exitCode).toBe(0)
    expect(pipe.stdout).toMatch(/^removed\troute\tGET \/pets\t/m)
    expect(pipe.stdout).toMatch(/^added\troute\tGET \/toys\t/m)
    expect(pipe.stderr).toContain('takes away')
    const json = await dry('--json', '--exit-code')
    expect(json.exitCode).toBe(8)
    expect(JSON.parse(json.stdout)).toMatchObject({
      api: {id: restApiId, name: 'petstore'},
      before: {kind: 'edited'},
      after: {kind: 'file', name: 'toys.json (overwrite)'},
      items: expect.arrayContaining([expect.objectContaining({kind: 'setting', name: 'policy', change: 'removed'})]),
    })
    const markdown = await dry('--output', 'markdown')
    expect(markdown.stdout).toMatch(/^### `petstore`: `as edited` → `toys\.json \(overwrite\)`\n/)
    expect((await dry('--output', 'id')).stdout).toContain('GET /toys\n')
    expect(changes()).toEqual([])
    expect(files()).toEqual([])
  })

  test('has 0 for --exit-code when nothing would change', async () => {
    const {into, cwd} = await petstore()
    writeFileSync(join(cwd, 'toys.json'), RICH)
    expect(await into(['--mode', 'merge', '--dry-run', '--exit-code'])).toMatchObject({exitCode: 0, stdout: ''})
  })
})

describe('the way back', () => {
  test.each([
    ['a stage serves just what was edited', false],
    ['no stage serves what was edited', true],
  ])('where %s: the backup, imported again, gives back the API and its answers', async (_where, isEdited) => {
    const {into, apigateway, restApiId, call, changes, sandbox, cwd} = await petstore()
    if (isEdited) await edit(apigateway, restApiId)
    const before = await pictureOf(apigateway, restApiId)
    const deploy = async () => {
      await apigateway.createDeployment({restApiId, stageName: 'prod'})
      return Promise.all(
        ['GET /pets', 'GET /pets/7', 'GET /pets/7/photos', 'POST /pets', 'GET /toys'].map(route => call(route)),
      )
    }
    const stages = await apigateway.getStages({restApiId})
    const overwritten = await into(['--mode', 'overwrite', '--yes'])
    expect(overwritten.exitCode, overwritten.stderr).toBe(0)
    // What was made for the export is gone, and the stage as it was.
    expect(await apigateway.getStages({restApiId})).toMatchObject({item: stages.item})
    expect((await apigateway.getDeployments({restApiId})).items).toHaveLength(1)
    expect(changes().some(change => change.startsWith('CreateDeployment'))).toBe(isEdited)
    expect(overwritten.stderr).toContain('Not in it, as no export has it: model Unused.')

    const broken = await deploy()
    expect(broken[0]).toMatch(/^403 /)
    const back = await apigw(ApisImport, wayBack(overwritten.stderr), {on: sandbox, cwd})
    expect(back.exitCode, back.stderr).toBe(0)

    const after = await pictureOf(apigateway, restApiId)
    expect({...after, models: usedModels(after)}).toEqual({...before, models: usedModels(before)})
    expect(await deploy()).toEqual([
      '200 all pets',
      '200 a pet',
      isEdited ? '200 photos of a pet' : '418 {"teapot": true}',
      '418 {"teapot": true}',
      '418 {"teapot": true}',
    ])
  })

  test('is made by a stage that nobody can guess', async () => {
    const names: unknown[] = []
    const {into, apigateway, restApiId} = await petstore({
      deployed: false,
      fault({operation, input}) {
        if (operation === 'CreateDeployment') names.push(input.stageName)
        return undefined
      },
    })
    for (const mode of ['merge', 'overwrite']) await into(['--mode', mode, '--yes'])
    expect(names).toHaveLength(2)
    for (const name of names) expect(name).toMatch(/^apigw-temporary-[0-9a-f]{32}$/)
    expect(names[0]).not.toBe(names[1])
    expect((await apigateway.getStages({restApiId})).item ?? []).toEqual([])
  })

  test('never takes the place of a file that is there', async () => {
    const {into, cwd, changes} = await petstore()
    writeFileSync(join(cwd, 'mine.json'), 'mine')
    const {exitCode, stderr} = await into(['--mode', 'merge', '--backup', 'mine.json'])
    expect({exitCode, stderr}).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('a file of that name is there'),
    })
    expect(stderr).toMatch(/Nothing was changed\..*--no-backup\n$/)
    expect(readFileSync(join(cwd, 'mine.json'), 'utf8')).toBe('mine')
    expect(changes()).toEqual([])
  })

  test('two backups within a second are two files', async () => {
    const {into, files} = await petstore()
    for (let i = 0; i < 3; i++) expect((await into(['--mode', 'merge'])).exitCode).toBe(0)
    expect(files()).toHaveLength(3)
  })

  test('goes where --backup says, readable for its owner only, and without file name into the working directory', async () => {
    const {into, cwd, files, sandbox} = await petstore()
    await into(['--mode', 'merge', '--backup', 'before.json'])
    expect(files()).toEqual(['before.json'])
    expect(statSync(join(cwd, 'before.json')).mode & 0o777).toBe(0o600)
    mkdirSync(join(cwd, 'backups'))
    await into(['--mode', 'merge', '--backup', 'backups'])
    expect(readdirSync(join(cwd, 'backups'))).toEqual([expect.stringMatching(/^petstore-.*\.backup\.json$/)])
    const other = mkdtempSync(join(tmpdir(), 'apigw-import-'))
    await apigw(ApisImport, ['-', '--api', 'petstore', '--mode', 'merge'], {on: sandbox, cwd: other, stdin: TOYS})
    expect(readdirSync(other)).toEqual([expect.stringMatching(/^petstore-.*\.backup\.json$/)])
    const far = mkdtempSync(join(tmpdir(), 'apigw-import-'))
    const beside = await apigw(ApisImport, [join(cwd, 'toys.json'), '--api', 'petstore', '--mode', 'merge'], {
      on: sandbox,
      cwd: far,
    })
    expect(readdirSync(far)).toEqual([])
    const restored = await apigw(ApisImport, wayBack(beside.stderr), {on: sandbox, cwd: far})
    expect(restored.exitCode, restored.stderr).toBe(0)
  })

  test('that cannot be written stops the import', async () => {
    const {into, cwd, changes} = await petstore()
    chmodSync(cwd, 0o500)
    const {exitCode, stderr} = await into(['--mode', 'merge', '--backup', 'gone/x.json'])
    chmodSync(cwd, 0o700)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('The backup cannot be written to gone/x.json: there is no such folder.')
    expect(changes()).toEqual([])
  })

  test('is told to be missing for an API without methods, of which there is none', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await apigateway.createRestApi({name: 'petstore'})
    const {exitCode, stderr} = await apigw(ApisImport, ['-', '--api', 'petstore', '--mode', 'overwrite'], {
      on: sandbox,
      stdin: TOYS,
    })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('petstore has no methods yet: there is nothing to make a backup of.')
    expect(sandbox.calls.get('CreateDeployment')).toBeUndefined()
  })

  test.each([
    [
      'a method without integration',
      'POST /pets/{id}/photos has no integration, so it is in no deployment.',
      async (apigateway: APIGateway, restApiId: string) => {
        const photos = {responses: {'200': {description: 'ok'}}}
        const body = Buffer.from(definition({'/pets/{id}/photos': {post: photos}}))
        await apigateway.putRestApi({restApiId, mode: 'merge', body})
      },
    ],
    [
      'a model that no export has a place for',
      'Only found non-JSON body models',
      async (apigateway: APIGateway, restApiId: string) => {
        await apigateway.createModel({restApiId, name: 'Xml', contentType: 'application/xml', schema: '<pet/>'})
        const {items = []} = await apigateway.getResources({restApiId})
        const resourceId = items.find(({path}) => path === '/pets')?.id
        const patchOperations = [{op: 'add' as const, path: '/requestModels/application~1xml', value: 'Xml'}]
        await apigateway.updateMethod({restApiId, resourceId, httpMethod: 'POST', patchOperations})
        await edit(apigateway, restApiId)
      },
    ],
  ])('cannot be made of an API with %s: nothing is imported without --no-backup', async (_what, why, prepare) => {
    const {into, apigateway, restApiId, paths, files} = await petstore()
    await prepare(apigateway, restApiId)
    const before = await paths()
    const refused = await into(['--mode', 'overwrite', '--yes'])
    expect(refused).toMatchObject({exitCode: 1, stdout: ''})
    expect(refused.stderr).toContain(`No backup of petstore could be made: `)
    expect(refused.stderr).toContain(why)
    expect(refused.stderr).toContain('Nothing was changed. To import without a way back: --no-backup')
    expect(await paths()).toEqual(before)
    expect((await apigateway.getStages({restApiId})).item).toHaveLength(1)
    const without = await into(['--mode', 'overwrite', '--yes', '--no-backup'])
    expect(without.exitCode, without.stderr).toBe(0)
    expect(without.stderr).not.toContain('backup')
    expect(files()).toEqual([])
    expect(await paths()).toEqual(['/toys'])
  })

  test('is told to lack the documentation, which an overwrite takes away and no export of it has', async () => {
    const {into, apigateway, restApiId} = await petstore()
    await apigateway.createDocumentationPart({restApiId, location: {type: 'API'}, properties: '{"description":"pets"}'})
    const {stderr} = await into(['--mode', 'overwrite', '--yes'])
    expect(stderr).toMatch(/takes away: .*; its documentation\.\n/)
    expect(stderr).toMatch(/Not in it, as no export has it: .*documentation/)
  })
})

describe('what stops half-way', () => {
  test('names how much is done and the command that takes the backup back, which does', async () => {
    let isLost = true
    const {into, sandbox, cwd, paths} = await petstore({
      fault: ({operation}) => (isLost && operation === 'PutRestApi' ? {kind: 'lost'} : undefined),
    })
    const {exitCode, stdout, stderr} = await into(['--mode', 'overwrite', '--yes', '--max-wait', '0'])
    expect({exitCode, stdout}).toEqual({exitCode: 7, stdout: ''})
    expect(stderr).toMatch(
      /It broke off: \d+ changes are made in petstore\.\nTo have it back as it was: apigw apis import/,
    )
    expect(await paths()).toEqual(['/toys'])
    isLost = false
    const back = await apigw(ApisImport, wayBack(stderr), {on: sandbox, cwd})
    expect(back.exitCode, back.stderr).toBe(0)
    expect(await paths()).toEqual(['/pets', '/pets/{id}'])
  })

  test('says that nothing was changed where the service refused', async () => {
    const {into, paths} = await petstore({
      fault: ({operation}) =>
        operation === 'PutRestApi'
          ? {kind: 'error', status: 400, code: 'BadRequestException', message: 'No.'}
          : undefined,
    })
    const {exitCode, stderr} = await into(['--mode', 'overwrite', '--yes'])
    expect({exitCode, stderr}).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Error: No.\npetstore is as it was.\n'),
    })
    expect(await paths()).toEqual(['/pets', '/pets/{id}'])
  })

  test('says that some of it may be there where nobody can tell, and without backup how to go on', async () => {
    let isGone = false
    const {into} = await petstore({
      fault({operation}) {
        if (operation === 'PutRestApi') isGone = true
        const refused = {kind: 'error', status: 400, code: 'BadRequestException', message: 'No.'} as const
        return isGone ? refused : undefined
      },
    })
    const {exitCode, stderr} = await into(['--mode', 'overwrite', '--yes', '--no-backup'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Error: No.\nSome of it may be in petstore now.\nThe same command again does the rest.\n')
  })

  test('an import that is done is done, although nobody may see what it changed', async () => {
    let isDone = false
    const {into, paths} = await petstore({
      fault({operation}) {
        if (isDone) return {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'Not you.'}
        if (operation === 'PutRestApi') isDone = true
        return undefined
      },
    })
    const {exitCode, stderr} = await into(['--mode', 'merge', '--output', 'id'])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('Imported. What has changed in petstore could not be read.')
    isDone = false
    expect(await paths()).toContain('/toys')
  })
})

test('what no method uses is told to be taken away, too', async () => {
  const {into, apigateway, restApiId} = await petstore()
  await apigateway.putRestApi({restApiId, mode: 'overwrite', body: Buffer.from(TOYS)})
  await apigateway.createModel({
    restApiId,
    name: 'Lonely',
    contentType: 'application/json',
    schema: '{"type":"object"}',
  })
  await apigateway.createRequestValidator({restApiId, name: 'idle', validateRequestBody: true})
  const authorizerUri =
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:judge/invocations'
  const identitySource = 'method.request.header.Authorization'
  await apigateway.createAuthorizer({restApiId, name: 'bored', type: 'TOKEN', authorizerUri, identitySource})
  const {stderr} = await into(['--mode', 'overwrite', '--dry-run'])
  expect(stderr).toContain('takes away: authorizer bored; model Lonely; validator idle.')
})

test('what comes otherwise than previewed is told', async () => {
  let isPut = false
  const {into} = await petstore({
    fault({operation}) {
      if (operation === 'PutRestApi') isPut = true
      if (operation !== 'GetResources' || !isPut) return undefined
      // As if the service had made no method of it.
      const change = ({items, ...rest}: Record<string, unknown>) => ({
        ...rest,
        items: (items as {path: string}[]).map(({path, ...resource}) => ({
          ...resource,
          path,
          ...(path === '/toys' && {resourceMethods: undefined}),
        })),
      })
      return {kind: 'altered', change}
    },
  })
  const {exitCode, stderr} = await into(['--mode', 'merge'])
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(
    /Otherwise than previewed:\npetstore: as previewed → as imported\n\nRoutes\n {2}- GET \/toys .*\n\n1 removed\n/,
  )
})

// Source: developer guide, AWS variables for OpenAPI import.
test('AWS variables of the file have their values in the preview, and who calls is asked only for them', async () => {
  const {into, cwd, sandbox} = await petstore()
  await into(['--mode', 'merge', '--dry-run'])
  expect(sandbox.calls.get('GetCallerIdentity')).toBeUndefined()
  const toys = JSON.parse(TOYS)
  toys.paths['/toys'].get['x-amazon-apigateway-integration'] = {
    type: 'aws',
    httpMethod: 'POST',
    uri: 'arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartSyncExecution',
    credentials: 'arn:aws:iam::${AWS::AccountId}:role/caller',
  }
  writeFileSync(join(cwd, 'toys.json'), JSON.stringify(toys))
  const {stderr, exitCode} = await into(['--mode', 'merge'])
  expect(exitCode, stderr).toBe(0)
  expect(stderr).not.toContain('Otherwise than previewed')
})

test('a title that is not the name of the API is told to become it', async () => {
  const {into, cwd, apigateway, restApiId} = await petstore()
  writeFileSync(join(cwd, 'toys.json'), TOYS.replace('"petstore"', '"toy shop"'))
  const {stderr} = await into(['--mode', 'merge'])
  expect(stderr).toContain('The API takes its name from the file: petstore becomes toy shop.')
  expect(stderr).toContain("apigw deploy --api 'toy shop' --stage prod")
  expect((await apigateway.getRestApi({restApiId})).name).toBe('toy shop')
})

test('a private API that is left without a policy is told what that means', async () => {
  const {into, cwd, apigateway, restApiId} = await petstore()
  const patchOperations = [{op: 'replace' as const, path: '/endpointConfiguration/types/REGIONAL', value: 'PRIVATE'}]
  await apigateway.updateRestApi({restApiId, patchOperations})
  const {stderr} = await into(['--mode', 'overwrite', '--dry-run'])
  expect(stderr).toContain('Nobody may call a private API without a resource policy')
  writeFileSync(join(cwd, 'toys.json'), RICH)
  expect((await into(['--mode', 'overwrite', '--dry-run'])).stderr).not.toContain('Nobody may call')
})

test('an endpoint configuration that the file does not have is told to go with an overwrite, and stays in a merge', async () => {
  const {into, apigateway, restApiId} = await petstore()
  const patchOperations = [{op: 'replace' as const, path: '/disableExecuteApiEndpoint', value: 'true'}]
  await apigateway.updateRestApi({restApiId, patchOperations})
  expect((await into(['--mode', 'overwrite', '--dry-run'])).stderr).toContain(
    'that its default endpoint is switched off',
  )
  await into(['--mode', 'merge'])
  expect((await apigateway.getRestApi({restApiId})).disableExecuteApiEndpoint).toBe(true)
})

test('warnings of the service are shown, and with --fail-on-warnings nothing is imported', async () => {
  const {into, cwd, paths} = await petstore()
  const doubtful = definition({'/toys': {get: operation('toys', {responses: {default: {description: 'else'}}})}})
  writeFileSync(join(cwd, 'toys.json'), doubtful)
  const refused = await into(['--mode', 'merge', '--fail-on-warnings'])
  expect(refused).toMatchObject({exitCode: 1, stdout: ''})
  expect(await paths()).toEqual(['/pets', '/pets/{id}'])
  expect((await into(['--mode', 'merge'])).stderr).toContain('Warning: Default response not supported, skipping\n')
})
