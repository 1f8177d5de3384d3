// What following a log loses and repeats, and how long after an event can be read it is shown, beside the AWS CLI where
// there is one, both on the same stream: 1,300 events, 10 % of them late by 3 to 9 s; and the same while the service
// throttles for 6 s. Takes a minute and a half.
//   npm run build && node --import tsx bench/follow.js
import {spawn, spawnSync} from 'node:child_process'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {APIGateway} from '@aws-sdk/client-api-gateway'
import {CloudWatchLogs} from '@aws-sdk/client-cloudwatch-logs'
import {startSandbox} from '../src/sandbox/server.ts'

const EVENTS = 1_300
const EVERY = 50
const LATE = 0.1
const THROTTLED = [30_000, 36_000]
/** For what comes late, and for whoever waits after a throttle. */
const AFTERWARDS = 20_000
/** The AWS CLI of version 1 has no `logs tail`. */
const isTailing = program => /^aws-cli\/2/.test(spawnSync(program, ['--version'], {encoding: 'utf8'}).stdout ?? '')
const aws = ['aws', '/usr/bin/aws', '/usr/local/bin/aws'].find(isTailing) ?? 'aws'
const apigw = fileURLToPath(new URL('../bin/run.js', import.meta.url))

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

async function stage(sandbox) {
  const credentials = {accessKeyId: 'bench', secretAccessKey: 'bench'}
  const configuration = {endpoint: sandbox.url, region: 'us-east-1', credentials}
  const gateway = new APIGateway(configuration)
  const logs = new CloudWatchLogs(configuration)
  const {id: restApiId = ''} = await gateway.createRestApi({name: 'pets'})
  const {items: [root] = []} = await gateway.getResources({restApiId})
  const method = {restApiId, resourceId: root?.id, httpMethod: 'GET'}
  await gateway.putMethod({...method, authorizationType: 'NONE'})
  await gateway.putIntegration({...method, type: 'MOCK'})
  await gateway.createDeployment({restApiId, stageName: 'prod'})
  const stream = {logGroupName: `API-Gateway-Execution-Logs_${restApiId}/prod`, logStreamName: 's'}
  await logs.createLogGroup(stream)
  await logs.createLogStream(stream)
  return {logs, stream}
}

/** A program that follows; when it showed what, and how it ended. */
function follower(program, argv, url) {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  }
  const child = spawn(program, argv, {env, stdio: ['ignore', 'pipe', 'pipe']})
  const shown = new Map()
  const following = {shown, error: undefined, isMissing: false, stop: () => child.kill('SIGINT'), ended: undefined}
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    for (const line of lines) {
      const event = /event (\d+)$/.exec(line)?.[1]
      if (event !== undefined) shown.set(Number(event), [...(shown.get(Number(event)) ?? []), Date.now()])
    }
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  child.once('error', () => {
    following.isMissing = true
  })
  following.ended = new Promise(resolve => child.once('close', resolve)).then(code => {
    if (code !== 0 && code !== 130 && code !== null) following.error = said.trim().split('\n').at(-1)
  })
  return following
}

/** Milliseconds between the moment an event can be read and the moment it is shown first: median, 99th, longest. */
function delays(shown, visible) {
  const sorted = [...shown].map(([event, [first]]) => first - visible.get(event)).sort((a, b) => a - b)
  const at = share => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN)
  return `${at(0.5)} ms, ${at(0.99)} ms, ${at(1)} ms`
}

async function scenario(name, throttled) {
  const visible = new Map()
  const lateness = new Map()
  let started = Number.POSITIVE_INFINITY
  const sandbox = await startSandbox({
    logDelay: ({message}) => lateness.get(Number(/\d+$/.exec(message)?.[0])) ?? 0,
    fault: ({operation}) => {
      const time = Date.now() - started
      if (operation !== 'FilterLogEvents' || !throttled || time < throttled[0] || time >= throttled[1]) return undefined
      return {kind: 'error', status: 400, code: 'ThrottlingException', message: 'Rate exceeded'}
    },
  })
  const {logs, stream} = await stage(sandbox)
  const programs = {
    'apigw logs tail --follow': follower(
      process.execPath,
      [apigw, 'logs', 'tail', '--api', 'pets', '--stage', 'prod', '--raw', '--follow'],
      sandbox.url,
    ),
    'aws logs tail --follow': follower(
      aws,
      ['logs', 'tail', stream.logGroupName, '--follow', '--format', 'short', '--endpoint-url', sandbox.url],
      sandbox.url,
    ),
  }
  await delay(4_000) // Both are at it.
  started = Date.now()
  for (let event = 0; event < EVENTS; event++) {
    await delay(Math.max(0, started + event * EVERY - Date.now()))
    if (Math.random() < LATE) lateness.set(event, 3_000 + Math.random() * 6_000)
    const timestamp = Date.now()
    visible.set(event, timestamp + (lateness.get(event) ?? 0))
    await logs.putLogEvents({...stream, logEvents: [{timestamp, message: `event ${event}`}]})
  }
  await delay(AFTERWARDS)
  const lines = [`${name}: ${EVENTS} events, ${lateness.size} of them late`]
  for (const [program, {shown, stop, ended, ...end}] of Object.entries(programs)) {
    stop()
    await ended
    if (end.isMissing) {
      lines.push(`  ${program}: not on this machine`)
      continue
    }
    if (shown.size === 0) {
      lines.push(`  ${program}: shows nothing; ${programs[program].error ?? ''}`)
      continue
    }
    const repeated = [...shown.values()].filter(times => times.length > 1).length
    lines.push(`  ${program}: lost ${EVENTS - shown.size}, repeated ${repeated}; shown after ${delays(shown, visible)}`)
    if (programs[program].error) lines.push(`    it ended with: ${programs[program].error}`)
  }
  await sandbox.stop()
  return lines.join('\n')
}

const results = await Promise.all([scenario('late events', undefined), scenario('and 6 s of throttling', THROTTLED)])
for (const result of results) console.log(result)
