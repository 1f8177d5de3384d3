// The main job, for real, on a sandbox of its own: import, deploy, plan, key, log, call, tail. Each command is printed
// before its output. Ends with 1 and says which step failed if one does.
import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

const apigw = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const definition = 'examples/quickstart/petstore.yaml'

if (!process.env.AWS_ENDPOINT_URL?.includes('127.0.0.1') || process.argv[2] !== 'inside') {
  const words = ['sandbox', 'exec', '--', process.execPath, fileURLToPath(import.meta.url), 'inside']
  process.exit(spawnSync(process.execPath, [apigw, ...words], {stdio: 'inherit'}).status ?? 1)
}

/** Prints a command, runs it, prints what it says, and returns what it wrote to stdout. */
function step(line, {quiet = false} = {}) {
  console.log(`\n$ apigw ${line}`)
  const {status, stdout} = spawnSync(process.execPath, [apigw, ...line.split(' ')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {...process.env, APIGW_API: 'petstore', APIGW_STAGE: 'prod'},
  })
  if (!quiet) process.stdout.write(stdout)
  if (status !== 0) fail(`apigw ${line} ended with exit code ${status}`)
  return stdout.trim()
}

/** Calls the API as a client would, and insists on the status. */
async function call(url, headers, expected) {
  console.log(`\n$ curl ${headers['x-api-key'] ? '-H "x-api-key: $KEY" ' : ''}${url}`)
  const response = await fetch(url, {headers})
  console.log(`HTTP ${response.status} ${await response.text()}`)
  if (response.status !== expected) fail(`${url} answered ${response.status} instead of ${expected}`)
}

function fail(message) {
  console.error(`\nQuickstart failed: ${message}`)
  process.exit(1)
}

console.log('export APIGW_API=petstore APIGW_STAGE=prod')
step(`apis import ${definition} --output table`)
step('deploy --output table')
step('plans create gold --stage petstore:prod --rate 10 --burst 20 --quota 1000/day --output table')
const key = step('keys create mobile --plan gold --value-only', {quiet: true})
console.log('(kept in $KEY)')
step('logs enable --level info --create-role --yes --output table')
const url = step('stages url')
await call(`${url}/pets`, {}, 403)
await call(`${url}/pets/7`, {'x-api-key': key}, 200)
const log = step('logs tail --since 5m')
if (!log.includes('\t200\tGET\t/pets/{id}')) fail('the log does not show the call')
if (log.includes(key)) fail('the key is in the log')
console.log('\nThat was the whole job: imported, deployed, protected by a key on a plan, called, and its log tailed.')
