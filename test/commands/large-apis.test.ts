import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import ApisExport from '../../src/commands/apis/export.js'
import ApisImport from '../../src/commands/apis/import.js'
import Deploy from '../../src/commands/deploy.js'
import StagesDiff from '../../src/commands/stages/diff.js'
import {apigw, type CommandClass} from '../support/apigw.js'
import {copiesOf, type LargeDefinition, largeDefinition} from '../support/large-definition.js'
import {sandboxForTest} from '../support/sandbox.js'

const SHARED = '../shared/data/openapi'
const UBER = parse(readFileSync(join(SHARED, 'aws-apigateway-importer/uber.yaml'), 'utf8'))
const PETSTORE = parse(readFileSync(join(SHARED, 'moto/petstore-swagger-v3.yaml'), 'utf8'))

/** Where the rates are from: API Gateway quotas, "Quotas for creating, deploying and managing an API" (April 2026). */
const MOST_AT_ONCE = 40

/** A sandbox that enforces the rates of the service and has a higher quota of resources, as a large API needs. */
async function kitFor({body}: LargeDefinition) {
  // Each command finds the rates unused, however fast it comes after the one before.
  let later = 0
  let throttles = 0
  const {sandbox} = await sandboxForTest({quotas: 'real', resourceQuota: 2_000, millis: () => Date.now() + later})
  const cwd = mkdtempSync(join(tmpdir(), 'apigw-large-'))
  writeFileSync(join(cwd, 'large.json'), body)
  const run = async (command: CommandClass, ...argv: string[]) => {
    later += 60_000
    const before = new Map(sandbox.calls)
    const result = await apigw(command, argv, {on: sandbox, cwd, env: {APIGW_PACING: 'on'}})
    if (result.stderr.includes('throttled')) throttles++
    const made = [...sandbox.calls].map(([name, count]) => count - (before.get(name) ?? 0))
    const calls = made.reduce((sum, count) => sum + count, 0)
    expect(result.exitCode, result.stderr).toBe(0)
    return {...result, calls}
  }
  return {run, cwd, throttles: () => throttles}
}

test.each([
  ['500 operations, OpenAPI 3', () => largeDefinition({operations: 500})],
  [
    '1,000 operations, Swagger 2, in almost 6 MB',
    () => largeDefinition({operations: 1_000, form: 'swagger', bytes: 5.9 * 1024 * 1024}),
  ],
  ['100 copies of a real definition of Uber', () => copiesOf(UBER, 500)],
  ['27 copies of a real petstore', () => copiesOf(PETSTORE, 500)],
] as const)(
  'is imported, deployed, compared and exported without a throttle: %s',
  async (_what, make) => {
    const large = make()
    const {run, cwd, throttles} = await kitFor(large)
    const created = await run(ApisImport, 'large.json')
    expect(created.stderr).toContain(`This makes ${large.resources} resources. An API may have 300, unless`)
    const named = ['--api', created.stdout.split('\t')[0] ?? '']
    await run(Deploy, ...named, '--stage', 'prod')
    const diff = await run(StagesDiff, 'prod', ...named)
    expect(diff.stdout, diff.stderr).toBe('')

    const edited = structuredClone(large.document) as {paths: Record<string, Record<string, object>>}
    const [first = '', second = ''] = Object.keys(edited.paths)
    delete edited.paths[first]
    edited.paths['/entirely/new'] = edited.paths[second]!
    writeFileSync(join(cwd, 'edited.json'), JSON.stringify(edited))
    const imported = await run(ApisImport, 'edited.json', ...named, '--mode', 'overwrite', '--yes')
    // What we read out of the file beforehand is what the service makes of it.
    expect(imported.stderr).not.toContain('Otherwise than previewed')
    const back = /go back to it: apigw apis import (\S+) --api (\S+)/.exec(imported.stderr)
    const changed = await run(StagesDiff, 'prod', ...named, '--output', 'id')
    expect(changed.stdout).toContain(' /entirely/new\n')
    await run(ApisImport, back?.[1] ?? '', '--api', back?.[2] ?? '', '--mode', 'overwrite', '--yes', '--no-backup')
    expect((await run(StagesDiff, 'prod', ...named)).stdout).toBe('')

    const exported = await run(ApisExport, ...named, '--stage', 'prod', '--as', 'json')
    const paths = Object.values(JSON.parse(exported.stdout).paths as Record<string, object>)
    expect(paths.flatMap(item => Object.keys(item))).toHaveLength(large.operations)
    expect(throttles()).toBe(0)
    for (const {calls} of [created, diff, imported, exported]) expect(calls).toBeLessThan(MOST_AT_ONCE)
  },
  60_000,
)

test('with the default quota a definition that is too large is told as such before the service refuses it', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {body, resources} = largeDefinition({operations: 500})
  const {exitCode, stderr} = await apigw(ApisImport, ['-', '--name', 'large'], {on: sandbox, stdin: body.toString()})
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(
    new RegExp(
      `^This makes ${resources} resources\\. .*\\nError: Maximum number of Resources for this API has been reached`,
    ),
  )
  expect((await apigateway.getRestApis({})).items ?? []).toEqual([])
})
