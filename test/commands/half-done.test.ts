import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import type {Fault} from '../../src/sandbox/server.js'
import {type Call, commandsThat, EVERY_COMMAND, runCall, runCommand, world} from '../support/every-command.js'
import {PETSTORE} from '../support/petstore.js'

// What stops half-way says what was done, and can be finished: for every call of every command that changes something.

const policy = join(mkdtempSync(join(tmpdir(), 'apigw-policy-')), 'policy.json')
const allow = {Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}
writeFileSync(policy, JSON.stringify({Version: '2012-10-17', Statement: [allow]}))

const definition = join(mkdtempSync(join(tmpdir(), 'apigw-definition-')), 'petstore.json')
writeFileSync(definition, PETSTORE)

const plans = join(mkdtempSync(join(tmpdir(), 'apigw-plans-')), 'plans.yaml')
writeFileSync(
  plans,
  `plans:
  copper: {stages: [petstore/beta], productCode: c0pper}
  gold: {stages: [], keys: [retired], rate: 1, burst: 1}
  silver:
    stages: {petstore/prod: {GET /pets: 5/10}}
    keys: [mobile]
    tags: {a: b}
`,
)

/** With all that takes calls of its own. */
const ELABORATE: [string, ...string[]][] = [
  ['apis:import', definition, '--api', 'petstore', '--mode', 'overwrite', '--yes'],
  ['apis:create', 'orders', '--private', '--vpce', 'vpce-0a1b2c', '--policy', policy, '--tag', 'a=b'],
  ['apis:clone', 'petstore', 'petstore-next', '--edge', '--stage', 'prod'],
  ['apis:delete', 'petstore', '--with-logs', '--confirm', 'petstore'],
  ['apis:update', 'petstore', '--description', 'All pets', '--tag', 'a=b', '--policy', policy],
  ['deploy', '--api', 'petstore', '--stage', 'prod', '--var', 'table=pets'],
  ['deploy', '--api', 'petstore', '--stage', 'prod', '--var', 'table=pets', '--force'],
  ['deploy', '--api', 'petstore', '--stage', 'gamma', '--var', 'table=pets'],
  ['keys:attach', 'retired', 'mobile', '--plan', 'silver'],
  ['keys:create', 'tablet', '--plan', 'gold', '--plan', 'silver', '--tag', 'a=b'],
  ['keys:rotate', 'mobile', '--grace', '0'],
  ['keys:tag', 'mobile', 'retired', '--tag', 'a=b', '--untag', 'team'],
  ['keys:update', 'mobile', '--description', 'The app', '--tag', 'a=b'],
  ['logs:enable', '--api', 'petstore', '--stage', 'beta', '--retention', '7', '--level', 'full', '--yes'],
  ['logs:enable', '--api', 'petstore', '--stage', 'beta', '--retention', '7', '--create-role', '--force', '--yes'],
  ['logs:enable', '--api', 'petstore', '--stage', 'beta', '--access-log', 'json', '--retention', '7', '--yes'],
  ['logs:enable', '--api', 'petstore', '--stage', 'beta', '--level', 'full', '--for', '10ms', '--yes'],
  ['plans:apply', '-f', plans, '--yes'],
  ['plans:attach', 'gold', '--key', 'retired', '--stage', 'petstore/beta'],
  ['plans:attach', 'silver', '--key', 'mobile', '--key', 'retired', '--from', 'gold'],
  ['plans:create', 'bronze', '--stage', 'petstore/prod', '--stage', 'petstore/beta', '--tag', 'a=b'],
  ['plans:detach', 'gold', '--key', 'mobile', '--stage', 'petstore/prod'],
  ['plans:update', 'gold', '--quota', '5/day', '--attach', 'petstore/beta', '--tag', 'a=b'],
  [
    'plans:update',
    'gold',
    '--stage',
    'petstore/beta',
    '--throttle',
    'petstore/beta GET /pets=5/10',
    '--throttle',
    'petstore/prod GET /pets=1/2',
    '--tag',
    'a=b',
  ],
  ['routes:add', 'GET', '/a/b/{c}', '--api', 'petstore', '--http', 'https://example.com/{c}', '--key-required'],
  [
    'routes:add',
    'GET',
    '/pets',
    '--api',
    'petstore',
    '--http',
    'https://example.com',
    '--no-key-required',
    '--replace',
  ],
  ['stages:copy', 'prod', 'beta', '--api', 'petstore', '--overwrite', '--with-plans', '--var', 'table=pets'],
  ['stages:copy', 'prod', 'gamma', '--api', 'petstore', '--with-plans', '--var', 'table=pets'],
  ['stages:update', 'prod', '--api', 'petstore', '--var', 'table=pets', '--tag', 'a=b', '--throttle-rate', '5'],
]

const CALLS: [string, Call][] = [
  ...commandsThat('changes').map((id): [string, Call] => [id, EVERY_COMMAND[id]!]),
  ...ELABORATE.map(([id, ...argv]): [string, Call] => [id, {argv, does: 'changes'}]),
]

