// How much memory it takes to tail 1,000,000 events for a reader that is slower than the service: the most that the
// program had resident, as a multiple of what it has when there is nothing to tail. Events of a quarter of an hour, and of
// less than a minute, all of whose ids have to be remembered for late events while following.
//   npm run build && node bench/memory.js
import {spawn} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'

const EVENTS = 1_000_000
/** Bytes that the reader takes a second: far fewer than come. */
const READ = 12_000_000
const apigw = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const text = 'x'.repeat(64)

/** A group with so many events, evenly over a window; the service's pages of 10,000 events or 1 MB. */
function group(count, since, span) {
  const timeOf = i => since + Math.floor((i * span) / count)
  /** Index of the first event of a time or later. */
  const indexOf = time => Math.min(count, Math.max(0, Math.ceil(((time - since) * count) / span)))
  return ({startTime = 0, endTime = Number.POSITIVE_INFINITY, nextToken, limit = 10_000, startFromHead = true}) => {
    const now = Date.now()
    const first = indexOf(startTime)
    const end = indexOf(Math.min(endTime + 1, now))
    const events = []
    let at = nextToken === undefined ? (startFromHead ? first : end - 1) : Number(nextToken)
    for (let bytes = 0; at >= first && at < end && events.length < limit && bytes < 1_000_000; bytes += 100) {
      const timestamp = timeOf(at)
      const eventId = `3${String(at).padStart(55, '0')}`
      events.push({timestamp, ingestionTime: timestamp, logStreamName: 's', eventId, message: `${text} ${at}`})
      at += startFromHead ? 1 : -1
    }
    return {events, nextToken: at >= first && at < end ? String(at) : undefined}
  }
}

async function serve(pageOf) {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const target = String(request.headers['x-amz-target'] ?? '')
    let answer = {}
    if (target.endsWith('.FilterLogEvents')) answer = pageOf(JSON.parse(body))
    else if (request.url.startsWith('/restapis/')) answer = {item: [{stageName: 'prod', deploymentId: 'd'}]}
    else if (request.url.startsWith('/restapis')) answer = {item: [{id: 'a1b2c3d4e5', name: 'pets'}]}
    response.writeHead(200, {'content-type': target ? 'application/x-amz-json-1.1' : 'application/json'})
    response.end(JSON.stringify(answer))
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** The most memory of a program that is read slowly, in MB, and how many lines it wrote. */
async function measure(pageOf, flags) {
  const server = await serve(pageOf)
  const argv = [apigw, 'logs', 'tail', '--api', 'pets', '--stage', 'prod', '--raw', ...flags]
  const url = `http://127.0.0.1:${server.address().port}`
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  }
  const child = spawn(process.execPath, argv, {env, stdio: ['ignore', 'pipe', 'inherit']})
  const ended = new Promise(resolve => child.once('close', resolve))
  let lines = 0
  let most = 0
  const watching = setInterval(() => {
    // A program that has just ended has none.
    const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : ''
    most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
  }, 50)
  for await (const chunk of child.stdout) {
    for (const byte of chunk) if (byte === 10) lines++
    await delay((chunk.length / READ) * 1_000)
  }
  await ended
  clearInterval(watching)
  server.close()
  return {lines, megabytes: most / 1024}
}

const now = Date.now()
const HISTORY = ['--since', '20m']
const FOLLOWING = ['--since', '20m', '--follow', '--max-events', String(EVENTS)]
const nothing = await measure(group(1, now - 60_000, 1), HISTORY)
const history = await measure(group(EVENTS, now - 900_000, 800_000), HISTORY)
const following = await measure(group(EVENTS, Date.now() - 50_000, 45_000), FOLLOWING)
for (const [name, {lines, megabytes}] of Object.entries({nothing, history, following})) {
  const ratio = (megabytes / nothing.megabytes).toFixed(2)
  console.log(`${name}: ${lines} events, ${ratio} x of nothing (${Math.round(megabytes)} MB)`)
}
