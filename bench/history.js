// How fast a large window of a log is written to a file, as a multiple of what the AWS CLI takes for the same, and of
// what a bare loop over the pages takes, all in this run, on a server whose FilterLogEvents takes 300 ms: 200,000 events
// of 10,000 requests in 50 streams. Says how many calls each made, how many of them within one second at most, how much
// memory each took, and whether the lines are the same and in the same order.
//   npm run build && node bench/history.js
import {fork, spawn, spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {createReadStream, mkdtempSync, openSync, rmSync} from 'node:fs'
import {request} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'

const RUNS = 3
const AWS = 'aws logs tail'
const LATENCY = '300'
// Version 1, which may be the first on the PATH, cannot tail.
const isTailing = program => /^aws-cli\/2/.test(spawnSync(program, ['--version'], {encoding: 'utf8'}).stdout ?? '')
const aws = ['aws', '/usr/bin/aws', '/usr/local/bin/aws'].find(isTailing) ?? 'aws'
const apigw = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const self = fileURLToPath(import.meta.url)

if (process.argv[2] === 'bare') {
  const [url, logGroupName, startTime] = process.argv.slice(3)
  await bareLoop(url, {logGroupName, startTime: Number(startTime)})
  process.exit()
}

/** Every page after the other, written as the AWS CLI writes it. */
async function bareLoop(url, query) {
  let nextToken
  do {
    const call = request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
        authorization: 'AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/logs/aws4_request',
      },
    })
    call.end(JSON.stringify({...query, nextToken}))
    const [response] = await once(call, 'response')
    const page = JSON.parse(await text(response))
    const lines = page.events.map(
      ({timestamp, logStreamName, message}) =>
        `${new Date(timestamp).toISOString()} ${logStreamName} ${message.trimEnd()}\n`,
    )
    process.stdout.write(lines.join(''))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
}

const server = fork(fileURLToPath(new URL('log-server.js', import.meta.url)), [LATENCY], {
  execArgv: ['--import', 'tsx'],
  env: {...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true'},
})
const [{url, restApiId, group, since}] = await once(server, 'message')
const folder = mkdtempSync(join(tmpdir(), 'apigw-bench-'))
const sinceText = new Date(since).toISOString()

const programs = {
  'bare loop': [process.execPath, self, 'bare', url, group, String(since)],
  apigw: [
    process.execPath,
    apigw,
    'logs',
    'tail',
    '--api',
    restApiId,
    '--stage',
    'prod',
    '--since',
    sinceText,
    '--raw',
  ],
  // It does not read AWS_ENDPOINT_URL before 2.13.
  [AWS]: [aws, 'logs', 'tail', group, '--since', sinceText, '--endpoint-url', url],
}

/** What stands before the message in a line of each program. */
const heads = {'bare loop': /^\S+ \S+ /, apigw: /^\S+\t/, [AWS]: /^\S+ \S+ /}

const env = {
  ...process.env,
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
}

/** One run to a file: milliseconds, when its calls came in, and MB of memory at most. */
async function measured(name) {
  const [program, ...argv] = programs[name]
  const start = performance.now()
  const child = spawn('/usr/bin/time', ['-f', '%M', program, ...argv], {
    stdio: ['ignore', openSync(join(folder, name), 'w'), 'pipe'],
    env,
  })
  const [[code], said] = await Promise.all([once(child, 'exit'), text(child.stderr)])
  const time = performance.now() - start
  if (code !== 0) throw new Error(`${name}: ${said}`)
  server.send('calls')
  const [calls] = await once(server, 'message')
  return {time, calls, memory: Number(said.trim().split('\n').at(-1)) / 1024}
}

/** The most of them that came in within any second. */
const busiest = calls => Math.max(...calls.map(first => calls.filter(at => at >= first && at < first + 1_000).length))

/** A hash of the messages in a file in their order, and how many there are. */
async function messagesOf(name) {
  const hash = createHash('sha256')
  let count = 0
  for await (const line of createInterface({input: createReadStream(join(folder, name))})) {
    hash.update(`${line.replace(heads[name], '')}\n`)
    count++
  }
  return `${count} ${hash.digest('base64url')}`
}

const runs = new Map(Object.keys(programs).map(name => [name, []]))
for (let i = 0; i < RUNS; i++) for (const [name, done] of runs) done.push(await measured(name))

const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
const time = name => median(runs.get(name).map(({time}) => time))
const most = (name, of) => Math.max(...runs.get(name).map(of))
const expected = await messagesOf(AWS)
for (const name of runs.keys()) {
  const calls = `${most(name, ({calls}) => calls.length)} calls, at most ${most(name, ({calls}) => busiest(calls))} a second`
  const memory = `${most(name, ({memory}) => memory).toFixed(0)} MB`
  const same = (await messagesOf(name)) === expected ? 'the same lines' : 'OTHER LINES'
  const ratio = name === AWS ? '' : `, ${(time(AWS) / time(name)).toFixed(2)} x as fast as ${AWS}`
  console.log(`${name}: ${calls}, ${memory}, ${same}${ratio}`)
}
// As many calls as there are pages, five at once every second, and no time for anything else.
const pages = most('bare loop', ({calls}) => calls.length)
const least = Math.floor((pages - 1) / 5) * 1_000 + Number(LATENCY)
console.log(`the bound for five calls a second: ${(time(AWS) / least).toFixed(2)} x as fast as ${AWS}`)
rmSync(folder, {recursive: true})
server.disconnect()
