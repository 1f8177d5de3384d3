import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readdir, readFile, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {APIGateway} from '@aws-sdk/client-api-gateway'
import {expect, onTestFinished, test} from 'vitest'
import {startSandbox} from '../../src/sandbox/server.js'
import {deployedMockApi} from '../support/mock-api.js'
import {clientsOn, sandboxForTest} from '../support/sandbox.js'

const stateFile = async () => join(await mkdtemp(join(tmpdir(), 'apigw-state-')), 'state.json')

const SERVER = pathToFileURL(join(import.meta.dirname, '../../src/sandbox/server.ts')).href

/** A sandbox in a process of its own, to be killed. */
async function sandboxProcess(file: string) {
  const script = `
    import {startSandbox} from '${SERVER}'
    const sandbox = await startSandbox({stateFile: process.argv[1]})
    process.stdout.write(sandbox.url + '\\n')`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [url] = await once(child.stdout, 'data')
  return {child, url: String(url).trim()}
}

test('what was answered survives a kill in the middle of writing, whole', async () => {
  const file = await stateFile()
  const {child, url} = await sandboxProcess(file)
  const apigateway = new APIGateway({
    endpoint: url,
    region: 'us-east-1',
    credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
    maxAttempts: 1,
  })
  const answered: string[] = []
  const writers = Array.from({length: 4}, async (_, writer) => {
    for (let i = 0; ; i++) {
      const {id} = await apigateway.createApiKey({name: `key-${writer}-${i}`})
      answered.push(id!)
      if (answered.length === 30) child.kill('SIGKILL')
    }
  })
  await Promise.allSettled(writers)

  const sandbox = await startSandbox({stateFile: file})
  onTestFinished(() => sandbox.stop())
  const {items = []} = await clientsOn(sandbox).apigateway.getApiKeys({limit: 500})
  expect(items.map(key => key.id)).toEqual(expect.arrayContaining(answered))
})

test('a reopened state serves what was deployed, with its dates', async () => {
  const file = await stateFile()
  const first = await startSandbox({stateFile: file, millis: () => Date.UTC(2026, 0, 2, 3, 4, 5)})
  const {restApiId} = await deployedMockApi(clientsOn(first).apigateway)
  await first.stop()
  const {sandbox, apigateway} = await sandboxForTest({stateFile: file})
  expect((await apigateway.getRestApi({restApiId})).createdDate).toEqual(new Date('2026-01-02T03:04:05Z'))
  expect((await fetch(`${sandbox.url}/execute-api/${restApiId}/dev/`)).status).toBe(200)
})

test('a reopened state has its keys in their order, by value and on their plans', async () => {
  const file = await stateFile()
  const first = await startSandbox({stateFile: file})
  const {apigateway} = clientsOn(first)
  const {id: usagePlanId} = await apigateway.createUsagePlan({name: 'gold'})
  const value = 'the-value-of-the-first-key'
  for (const key of [{name: 'first', value}, {name: 'second'}, {name: 'third'}]) {
    const {id: keyId} = await apigateway.createApiKey(key)
    if (key.name !== 'second') await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
  }
  await first.stop()
  const again = clientsOn((await sandboxForTest({stateFile: file})).sandbox).apigateway
  const namesOf = ({items = []}: {items?: {name?: string}[] | undefined}) => items.map(({name}) => name)
  expect(namesOf(await again.getApiKeys({}))).toEqual(['third', 'second', 'first'])
  expect(namesOf(await again.getUsagePlanKeys({usagePlanId}))).toEqual(['third', 'first'])
  await expect(again.createApiKey({name: 'fourth', value})).rejects.toThrow('API Key already exists')
})

test('the state file is readable by its owner only and leaves nothing beside it', async () => {
  const file = await stateFile()
  const {apigateway} = await sandboxForTest({stateFile: file})
  await apigateway.createApiKey({name: 'secret'})
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(file, '..'))).toEqual(['state.json'])
})

test('a file that is no state is refused and left alone', async () => {
  const file = await stateFile()
  await writeFile(file, '{"version":')
  await expect(startSandbox({stateFile: file})).rejects.toThrow(`${file} is not a sandbox state file`)
  expect(await readFile(file, 'utf8')).toBe('{"version":')
})
