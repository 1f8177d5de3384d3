import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readdirSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {BINARY, cleanEnvironment, onTerminal, run} from '../support/binary.js'
import {PETSTORE, petstore} from '../support/petstore.js'

const TOYS = PETSTORE.replace('/pets', '/toys')

/** A folder with a file to import. */
function folder(): {cwd: string; file: string} {
  const cwd = mkdtempSync(join(tmpdir(), 'apigw-import-'))
  const file = join(cwd, 'toys.json')
  writeFileSync(file, TOYS)
  return {cwd, file}
}

const into = (file: string) => ['apis', 'import', file, '--api', 'petstore', '--mode', 'overwrite']

test('on a terminal an import that takes something away asks, and no is no', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  const {cwd, file} = folder()
  const terminal = onTerminal(into(file), {on: sandbox})
  await terminal.shows('what the file does not define. (y/N)')
  expect(terminal.raw()).toContain('\u001b[31m- GET /pets')
  terminal.type('n\r')
  expect(await terminal.ended).toBe(130)
  expect(sandbox.calls.get('PutRestApi')).toBeUndefined()
  expect(readdirSync(cwd)).toEqual(['toys.json'])

  const agreed = onTerminal(into(file), {on: sandbox})
  await agreed.shows('what the file does not define. (y/N)')
  agreed.type('y\r')
  expect(await agreed.ended).toBe(0)
  expect(readdirSync(cwd)).toHaveLength(2)
  const {items = []} = await apigateway.getResources({restApiId})
  expect(items.map(({path}) => path)).toContain('/toys')
})

test('on a terminal a bar says what takes long and is gone at the end; in a pipe there is none', async () => {
  const {sandbox} = await petstore({latencyOf: operation => (operation === 'PutRestApi' ? 1_000 : 0)})
  const {file} = folder()
  const argv = [...into(file), '--yes', '--no-backup']
  const terminal = onTerminal(argv, {on: sandbox})
  expect(await terminal.ended).toBe(0)
  const shown = terminal.raw().split('\r')
  expect(shown.some(line => /importing .*toys\.json: \[-*###-*\]/.test(line))).toBe(true)
  // The last picture of it was erased, and nothing of it came after that.
  const rest = terminal.raw().slice(terminal.raw().lastIndexOf('importing '))
  expect(rest).toMatch(/^importing [^\r]*\r\u001b\[K/)
  const piped = await run(argv, {on: sandbox})
  expect(piped.exitCode).toBe(0)
  expect(piped.stderr).not.toMatch(/###|\u001b/)
})

test('Ctrl-C while the backup is made leaves neither stage nor deployment nor file, and the API as it was', async () => {
  let reached = () => {}
  const isExporting = new Promise<void>(resolve => {
    reached = resolve
  })
  const {sandbox, apigateway, restApiId} = await petstore({
    latencyOf: operation => (operation === 'GetExport' ? 30_000 : 0),
    fault: () => undefined,
  })
  const {cwd, file} = folder()
  const child = spawn(process.execPath, [BINARY, ...into(file), '--yes'], {env: cleanEnvironment(sandbox), cwd})
  const watch = setInterval(() => sandbox.calls.get('GetExport') && reached(), 20)
  await isExporting
  clearInterval(watch)
  expect((await apigateway.getStages({restApiId})).item).toHaveLength(1)
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  expect(code).toBe(130)
  expect((await apigateway.getStages({restApiId})).item ?? []).toEqual([])
  expect((await apigateway.getDeployments({restApiId})).items ?? []).toEqual([])
  expect(sandbox.calls.get('PutRestApi')).toBeUndefined()
  expect(readdirSync(cwd)).toEqual(['toys.json'])
})

test('Ctrl-C while the service imports says that some of it may be there, and how to go back', async () => {
  const {sandbox} = await petstore({latencyOf: operation => (operation === 'PutRestApi' ? 30_000 : 0)})
  const {cwd, file} = folder()
  const child = spawn(process.execPath, [BINARY, ...into(file), '--yes'], {env: cleanEnvironment(sandbox), cwd})
  let said = ''
  child.stderr.on('data', text => (said += text))
  while (!sandbox.calls.get('PutRestApi')) await new Promise(resolve => setTimeout(resolve, 20))
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  expect(code).toBe(130)
  expect(said).toMatch(
    /Interrupted while the service was importing\.\nSome of it may be in petstore now\.\nTo have it back/,
  )
})
