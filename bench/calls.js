// How many calls of the control plane each command makes for a large API, as a multiple of the least possible number, on
// a sandbox with the real rates. The least possible is what the job cannot do without: a page of 500 of each list that it
// has to read (the API is found by its name, a call), and the calls that change something. Says how long each took and
// whether it was throttled, which none should be.
//   npm run build && node bench/calls.js [operations]
import {fork, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'

const operations = Number(process.argv[2] ?? 500)
const apigw = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const server = fork(fileURLToPath(new URL('api-server.js', import.meta.url)), {
  execArgv: ['--import', 'tsx'],
  env: {...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true'},
})
const [{url}] = await once(server, 'message')
const ask = async message => {
  server.send(message)
  const [answer] = await once(server, 'message')
  return answer
}

const cwd = mkdtempSync(join(tmpdir(), 'apigw-bench-'))
const large = await ask({definition: {operations}})
writeFileSync(join(cwd, 'large.json'), large.body)
const document = JSON.parse(large.body)
const [first] = Object.keys(document.paths)
delete document.paths[first]
writeFileSync(join(cwd, 'edited.json'), JSON.stringify(document))

const env = {
  ...process.env,
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  APIGW_INVOKE_URL: `${url}/execute-api/{api}/{stage}`,
}

const pages = count => Math.ceil(count / 500)
/** Finding the API, whose settings come with it. */
const api = 1
/** Resources with methods, models, and a page each of authorizers, validators and gateway responses. */
const edited = pages(large.resources) + pages(large.models) + 3
const stages = 1
const exported = 1
const steps = [
  ['import', ['apis', 'import', 'large.json'], api + 1],
  ['deploy to a new stage', ['deploy', '--stage', 'prod'], api + stages + edited + 1],
  ['deploy, nothing to do', ['deploy', '--stage', 'prod'], api + stages + edited + exported],
  [
    'import into it',
    ['apis', 'import', 'edited.json', '--mode', 'overwrite', '--yes'],
    api + 2 * edited + stages + exported + 1,
  ],
  ['stages diff', ['stages', 'diff', 'prod'], api + stages + edited + exported],
  ['status', ['status'], api + stages + 1 + edited + exported],
  ['export', ['apis', 'export', '--stage', 'prod'], api + exported],
  ['deploy', ['deploy', '--stage', 'prod'], api + stages + edited + exported + 2],
]

console.log(`${operations} operations, ${large.resources} resources, ${large.models} models`)
for (const [name, argv, least] of steps) {
  // The rates are the account's: each command finds them unused.
  await new Promise(resolve => setTimeout(resolve, 6_000))
  await ask('calls')
  const start = performance.now()
  const more = name === 'import' ? [] : ['--api', 'large']
  const child = spawn(process.execPath, [apigw, ...argv, ...more], {cwd, env, stdio: ['ignore', 'ignore', 'pipe']})
  const [[code], said] = await Promise.all([once(child, 'exit'), text(child.stderr)])
  const seconds = ((performance.now() - start) / 1_000).toFixed(1)
  if (code !== 0) throw new Error(`${name}: ${said}`)
  const calls = await ask('calls')
  const count = Object.values(calls).reduce((sum, each) => sum + each, 0)
  const throttled = said.includes('throttled') ? ', THROTTLED' : ''
  console.log(`${name}: ${count} calls, ${(count / least).toFixed(2)} x the least (${least}), ${seconds} s${throttled}`)
  if (process.env.VERBOSE) console.log(calls)
}
rmSync(cwd, {recursive: true})
server.disconnect()
