import {execFile, spawn} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {CloudWatchLogs} from '@aws-sdk/client-cloudwatch-logs'
import {expect, onTestFinished, test} from 'vitest'
import {ROOT} from '../support/apigw.js'
import {BINARY, cleanEnvironment, run} from '../support/binary.js'
import {sandboxForTest} from '../support/sandbox.js'
import {BOOKSHOP, startMoto} from './support/moto.js'

// Live Tail with other people's code at the other end: boto3, which moto brings along, reads the sandbox's event stream,
// and the program reads that of moto.

const PYTHON = join(ROOT, '.venv', 'bin', 'python')

/** Prints what boto3 makes of a session, one line of JSON per event, and puts an event of its own at the start. */
const READER = `
import boto3, json, sys, time
from botocore.config import Config
from botocore.exceptions import EventStreamError
logs = boto3.client('logs', endpoint_url=sys.argv[1], config=Config(inject_host_prefix=False))
stream = logs.start_live_tail(logGroupIdentifiers=[sys.argv[2]], logEventFilterPattern='wanted')['responseStream']
try:
    for event in stream:
        print(json.dumps(event))
        if 'sessionStart' in event:
            events = [{'timestamp': int(time.time() * 1000), 'message': text} for text in ('wanted \\u2714', 'other')]
            logs.put_log_events(logGroupName='g', logStreamName='s', logEvents=events)
except EventStreamError as error:
    print(json.dumps(error.response['Error']))
`

test('boto3 reads a session of the sandbox, from its start to its timeout', async () => {
  const {sandbox, logs} = await sandboxForTest({liveTailInterval: 100, liveTailSession: 1_000})
  await logs.createLogGroup({logGroupName: 'g'})
  await logs.createLogStream({logGroupName: 'g', logStreamName: 's'})
  const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:g'
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  const {stdout} = await promisify(execFile)(PYTHON, ['-c', READER, sandbox.url, arn], {env})
  const events = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(events[0]).toMatchObject({sessionStart: {logGroupIdentifiers: [arn], logEventFilterPattern: 'wanted'}})
  const updates = events.slice(1, -1)
  expect(updates.length).toBeGreaterThan(5)
  expect(updates.every(({sessionUpdate}) => sessionUpdate.sessionMetadata.sampled === false)).toBe(true)
  expect(updates.flatMap(({sessionUpdate}) => sessionUpdate.sessionResults)).toEqual([
    {
      logGroupIdentifier: arn,
      logStreamName: 's',
      message: 'wanted ✔',
      timestamp: expect.any(Number),
      ingestionTime: expect.any(Number),
    },
  ])
  expect(events.at(-1)).toMatchObject({Code: 'SessionTimeoutException'})
})

// Unlike the service, moto begins a session with what is there already, and ends it after one update.
test('logs tail --live shows each event of moto once, though its sessions bring them again and again', async () => {
  const moto = await startMoto()
  onTestFinished(() => moto.stop())
  const imported = await run(['apis', 'import', '-', '--json'], {env: moto.env, input: BOOKSHOP})
  const {id} = JSON.parse(imported.stdout)
  await run(['deploy', '--api', 'bookshop', '--stage', 'prod'], {env: moto.env})
  const logs = new CloudWatchLogs({
    endpoint: moto.env.AWS_ENDPOINT_URL as string,
    region: 'us-east-1',
    credentials: {accessKeyId: 'moto', secretAccessKey: 'moto'},
  })
  const at = {logGroupName: `API-Gateway-Execution-Logs_${id}/prod`, logStreamName: 's'}
  await logs.createLogGroup(at)
  await logs.createLogStream(at)
  const put = (message: string) => logs.putLogEvents({...at, logEvents: [{timestamp: Date.now(), message}]})
  await put('one')

  const argv = [BINARY, 'logs', 'tail', '--api', 'bookshop', '--stage', 'prod', '--live', '--raw']
  const child = spawn(process.execPath, argv, {env: cleanEnvironment(undefined, moto.env)})
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', text => {
    stdout += text
  })
  child.stderr.on('data', text => {
    stderr += text
  })
  const messages = () =>
    stdout
      .trimEnd()
      .split(/\S+\t|\n/)
      .filter(text => text !== '')
  await expect.poll(() => stderr, {timeout: 20_000}).toContain('Live Tail costs')
  await put('two')
  await expect.poll(messages, {timeout: 20_000}).toEqual(['one', 'two'])
  // One that moto's next session brings.
  await expect.poll(() => stderr, {timeout: 20_000}).toContain('broke off: CloudWatch Logs ended the session.')
  await put('three')
  await expect.poll(messages, {timeout: 20_000}).toEqual(['one', 'two', 'three'])
})
