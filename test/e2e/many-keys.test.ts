import {mkdtempSync, readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {FaultCall} from '../../src/sandbox/server.js'
import {onTerminal, run, shell} from '../support/binary.js'
import {Executioner, type Stroke} from '../support/crash.js'
import {gold} from '../support/gold.js'
import {sandboxForTest} from '../support/sandbox.js'

/** More of them find more, and take longer. */
const SAMPLES = {numRuns: 2, seed: 5}

const WHEN = fc.constantFrom<Stroke['when']>('before', 'after')

/** Keys, some of them as some command wants them already, and what calls say of each. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** A sandbox with those keys on the plan `gold`, but for two; each call is seen, and may kill the program. */
async function manyKeys() {
  const executioner = new Executioner()
  let seen: FaultCall[] = []
  const kit = await gold({
    fault: call => {
      seen.push(call)
      return executioner.fault(call)
    },
  })
  const {apigateway, planId, sandbox} = kit
  const ids: string[] = []
  for (const [i, name] of NAMES.entries()) {
    const {id = ''} = await apigateway.createApiKey({name, enabled: i > 1, tags: i > 5 ? {tier: 'gold'} : {}})
    if (i > 1) await apigateway.createUsagePlanKey({usagePlanId: planId, keyId: id, keyType: 'API_KEY'})
    ids.push(id)
  }
  await apigateway.createUsagePlan({name: 'silver'})
  return {
    ids,
    sandbox,
    /** Runs the program. What it calls for is kept. */
    run: (argv: readonly string[], stroke?: Stroke) => {
      seen = []
      return executioner.run(argv, sandbox, stroke)
    },
    seen: () => seen,
    /** Of each key, by name, all that these commands change. */
    state: async () => {
      const {items = []} = await apigateway.getApiKeys({limit: 500})
      const {items: plans = []} = await apigateway.getUsagePlans({})
      const onPlans = await Promise.all(
        plans.map(async ({id, name}) => {
          const {items = []} = await apigateway.getUsagePlanKeys({usagePlanId: id})
          return {plan: name, keys: items.map(({name}) => name).sort()}
        }),
      )
      return {
        keys: items
          .map(({name, enabled, tags}) => ({name, enabled, tags}))
          .sort((a, b) => (a.name! < b.name! ? -1 : 1)),
        onPlans: onPlans.sort((a, b) => (a.plan! < b.plan! ? -1 : 1)),
      }
    },
  }
}

const COMMANDS: [string, readonly string[]][] = [
  ['disable', []],
  ['tag', ['--tag', 'tier=gold', '--untag', 'old']],
  ['attach', ['--plan', 'silver']],
  ['detach', ['--plan', 'gold']],
  ['delete', ['--confirm', String(NAMES.length)]],
]

/** Where one run is killed, and then the next. */
const STROKES = fc.tuple(...[7, 4].map(half => fc.record({call: fc.integer({min: 2, max: half + 3}), when: WHEN})))

/** The ids that a journal says are done. */
function doneBy(journal: string): string[] {
  const lines = readFileSync(journal, 'utf8').split('\n').slice(1, -1)
  const entries = new Map(lines.map(line => JSON.parse(line)).map(({did, entry}) => [did, entry ?? '']))
  return [...entries].filter(([, entry]) => !entry.startsWith('begun ')).map(([did]) => did)
}

const READING = /^Get/

describe.each(COMMANDS)('keys %s, killed twice at random with SIGKILL and run again', (verb, flags) => {
  test('ends as one clean run does, and with a journal nothing is asked of what is in it', {
    timeout: 60_000,
  }, async () => {
    const undisturbed = await manyKeys()
    const argvFor = (...refs: string[]) => ['keys', verb, ...refs, ...flags]
    expect(await undisturbed.run(argvFor(...NAMES))).toMatchObject({exitCode: 0})
    const clean = await undisturbed.state()

    for (const [i, strokes] of fc.sample(STROKES, SAMPLES).entries()) {
      const withJournal = i % 2 === 0
      const world = await manyKeys()
      const journal = join(mkdtempSync(join(tmpdir(), 'apigw-journal-')), 'journal')
      const argv = [...argvFor(...world.ids), ...(withJournal ? ['--journal', journal] : [])]
      for (const stroke of strokes) await world.run(argv, stroke)
      const done = withJournal ? doneBy(journal) : []
      const told = `${withJournal ? 'with' : 'without'} a journal, killed at ${JSON.stringify(strokes)}, done ${done}`
      const last = await world.run(argv)
      const asked = JSON.stringify(world.seen().map(({operation, input}) => [operation, input]))
      for (const id of done) expect(asked, told).not.toContain(id)
      expect(await world.state(), told).toEqual(clean)
      // Without a journal a key that is gone cannot be told from one that never was.
      expect(verb === 'delete' && !withJournal ? [0, 1] : [0], `${told}\n${last.stderr}`).toContain(last.exitCode)
      const again = await world.run(argv)
      expect(
        again.calls.filter(operation => !READING.test(operation)),
        told,
      ).toEqual([])
      if (!withJournal) continue
      expect(again.stderr, told).toBe(`Nothing to do: by the journal an earlier run has done all ${NAMES.length}.\n`)
    }
  })
})

/** Forty keys, each of which takes a while to change: a fifth of a second. */
async function slowKeys(latency = 200) {
  const kit = await sandboxForTest({latencyOf: operation => (operation === 'UpdateApiKey' ? latency : 0)})
  const names = Array.from({length: 40}, (_, i) => `key-${i}`)
  const rows = names.map(name => `${name},a-generated-value-${name}`)
  await kit.apigateway.importApiKeys({format: 'csv', body: Buffer.from(['name,key', ...rows].join('\n'))})
  const enabled = async () => (await kit.apigateway.getApiKeys({limit: 500})).items?.filter(key => key.enabled).length
  return {...kit, names, enabled}
}

test('on a terminal a bar says how far it is, and a line at the end how it went', async () => {
  const {sandbox, names} = await slowKeys()
  const program = onTerminal(['keys', 'disable', ...names], {on: sandbox})
  await program.shows(/disabling API keys: \[#+-+\] \d+ of 40 done/)
  expect(await program.ended).toBe(0)
  expect(program.text()).toMatch(/40 done\r?\n$/)
})

test('Ctrl-C says what is done, and the command that does the rest', async () => {
  const {sandbox, names, enabled} = await slowKeys()
  const journal = join(mkdtempSync(join(tmpdir(), 'apigw-journal-')), 'journal')
  const program = onTerminal(['keys', 'disable', ...names, '--journal', journal], {on: sandbox, columns: 1_000})
  await program.shows(/ 10 of 40 done/)
  program.type('\u0003')
  expect(await program.ended).toBe(130)
  const [, done] = /^Done: (\d+) of 40\. Not done: \S/m.exec(program.text()) ?? []
  expect(program.text().match(/ disabled /g)).toHaveLength(Number(done))
  expect(doneBy(journal)).toHaveLength(Number(done))
  const [, finish = ''] = /^To finish: (apigw keys disable .*)$/m.exec(program.text()) ?? []
  const finished = await shell(finish, {on: sandbox})
  expect(finished.exitCode).toBe(0)
  // What was under way when it ended may be done already.
  expect(finished.stderr).toMatch(new RegExp(`^\\d+ done(, \\d+ \\w+ so already)?, ${done} by an earlier run\n$`))
  expect(await enabled()).toBe(0)
})

test('a second run on a journal that is in use is refused; when the first has ended, it goes on', async () => {
  const {sandbox, names, enabled} = await slowKeys(2_000)
  const journal = join(mkdtempSync(join(tmpdir(), 'apigw-journal-')), 'journal')
  const argv = ['keys', 'disable', ...names.slice(0, 2), '--journal', journal]
  const first = onTerminal(argv, {on: sandbox})
  await first.shows('0 of 2 done')
  const second = await run(argv, {on: sandbox})
  expect(second).toMatchObject({exitCode: 5, stderr: expect.stringContaining('is in use by another run (process ')})
  expect(await first.ended).toBe(0)
  expect(await run(argv, {on: sandbox})).toMatchObject({exitCode: 0, stdout: ''})
  expect(await enabled()).toBe(38)
})

test('what one command lists another one takes', async () => {
  const {sandbox, enabled} = await slowKeys()
  const {exitCode, stderr} = await shell('apigw keys list --name key-1 -o id | apigw keys disable - --json', {
    on: sandbox,
  })
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(await enabled()).toBe(29)
})
