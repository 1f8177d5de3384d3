// Keys at the scale of a real account, on a sandbox in a process of its own whose answers each take 20 ms:
//   list    10,000 keys, as a multiple of what `aws apigateway get-api-keys` takes for the same, as it is and with its best
//           page size, and how many calls each made; also the first key alone, for a reader that goes then
//   import  10,000 keys, as a multiple of what the bare calls take: the same batches, and all keys read once, which it takes
//           to know what became of them
//   delete  1,000 keys under the service's rate, five in a second, as a multiple of the least time that it allows, and how
//           many calls were refused; takes 200 s
// Everything is compared within this run, as medians measured in turns.
//   npm run build && node bench/keys.js [list] [import] [delete]
import {fork, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {request} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import {keyFile} from './key-file.js'

const RUNS = 3
const KEYS = 10_000
const DELETED = 1_000
const LATENCY = '20'
/** DeleteApiKey: five at once, then one every 200 ms. */
const LEAST_TIME = (DELETED - 5) * 200
const apigw = [process.execPath, fileURLToPath(new URL('../bin/run.js', import.meta.url))]
const self = fileURLToPath(import.meta.url)

if (process.argv[2] === 'bare') {
  const [url, file, count, isRead] = process.argv.slice(3)
  await bareImport(url, file, Number(count))
  if (isRead) await bareList(url)
  process.exit()
}

async function bareCall(url, method, body) {
  const authorization = 'AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/apigateway/aws4_request'
  const headers = {authorization, 'content-type': 'application/octet-stream', 'content-length': Buffer.byteLength(body)}
  const call = request(url, {method, headers})
  call.end(body)
  const [response] = await once(call, 'response')
  const answer = await text(response)
  if (response.statusCode >= 300) throw new Error(answer)
  return JSON.parse(answer)
}

/** A file of keys in so many calls, one after the other. */
async function bareImport(url, file, count) {
  const [header, ...rows] = readFileSync(file, 'utf8').split('\n')
  const size = Math.ceil(rows.length / count)
  for (let i = 0; i < rows.length; i += size) {
    const body = [header, ...rows.slice(i, i + size)].join('\n')
    await bareCall(`${url}/apikeys?mode=import&format=csv`, 'POST', body)
  }
}

/** All keys, page by page. */
async function bareList(url) {
  let position
  do {
    const query = new URLSearchParams({limit: '500', includeValues: 'true', ...(position && {position})})
    const page = await bareCall(`${url}/apikeys?${query}`, 'GET', '')
    position = page.position
  } while (position)
}

/** Version 1, which may be the first on the PATH, is slower still. */
const isCurrent = program => /^aws-cli\/2/.test(spawnSync(program, ['--version'], {encoding: 'utf8'}).stdout ?? '')
const aws = ['aws', '/usr/bin/aws', '/usr/local/bin/aws'].find(isCurrent)

const jobs = {list, import: importKeys, delete: deleteKeys}
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(jobs)
const server = fork(
  fileURLToPath(new URL('key-server.js', import.meta.url)),
  [LATENCY, wanted.includes('delete') ? String(DELETED) : '0'],
  {execArgv: ['--import', 'tsx'], env: {...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true'}},
)
const [{url, rated}] = await once(server, 'message')
const folder = mkdtempSync(join(tmpdir(), 'apigw-bench-'))

/** One run to a file: milliseconds, its calls, and what it wrote. */
async function measured([program, ...argv], {on = url, input} = {}) {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: on,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_PAGER: '',
  }
  await callsSince()
  const output = join(folder, 'output')
  const start = performance.now()
  const child = spawn(program, argv, {env, cwd: folder, stdio: ['pipe', openSync(output, 'w'), 'pipe']})
  child.stdin.end(input)
  const [[code], said] = await Promise.all([once(child, 'exit'), text(child.stderr)])
  const time = performance.now() - start
  if (code !== 0) throw new Error(`${[program, ...argv].join(' ')}: ${said}`)
  return {time, calls: await callsSince(), output: readFileSync(output, 'utf8')}
}

async function callsSince() {
  server.send('calls')
  const [calls] = await once(server, 'message')
  return calls
}

/** Every way several times, in turns: the median time of each, and its last run. */
async function inTurns(ways) {
  const runs = new Map(Object.keys(ways).map(name => [name, []]))
  for (let i = 0; i < RUNS; i++) for (const [name, way] of Object.entries(ways)) runs.get(name).push(await way())
  const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
  return Object.fromEntries(
    [...runs].map(([name, done]) => [name, {...done.at(-1), time: median(done.map(({time}) => time))}]),
  )
}

const countOf = calls => Object.values(calls).reduce((sum, each) => sum + each, 0)
const ratio = (one, other) => (one.time / other.time).toFixed(3)

async function list() {
  const awsList = [aws, 'apigateway', 'get-api-keys', '--endpoint-url', url, '--output', 'json']
  const head = ['bash', '-c', `set -o pipefail; "$0" "$1" keys list | head -1`, ...apigw]
  const runs = await inTurns({
    'apigw keys list': () => measured([...apigw, 'keys', 'list']),
    'apigw keys list --json': () => measured([...apigw, 'keys', 'list', '--json']),
    'apigw keys list | head -1': () => measured(head),
    ...(aws ? {'aws, its defaults': () => measured(awsList)} : {}),
    ...(aws ? {'aws --page-size 500': () => measured([...awsList, '--page-size', '500'])} : {}),
  })
  const idsOf = output => JSON.parse(output).map(({id}) => id)
  const ids = JSON.stringify(idsOf(runs['apigw keys list --json'].output))
  console.log(`listing ${KEYS} keys: ${KEYS / 500} pages of 500`)
  for (const [name, run] of Object.entries(runs)) {
    const peers = aws && name.startsWith('apigw') ? ['aws, its defaults', 'aws --page-size 500'] : []
    const ratios = peers.map(peer => `, ${ratio(run, runs[peer])} x ${peer}`)
    console.log(`  ${name}: ${countOf(run.calls)} calls${ratios.join('')}`)
  }
  if (!aws) return console.log('  the AWS CLI is not on this machine')
  const isSame = JSON.stringify(JSON.parse(runs['aws, its defaults'].output).items.map(({id}) => id)) === ids
  console.log(`  ${isSame ? 'the same keys in the same order' : 'OTHER KEYS'}`)
}

async function importKeys() {
  const file = join(folder, 'keys.csv')
  writeFileSync(file, keyFile(KEYS))
  const emptied = async argv => {
    await fetch(`${url}/_sandbox/reset`, {method: 'POST'})
    return measured(argv)
  }
  const bare = [process.execPath, self, 'bare', url, file]
  const {calls} = await emptied([...apigw, 'keys', 'import', file])
  const runs = await inTurns({
    apigw: () => emptied([...apigw, 'keys', 'import', file]),
    batches: () => emptied([...bare, String(calls.ImportApiKeys)]),
    both: () => emptied([...bare, String(calls.ImportApiKeys), 'read']),
  })
  const counts = `${calls.ImportApiKeys} calls of ImportApiKeys and ${countOf(calls) - calls.ImportApiKeys} others`
  const ratios = `${ratio(runs.apigw, runs.both)} x the bare calls, ${ratio(runs.apigw, runs.batches)} x the batches alone`
  console.log(`importing ${KEYS} keys: ${counts}, ${ratios}`)
}

async function deleteKeys() {
  const argv = [...apigw, 'keys', 'delete', '-', '--confirm', String(DELETED)]
  const {time, calls} = await measured(argv, {on: rated.url, input: `${rated.ids.join('\n')}\n`})
  const refused = calls.DeleteApiKey - DELETED
  const least = (time / LEAST_TIME).toFixed(3)
  console.log(`deleting ${DELETED} keys: ${least} x the least time, ${refused} of ${countOf(calls)} calls refused`)
}

for (const job of wanted) await jobs[job]()
rmSync(folder, {recursive: true})
server.disconnect()
