import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {ROOT} from '../support/apigw.js'
import {cleanEnvironment} from '../support/binary.js'

test('the quickstart runs the whole job, each command before its output', () => {
  const argv = [join(ROOT, 'examples', 'quickstart', 'run.js')]
  const result = spawnSync(process.execPath, argv, {cwd: ROOT, env: cleanEnvironment(), encoding: 'utf8'})
  expect(result, result.stderr).toMatchObject({status: 0})
  const commands = result.stdout.split('\n').filter(line => line.startsWith('$ '))
  expect(commands.map(line => line.split(' ').slice(0, 4).join(' '))).toEqual([
    '$ apigw apis import',
    '$ apigw deploy --output',
    '$ apigw plans create',
    '$ apigw keys create',
    '$ apigw logs enable',
    '$ apigw stages url',
    expect.stringMatching(/^\$ curl http/),
    expect.stringMatching(/^\$ curl -H "x-api-key:/),
    '$ apigw logs tail',
  ])
  expect(result.stdout).toContain('HTTP 403 {"message":"Forbidden"}')
  expect(result.stdout).toContain('HTTP 200 {"id": "7", "name": "Rex"}')
  expect(result.stdout).toMatch(/\t403\tGET\t\/pets\t.*\tkey-missing\t/)
  expect(result.stdout).toMatch(/\t200\tGET\t\/pets\/\{id\}\t/)
})
