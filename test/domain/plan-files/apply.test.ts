import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {PlanFileStores} from '../../../src/domain/plan-files/account.js'
import {planFileChanges} from '../../../src/domain/plan-files/apply.js'
import {exportPlans, planFileText} from '../../../src/domain/plan-files/export.js'
import {readPlanFile} from '../../../src/domain/plan-files/reader.js'
import {type StageRef, stageKey} from '../../../src/domain/plan-stages.js'
import type {PlanChange, UsagePlan} from '../../../src/domain/plans.js'
import {Problem} from '../../../src/domain/problem.js'

interface Account extends PlanFileStores {
  all: UsagePlan[]
  on: Map<string, Set<string>>
  calls: string[]
}

const KEYS = ['k0', 'k1', 'k2', 'k3']
const STAGES = ['s0', 's1', 's2', 's3']

/** Usage plans as the service keeps them: it refuses whatever would put a key on two plans with one stage (recorded). */
function account(all: UsagePlan[], on: Record<string, readonly string[]>): Account {
  const state: Pick<Account, 'all' | 'on' | 'calls'> = {
    all,
    on: new Map(all.map(({id}) => [id, new Set(on[id])])),
    calls: [],
  }
  const planOf = (id: string) => state.all.find(plan => plan.id === id)!
  const check = () => {
    for (const key of KEYS) {
      const stages = state.all
        .filter(({id}) => state.on.get(id)?.has(key))
        .flatMap(({apiStages}) => apiStages.map(stageKey))
      if (new Set(stages).size !== stages.length) throw new Problem('conflict', `${key} on two plans with one stage`)
    }
  }
  check()
  const isOther = (one: StageRef) => (other: StageRef) => stageKey(one) !== stageKey(other)
  const update = async (id: string, change: PlanChange) => {
    state.calls.push(`update ${planOf(id).name}`)
    const {addStages = [], removeStages = []} = change
    const plan = planOf(id)
    const kept = plan.apiStages.filter(stage => removeStages.every(isOther(stage)))
    const added = addStages.filter(stage => kept.every(isOther(stage)))
    const next = {...plan, apiStages: [...kept, ...added.map(stage => ({...stage, throttle: stage.throttle ?? {}}))]}
    state.all = state.all.map(each => (each === plan ? next : each))
    check()
    return next
  }
  return {
    get all() {
      return state.all
    },
    on: state.on,
    calls: state.calls,
    plans: {
      async *list() {
        yield* state.all
      },
      async create({apiStages, ...plan}) {
        state.calls.push(`create ${plan.name}`)
        const stages = apiStages.map(stage => ({...stage, throttle: stage.throttle ?? {}}))
        const made: UsagePlan = {...plan, id: `id-${plan.name}`, apiStages: stages}
        state.all = [...state.all, made]
        state.on.set(made.id, new Set())
        return made
      },
      update,
      async changeTags(id) {
        state.calls.push(`tag ${planOf(id).name}`)
      },
      async delete(id) {
        state.calls.push(`delete ${planOf(id).name}`)
        if (planOf(id).apiStages.length > 0) throw new Problem('failed', 'it has stages')
        state.all = state.all.filter(plan => plan.id !== id)
        state.on.delete(id)
      },
      async *keys(id) {
        for (const key of state.on.get(id) ?? []) yield {id: key, name: key, value: undefined as never}
      },
      async addKey(planId, keyId) {
        state.calls.push(`attach ${keyId} ${planOf(planId).name}`)
        if (state.on.get(planId)!.has(keyId)) throw new Problem('conflict', 'it is on the plan')
        state.on.get(planId)!.add(keyId)
        check()
      },
      async removeKey(planId, keyId) {
        state.calls.push(`detach ${keyId} ${planOf(planId).name}`)
        if (!state.on.get(planId)!.delete(keyId)) throw new Problem('missing', 'it is not on the plan')
      },
    },
    keys: {
      async *list() {
        for (const id of KEYS) yield {id, name: id, enabled: true, tags: {}}
      },
    } as unknown as PlanFileStores['keys'],
    lookup: {
      apis: {
        async *list() {
          yield {id: 'api', name: 'petstore'} as never
        },
      },
      stages: {list: async () => STAGES.map(name => ({name})) as never},
      routes: {} as never,
    },
  }
}

