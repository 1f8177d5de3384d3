import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {resolveContext} from '../../src/cli/context.js'

function ioIn(cwd: string, env: Record<string, string> = {}) {
  return {stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), env, cwd}
}

function project(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'apigw-project-'))
  writeFileSync(join(folder, '.apigw.yaml'), text)
  return folder
}

const resolve = (flags: object, cwd: string, env?: Record<string, string>) =>
  resolveContext(flags, ioIn(cwd, env), new AbortController().signal, {
    notice: () => {},
    progress: () => ({at() {}, end() {}}),
    beforeMore: async () => {},
  })

test('a flag wins over the environment, which wins over the project file found upwards', async () => {
  const folder = project('api: file-api\nstage: file-stage\nregion: eu-west-1\nprotectedStages: [prod]\n')
  const below = join(folder, 'a', 'b')
  mkdirSync(below, {recursive: true})
  const context = await resolve({api: 'flag-api'}, below, {APIGW_API: 'env-api', APIGW_STAGE: 'env-stage'})
  expect(context).toMatchObject({api: 'flag-api', stage: 'env-stage', protectedStages: ['prod']})
  expect(context.session.region).toBe('eu-west-1')
})

test('without a project file nothing is assumed', async () => {
  const context = await resolve({}, mkdtempSync(join(tmpdir(), 'apigw-none-')))
  expect(context).toMatchObject({api: undefined, stage: undefined, protectedStages: []})
  expect(context.session).toMatchObject({region: undefined, profile: undefined, pacing: true})
})

test.each([
  ['stge: prod\n', 'unknown setting "stge"'],
  ['protectedStages: prod\n', 'must be a list'],
  ['api: 5\n', 'must be a text'],
  ['- api\n', 'not a map'],
  ['api: [\n', 'not YAML'],
  ['stage: prod\napi: [petstore\n', /at line 3, column 1\.$/],
])('a project file that says %j is wrong usage and the file is named', async (text, words) => {
  const folder = project(text)
  await expect(resolve({}, folder)).rejects.toMatchObject({kind: 'usage', message: expect.stringMatching(words)})
  await expect(resolve({}, folder)).rejects.toMatchObject({
    message: expect.stringContaining(join(folder, '.apigw.yaml')),
  })
})