const FAULTS: Record<string, Fault> = {
  'a failing service': {kind: 'error', status: 500, code: 'InternalFailure', message: 'Internal server error'},
  'a broken connection': {kind: 'reset'},
}

const READING = /^(Get|List|Describe|Filter)/

/** A world in which, once `breakFrom` has been called, calls that change something fail from the n-th on. */
async function breakableWorld() {
  const file = join(mkdtempSync(join(tmpdir(), 'apigw-state-')), 'state.json')
  let made: string[] = []
  let from = Number.POSITIVE_INFINITY
  let until = Number.POSITIVE_INFINITY
  let fault: Fault | undefined
  const kit = await world({
    stateFile: file,
    fault: ({operation}) => {
      if (READING.test(operation)) return undefined
      made.push(operation)
      return made.length >= from && made.length <= until ? fault : undefined
    },
  })
  await kit.apigateway.createUsagePlan({name: 'silver'})
  made = []
  return {
    sandbox: kit.sandbox,
    made: () => made,
    state: () => comparable(readFileSync(file, 'utf8')),
    breakAt(first: number, last: number, with_: Fault) {
      from = first
      until = last
      fault = with_
    },
    mend() {
      until = 0
    },
  }
}

/** A state without what differs from run to run: dates, also those in tags, what is in the logs, metrics, and ids, which are numbered. */
function comparable(text: string): string {
  const state = JSON.parse(text)
  type Region = {logGroups: Record<string, {streams: object}>; metrics: object}
  for (const region of Object.values<Region>(state.regions)) {
    region.metrics = {}
    for (const group of Object.values(region.logGroups)) group.streams = {}
  }
  const names = new Map<string, string>()
  return JSON.stringify(state, undefined, 1)
    .replaceAll(/: \d{13}\b/g, ': 0')
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:]+Z"/g, '"a moment"')
    .replaceAll(/(?<![A-Za-z0-9])(?:[a-z0-9]{6}|[a-z0-9]{10}|[A-Za-z0-9]{40}|AROA[A-Z0-9]+)(?![A-Za-z0-9])/g, id => {
      const name = names.get(id) ?? `id ${names.size}`
      names.set(id, name)
      return name
    })
}

/** The commands that a message names to finish what was begun, or to take away what is left of it. */
function named(stderr: string, what: 'finish' | 'tidy up'): {id: string; argv: string[]}[] {
  const labels = what === 'finish' ? 'To finish|To rename it|What is left to do' : 'To tidy up'
  const lines = [...stderr.matchAll(new RegExp(`^(?:${labels}): apigw (.+)$`, 'gm'))]
  return lines.map(([, line = '']) => {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
    const isTopic = !(words[0]! in EVERY_COMMAND)
    return {id: words.slice(0, isTopic ? 2 : 1).join(':'), argv: words.slice(isTopic ? 2 : 1)}
  })
}

test.each(CALLS.map(([id, call]) => ({title: `${id} ${call.argv.join(' ').replace(/\/\S+/, 'FILE')}`, id, call})))(
  'finishes what stopped: $title',
  async ({id, call}) => {
    const clean = await breakableWorld()
    const before = clean.state()
    expect((await runCall(id, call, [], {on: clean.sandbox})).exitCode).toBe(0)
    const after = clean.state()
    const steps = clean.made()
    for (const [title, fault] of Object.entries(FAULTS)) {
      for (const [i, step] of steps.entries()) {
        const broken = await breakableWorld()
        expect(broken.state()).toBe(before)
        broken.breakAt(i + 1, title === 'a failing service' ? steps.length + 9 : i + 1, fault)
        const {exitCode, stderr} = await runCall(id, call, ['--max-wait', '0'], {on: broken.sandbox})
        broken.mend()
        const told = `${title} at ${step}, call ${i + 1}:\n${stderr}`
        const tidying = named(stderr, 'tidy up')
        // What is only left to be taken away does not keep a command from what it is for.
        if (tidying.length === 0) expect(exitCode, told).not.toBe(0)
        if (broken.state() !== before) expect(told).toMatch(/Not done: |, but not |could not be |\d of \d failed/)
        for (const {id, argv} of tidying) {
          const tidied = await runCommand(id, argv, {on: broken.sandbox})
          expect(tidied.exitCode, `${told}\nto tidy up:\n${tidied.stderr}`).toBe(0)
        }
        const finish = named(stderr, 'finish')
        if (finish.length === 0) {
          const again = await runCall(id, call, [], {on: broken.sandbox})
          expect(again.exitCode, `${told}\nagain:\n${again.stderr}`).toBe(0)
        }
        for (const {id, argv} of finish) {
          const finished = await runCommand(id, argv, {on: broken.sandbox})
          expect(finished.exitCode, `${told}\nto finish:\n${finished.stderr}`).toBe(0)
        }
        expect(broken.state(), told).toBe(after)
      }
    }
  },
)