const plan = (name: string, stages: readonly string[] = [], more: Partial<UsagePlan> = {}): UsagePlan => ({
  id: `id-${name}`,
  name,
  apiStages: stages.map(stage => ({apiId: 'api', stage, throttle: {}})),
  tags: {},
  ...more,
})

const changesFor = async (stores: PlanFileStores, text: string, prune = false) =>
  planFileChanges(stores, await readPlanFile(Buffer.from(text), 'plans.yaml'), {prune})

describe('the order of the calls', () => {
  /** Which plans there are, on which stages, with which keys, so that no key is on two plans with one stage. */
  const layout = fc
    .array(fc.record({stages: fc.subarray(STAGES), keys: fc.subarray(KEYS)}), {minLength: 4, maxLength: 4})
    .map(plans => {
      const taken = new Set<string>()
      return plans.map(({stages, keys}) => {
        const free = keys.filter(key => stages.every(stage => !taken.has(`${key} ${stage}`)))
        for (const key of free) for (const stage of stages) taken.add(`${key} ${stage}`)
        return {stages, keys: free}
      })
    })

  test('is one in which the service takes each, whatever moves; in the end all is as the file says', async () => {
    const some = fc.array(fc.boolean(), {minLength: 4, maxLength: 4})
    await fc.assert(
      fc.asyncProperty(layout, layout, some, some, async (before, after, are, shall) => {
        const names = ['p0', 'p1', 'p2', 'p3']
        const there = names.filter((_, i) => are[i])
        const stores = account(
          there.map(name => plan(name, before[names.indexOf(name)]!.stages)),
          Object.fromEntries(there.map(name => [`id-${name}`, before[names.indexOf(name)]!.keys])),
        )
        const wanted = names.flatMap((name, i) => {
          const {stages, keys} = after[i]!
          return shall[i] ? [[name, {stages: stages.map(stage => `petstore/${stage}`), keys}] as const] : []
        })
        const text = JSON.stringify({plans: Object.fromEntries(wanted)})
        const changes = await changesFor(stores, text, true)
        await changes.apply()
        expect(stores.all.map(({name}) => name).sort()).toEqual(wanted.map(([name]) => name))
        for (const {id, name, apiStages} of stores.all) {
          const goal = after[names.indexOf(name)]!
          expect(apiStages.map(({stage}) => stage).sort()).toEqual([...goal.stages].sort())
          expect([...stores.on.get(id)!].sort()).toEqual([...goal.keys].sort())
        }
        expect(stores.calls.filter(call => call.startsWith('update'))).toHaveLength(changes.updates)
        const again = await changesFor(stores, text, true)
        expect(again.changes).toEqual([])
      }),
      {numRuns: 300},
    )
  })

  test('a file that cannot be is refused before the first call, and any other is carried out', async () => {
    const partial = fc.array(
      fc.option(
        fc.record(
          {stages: fc.subarray(STAGES.map(stage => `petstore/${stage}`)), keys: fc.subarray(KEYS)},
          {requiredKeys: []},
        ),
        {nil: undefined},
      ),
      {minLength: 4, maxLength: 4},
    )
    let [taken, refused] = [0, 0]
    await fc.assert(
      fc.asyncProperty(layout, partial, fc.boolean(), async (before, after, prune) => {
        const stores = account(
          before.map(({stages}, i) => plan(`p${i}`, stages)),
          Object.fromEntries(before.map(({keys}, i) => [`id-p${i}`, keys])),
        )
        const entries = after.flatMap((each, i) => (each ? [[`p${i}`, each] as const] : []))
        const text = JSON.stringify({plans: Object.fromEntries(entries)})
        const changes = await changesFor(stores, text, prune).catch(error => {
          expect(error).toMatchObject({
            kind: 'conflict',
            message: expect.stringMatching(/plans\.yaml:1:\d+: API key "k/),
          })
          return undefined
        })
        if (changes) taken++
        else refused++
        if (!changes) {
          expect(stores.calls).toEqual([])
          return
        }
        await changes.apply()
        for (const [name, {stages, keys}] of entries) {
          const {id, apiStages} = stores.all.find(each => each.name === name)!
          if (stages) expect(apiStages.map(({stage}) => `petstore/${stage}`).sort()).toEqual([...stages].sort())
          if (keys) expect([...stores.on.get(id)!].sort()).toEqual([...keys].sort())
        }
        expect((await changesFor(stores, text, prune)).changes).toEqual([])
      }),
      {numRuns: 300},
    )
    expect(Math.min(taken, refused)).toBeGreaterThan(20)
  })

  test('a key is off one plan only as long as it takes to put it on the other', async () => {
    const stores = account([plan('gold', ['s0']), plan('silver', ['s0']), plan('other')], {'id-gold': ['k0', 'k1']})
    const file = `plans:
  gold: {rate: 1, burst: 1, keys: []}
  silver: {rate: 1, burst: 1, keys: [k0, k1]}
  other: {rate: 1, burst: 1}`
    await (await changesFor(stores, file)).apply()
    expect(stores.calls).toEqual([
      'update gold',
      'update silver',
      'update other',
      'detach k0 gold',
      'attach k0 silver',
      'detach k1 gold',
      'attach k1 silver',
    ])
  })

  test('a plan that goes keeps its keys until they are elsewhere, and its stages until it goes', async () => {
    const stores = account([plan('old', ['s0', 's1'])], {'id-old': ['k0', 'k1']})
    await (await changesFor(stores, 'plans: {new: {stages: [petstore/s0], keys: [k0]}}', true)).apply()
    expect(stores.calls).toEqual(['create new', 'detach k0 old', 'attach k0 new', 'update old', 'delete old'])
  })

  test('stages that go round three plans take one call more', async () => {
    const stores = account([plan('a', ['s0']), plan('b', ['s1']), plan('c', ['s2'])], {
      'id-a': ['k0'],
      'id-b': ['k0'],
      'id-c': ['k0'],
    })
    const file = 'plans: {a: {stages: [petstore/s1]}, b: {stages: [petstore/s2]}, c: {stages: [petstore/s0]}}'
    await (await changesFor(stores, file)).apply()
    expect(stores.calls).toEqual(['update b', 'update a', 'update c', 'update b'])
  })
})

test('tags of AWS itself and stages that are gone are left alone, and make no difference', async () => {
  const stores = account([plan('gold', ['gone'], {tags: {'aws:cloudformation:stack-name': 'shop', tier: '1'}})], {})
  const text = await planFileText(await exportPlans(stores, [], {withKeys: true}), 'yaml')
  expect(text).toContain('      petstore/gone: {}\n')
  expect(text).not.toContain('aws:')
  expect((await changesFor(stores, text)).changes).toEqual([])
})

test('a throttle that another program wrote with more slashes is the same, and changed where it is', async () => {
  const limits = {rateLimit: 5, burstLimit: 10}
  const apiStages = [{apiId: 'api', stage: 's0', throttle: {'//pets/GET': limits, '//GET': limits}}]
  const stores = account([{...plan('gold'), apiStages}], {})
  const text = await planFileText(await exportPlans(stores, [], {withKeys: true}), 'yaml')
  expect((await changesFor(stores, text)).changes).toEqual([])
  const changes: PlanChange[] = []
  stores.plans.update = async (_, change) => {
    changes.push(change)
    return stores.all[0]!
  }
  await (await changesFor(stores, text.replace('GET /pets: 5/10', 'GET /pets: 5/11'))).apply()
  await (await changesFor(stores, text.replace('GET /pets: 5/10', ''))).apply()
  expect(changes.map(({methodThrottles}) => methodThrottles?.[0]?.throttle)).toEqual([
    {'//pets/GET': {rateLimit: 5, burstLimit: 11}},
    {'//pets/GET': null},
  ])
})

test('what no method is, is not left out in silence', async () => {
  const apiStages = [{apiId: 'api', stage: 's0', throttle: {'a method': {rateLimit: 5, burstLimit: 10}}}]
  const stores = account([{...plan('gold'), apiStages}], {})
  await expect(exportPlans(stores, [], {withKeys: true})).rejects.toThrow('limits "a method", which is no method')
})

test('a step that was carried out by somebody else meanwhile is no failure', async () => {
  const stores = account([plan('gold', []), plan('old')], {'id-gold': ['k0']})
  const changes = await changesFor(stores, 'plans: {gold: {keys: []}}', true)
  stores.on.get('id-gold')!.clear()
  stores.plans.delete = async () => {
    throw new Problem('missing', 'Invalid Usage Plan ID specified')
  }
  expect((await changes.apply()).map(({action}) => action)).toEqual(['detach', 'delete'])
})
