import {writeFileSync} from 'node:fs'
import {afterEach, expect, test, vi} from 'vitest'
import {openLocation} from '../../src/aws/location.js'
import {systemClock} from '../../src/cli/context.js'
import type {Session} from '../../src/domain/session.js'

const session = (settings: Partial<Session> = {}): Session => ({
  pacing: false,
  maxWait: 0,
  signal: new AbortController().signal,
  clock: systemClock,
  notice: () => {},
  progress: () => ({at() {}, end() {}}),
  ...settings,
})

afterEach(() => vi.unstubAllEnvs())

test('Region and endpoint of a profile are found by the SDK, the partition follows from the Region', async () => {
  const settings = '[profile beijing]\nregion = cn-north-1\nendpoint_url = http://localhost:4566\n'
  writeFileSync(process.env.AWS_CONFIG_FILE!, settings)
  vi.stubEnv('AWS_PROFILE', 'beijing')
  expect(await openLocation(session({profile: 'beijing'}))).toMatchObject({
    region: 'cn-north-1',
    partition: 'aws-cn',
    dnsSuffix: 'amazonaws.com.cn',
    endpointUrl: expect.stringMatching(/^http:\/\/localhost:4566\/?$/),
  })
})

test('what was said on the command line wins over the environment', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://localhost:1')
  const there = await openLocation(session({region: 'eu-west-1', endpointUrl: 'http://localhost:2'}))
  expect(there).toMatchObject({region: 'eu-west-1', partition: 'aws', endpointUrl: 'http://localhost:2'})
})

test('no Region at all is wrong usage', async () => {
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
  await expect(openLocation(session())).rejects.toMatchObject({
    kind: 'usage',
    hint: expect.stringContaining('--region'),
  })
})
