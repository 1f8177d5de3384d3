// How long the program takes to start, as a multiple of what bare Node takes, and a listing against the AWS CLI's where
// there is one. Each line is a ratio of medians measured in turns within this run; absolute times say nothing.
//   npm run build && node bench/startup.js
import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

const RUNS = 15
const apigw = fileURLToPath(new URL('../bin/run.js', import.meta.url))

if (process.argv[2] !== 'inside') {
  // Everything that talks to a server talks to the same sandbox, in one run.
  const argv = [apigw, 'sandbox', 'exec', '--', process.execPath, fileURLToPath(import.meta.url), 'inside']
  process.exit(spawnSync(process.execPath, argv, {stdio: 'inherit'}).status ?? 1)
}

const programs = {
  'bare node': [process.execPath, '-e', '0'],
  'apigw --version': [process.execPath, apigw, '--version'],
  'apigw keys create --help': [process.execPath, apigw, 'keys', 'create', '--help'],
  'apigw apis list': [process.execPath, apigw, 'apis', 'list'],
  'aws apigateway get-rest-apis': ['aws', 'apigateway', 'get-rest-apis', '--output', 'text'],
}

/** Milliseconds of one run; undefined where the program is not there or fails. */
function once([program, ...argv]) {
  const start = process.hrtime.bigint()
  const {status} = spawnSync(program, argv, {stdio: 'ignore', env: {...process.env, AWS_PAGER: ''}})
  return status === 0 ? Number(process.hrtime.bigint() - start) / 1e6 : undefined
}

const times = new Map(Object.keys(programs).map(name => [name, []]))
for (let i = 0; i < RUNS; i++) for (const [name, words] of Object.entries(programs)) times.get(name).push(once(words))

const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
const ratio = (name, to) => (median(times.get(name)) / median(times.get(to))).toFixed(2)
const works = name => times.get(name).every(time => time !== undefined)

for (const name of ['apigw --version', 'apigw keys create --help', 'apigw apis list']) {
  console.log(`${name}: ${works(name) ? `${ratio(name, 'bare node')} x bare node` : 'does not run'}`)
}
const aws = 'aws apigateway get-rest-apis'
console.log(works(aws) ? `apigw apis list: ${ratio('apigw apis list', aws)} x ${aws}` : `${aws}: not on this machine`)
