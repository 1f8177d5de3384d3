import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {CreateUsagePlanRequest} from '@aws-sdk/client-api-gateway'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import KeysRotate from '../../../src/commands/keys/rotate.js'
import PlansApply from '../../../src/commands/plans/apply.js'
import PlansExport from '../../../src/commands/plans/export.js'
import PlansSchema from '../../../src/commands/plans/schema.js'
import type {SandboxOptions} from '../../../src/sandbox/server.js'
import {apigw} from '../../support/apigw.js'
import {gold} from '../../support/gold.js'
import {PETSTORE} from '../../support/petstore.js'
import {projectFolder} from '../../support/project-folder.js'
import {sandboxForTest} from '../../support/sandbox.js'

const VALUE = 'a-value-of-at-least-20-characters-42'

/** `gold` on `prod` with the key `mobile`; besides the stage `beta` and the key `tablet`, which are on no plan. */
async function world(options: SandboxOptions = {}) {
  const kit = await gold(options)
  const {apigateway, sandbox, restApiId, planId: usagePlanId} = kit
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  const {id: mobile = ''} = await apigateway.createApiKey({name: 'mobile', value: VALUE, enabled: true})
  const {id: tablet = ''} = await apigateway.createApiKey({name: 'tablet', value: `${VALUE}-b`, enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId, keyId: mobile, keyType: 'API_KEY'})
  const apply = (file: string, ...argv: string[]) => apigw(PlansApply, ['-f', '-', ...argv], {on: sandbox, stdin: file})
  const call = async (stage: string, key: string) => {
    const answer = await fetch(`${sandbox.url}/execute-api/${restApiId}/${stage}/pets`, {headers: {'x-api-key': key}})
    return [answer.status, answer.headers.get('x-amzn-errortype')]
  }
  const plans = async () => {
    const {items = []} = await apigateway.getUsagePlans({limit: 500})
    const keysOf = async (usagePlanId: string) =>
      ((await apigateway.getUsagePlanKeys({usagePlanId, limit: 500})).items ?? []).map(({name}) => name).sort()
    return Object.fromEntries(
      await Promise.all(items.map(async ({id = '', name = '', ...plan}) => [name, {...plan, keys: await keysOf(id)}])),
    )
  }
  return {...kit, mobile, tablet, apply, call, plans}
}

const FILE = `
plans:
  gold:
    description: For those who pay
    rate: 100
    burst: 200
    quota: 10000/day
    stages:
      petstore/prod: {GET /pets: 5/10}
    keys: [mobile]
  trial:
    rate: 1
    burst: 1
    quota: 500/week
    quotaOffset: 3
    productCode: pr0duct
    stages: [petstore/beta]
    keys: [tablet, mobile]
    tags: {tier: "0"}
`

describe('plans apply', () => {
  test('creates, updates, attaches; again it does nothing and says so', async () => {
    const {apply, plans, sandbox, restApiId} = await world()
    const first = await apply(FILE)
    expect({...first, stdout: ''}).toEqual({stdout: '', stderr: '', exitCode: 0})
    expect(first.stdout.split('\n')).toEqual([
      'create\tusage plan\ttrial\t1 requests/s, 1 at once, 500/week, offset 3, petstore/beta, tag tier=0',
      'update\tusage plan\ttrial\tproductCode none → "pr0duct"',
      'update\tusage plan\tgold\tdescription none → "For those who pay"',
      'update\tusage plan\tgold\trate none → 100',
      'update\tusage plan\tgold\tburst none → 200',
      'update\tusage plan\tgold\tquota none → 10000/day',
      'update\tusage plan\tgold\tpetstore/prod GET /pets none → 5/10',
      'attach\tAPI key\tmobile\tto usage plan trial',
      'attach\tAPI key\ttablet\tto usage plan trial',
      '',
    ])
    const made = {
      gold: {
        description: 'For those who pay',
        throttle: {rateLimit: 100, burstLimit: 200},
        quota: {limit: 10_000, period: 'DAY', offset: 0},
        apiStages: [{apiId: restApiId, stage: 'prod', throttle: {'/pets/GET': {rateLimit: 5, burstLimit: 10}}}],
        keys: ['mobile'],
      },
      trial: {
        throttle: {rateLimit: 1, burstLimit: 1},
        quota: {limit: 500, period: 'WEEK', offset: 3},
        productCode: 'pr0duct',
        apiStages: [{apiId: restApiId, stage: 'beta'}],
        keys: ['mobile', 'tablet'],
        tags: {tier: '0'},
      },
    }
    expect(await plans()).toMatchObject(made)
    const before = new Map(sandbox.calls)
    const again = await apply(FILE)
    expect(again).toEqual({stdout: '', stderr: 'Nothing to do: it is so already.\n', exitCode: 0})
    expect(changing(sandbox.calls, before)).toEqual([])
  })

  test('changes all of a plan in one call', async () => {
    const {apply, sandbox} = await world()
    const file = 'plans: {gold: {description: x, rate: 1, burst: 2, quota: 3/day, stages: [petstore/beta]}}'
    expect((await apply(file, '--yes')).exitCode).toBe(0)
    expect(sandbox.calls.get('UpdateUsagePlan')).toBe(1)
  })

  test('what is left out of a plan is taken away; stages and keys that are left out stay', async () => {
    const {apply, plans, restApiId} = await world()
    await apply(FILE)
    const {stdout, exitCode} = await apply('plans: {gold: {}, trial: {stages: {}, keys: []}}', '--yes')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('update\tusage plan\tgold\tquota 10000/day → none\n')
    expect(stdout).toContain('detach\tstage\tpetstore/beta\tfrom usage plan trial\n')
    const {gold, trial} = await plans()
    expect([gold.throttle, gold.quota, gold.description]).toEqual([undefined, undefined, undefined])
    expect(gold.apiStages).toEqual([
      {apiId: restApiId, stage: 'prod', throttle: {'/pets/GET': {rateLimit: 5, burstLimit: 10}}},
    ])
    expect(gold.keys).toEqual(['mobile'])
    expect(trial).toMatchObject({apiStages: [], keys: []})
    expect([trial.tags, trial.productCode]).toEqual([undefined, undefined])
  })

  test('is in force: the throttle of a method, the quota, and a key that is off is shut out', async () => {
    const {apply, call} = await world({millis: () => 1_700_000_000_000})
    const file = (keys: string) =>
      `plans: {gold: {quota: 5/day, stages: {petstore/prod: {GET /pets: 1/2}}, keys: ${keys}}}`
    expect((await apply(file('[mobile]'))).exitCode).toBe(0)
    expect([await call('prod', VALUE), await call('prod', VALUE), await call('prod', VALUE)]).toEqual([
      [200, null],
      [200, null],
      [429, 'TooManyRequestsException'],
    ])
    expect((await apply('plans: {gold: {quota: 3/day, stages: [petstore/prod]}}', '--yes')).exitCode).toBe(0)
    const last = [await call('prod', VALUE), await call('prod', VALUE)]
    expect(last.at(-1)).toEqual([429, 'LimitExceededException'])
    expect((await apply(file('[tablet]'), '--yes')).exitCode).toBe(0)
    expect(await call('prod', VALUE)).toEqual([403, 'ForbiddenException'])
    expect(await call('prod', `${VALUE}-b`)).toEqual([200, null])
  })

  test('a key that moves to a plan with the same stage is taken off first', async () => {
    const {apply, plans, call} = await world()
    const file = 'plans: {gold: {keys: []}, silver: {stages: [petstore/prod], keys: [mobile]}}'
    const {stdout, exitCode} = await apply(file, '--yes')
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').slice(1, 3)).toEqual([
      'detach\tAPI key\tmobile\tfrom usage plan gold',
      'attach\tAPI key\tmobile\tto usage plan silver',
    ])
    expect(await plans()).toMatchObject({gold: {keys: []}, silver: {keys: ['mobile']}})
    expect(await call('prod', VALUE)).toEqual([200, null])
  })

  test('plans that swap stages while a key is on both', async () => {
    const {apply, apigateway, restApiId, mobile, plans, sandbox} = await world()
    const {id: usagePlanId} = await apigateway.createUsagePlan({
      name: 'silver',
      apiStages: [{apiId: restApiId, stage: 'beta'}],
    })
    await apigateway.createUsagePlanKey({usagePlanId, keyId: mobile, keyType: 'API_KEY'})
    const file = 'plans: {gold: {stages: [petstore/beta]}, silver: {stages: [petstore/prod]}}'
    const {exitCode, stderr} = await apply(file, '--yes')
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
    expect(await plans()).toMatchObject({
      gold: {apiStages: [{stage: 'beta'}], keys: ['mobile']},
      silver: {apiStages: [{stage: 'prod'}], keys: ['mobile']},
    })
    // One call each, and one more because neither can go first.
    expect(sandbox.calls.get('UpdateUsagePlan')).toBe(3)
  })

  test('--prune deletes plans that the file does not have, stages first, and wants their number', async () => {
    const {apply, plans, apigateway, sandbox} = await world()
    const file = 'plans: {silver: {stages: [petstore/prod], keys: [mobile]}}'
    const refused = await apply(file, '--prune')
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toBe(
      'Error: stdin deletes 1 usage plan that it does not have, takes 1 stage off, takes 1 API key off. ' +
        'Apply it? Nobody is there to answer: pass --confirm 1.\n',
    )
    expect((await apply(file, '--prune', '--confirm', '2')).exitCode).toBe(2)
    expect(Object.keys(await plans())).toEqual(['gold'])
    const {exitCode, stdout} = await apply(file, '--prune', '--confirm', '1')
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').map(line => line.split('\t').slice(0, 3).join(' '))).toEqual([
      'create usage plan silver',
      'detach API key mobile',
      'attach API key mobile',
      'detach stage petstore/prod',
      'delete usage plan gold',
      '',
    ])
    expect(await plans()).toMatchObject({silver: {keys: ['mobile']}})
    expect(sandbox.calls.get('UpdateUsagePlan')).toBe(1)
    expect((await apigateway.getApiKeys({})).items).toHaveLength(2)
    const all = await apply('plans: {}', '--prune', '--yes')
    expect({exitCode: all.exitCode, plans: await plans()}).toEqual({exitCode: 0, plans: {}})
  })

  test('a deletion that stopped half-way says with which number it is run again', async () => {
    const deletions: string[] = []
    const {apigateway, apply, plans} = await world({
      fault: ({operation}) =>
        operation === 'DeleteUsagePlan' && deletions.push(operation) === 2 ? {kind: 'reset'} : undefined,
    })
    for (const name of ['silver', 'bronze']) await apigateway.createUsagePlan({name})
    const argv = ['--prune', '--max-wait', '0', '--confirm']
    const {exitCode, stderr} = await apply('plans: {}', ...argv, '3')
    expect(exitCode).toBe(7)
    expect(stderr).toContain('Run the same command again, now with --confirm 2: it goes on where it stopped.\n')
    expect((await apply('plans: {}', ...argv, '2')).exitCode).toBe(0)
    expect(await plans()).toEqual({})
  })

  test('a lost answer to CreateUsagePlanKey is no failure', async () => {
    let left = 0
    const {apply, plans} = await world({
      fault: ({operation}) => (operation === 'CreateUsagePlanKey' && left-- > 0 ? {kind: 'lost'} : undefined),
    })
    left = 1
    expect((await apply('plans: {silver: {keys: [tablet]}}')).exitCode).toBe(0)
    expect((await plans()).silver?.keys).toEqual(['tablet'])
  })

  test('without --prune plans that the file does not have stay, and are named', async () => {
    const {apply, plans} = await world()
    const {stderr, exitCode} = await apply('plans: {silver: {}}')
    expect({stderr, exitCode}).toEqual({stderr: 'Not in stdin, and stays as it is: gold\n', exitCode: 0})
    expect(Object.keys(await plans())).toEqual(['gold', 'silver'])
  })

  test('a replaced key stays on its plan until its grace ends, as the key in its place does', async () => {
    const {apply, call, plans, sandbox} = await world()
    const rotated = await apigw(KeysRotate, ['mobile', '--value-only'], {on: sandbox})
    const file = 'plans: {gold: {rate: 100, burst: 200, quota: 10000/day, stages: [petstore/prod], keys: [mobile]}}'
    const {stderr, exitCode} = await apply(file)
    expect({stderr, exitCode}).toEqual({
      stderr: expect.stringMatching(
        /^A replaced key stays, mobile \(until .*\) on gold, .*: apigw keys rotate --finish$/m,
      ),
      exitCode: 0,
    })
    expect([await call('prod', VALUE), await call('prod', rotated.stdout.trim())]).toEqual([
      [200, null],
      [200, null],
    ])
    const exported = await apigw(PlansExport, [], {on: sandbox})
    expect(exported.stdout).not.toContain('until')
    const again = await apply(exported.stdout, '--dry-run', '--exit-code')
    expect(again.exitCode).toBe(0)

    await apply(file.replace('[mobile]', '[tablet]'), '--yes')
    expect(await plans()).toMatchObject({gold: {keys: ['tablet']}})
  })

  test('keys of another account, which are not there, are to be brought first', async () => {
    const {apply} = await world()
    const {stderr, exitCode} = await apply('plans: {gold: {keys: [acme, globex]}}')
    expect({stderr, exitCode}).toEqual({
      stderr: [
        'Error: stdin has 2 problems:',
        '  stdin:1:23: there is no API key "acme".',
        '  stdin:1:29: there is no API key "globex".',
        'Bring the keys first: apigw keys export, apigw keys import. A file without any: apigw plans export --no-keys',
        '',
      ].join('\n'),
      exitCode: 3,
    })
  })

  test('where something is taken away, nothing is done without --yes; else nobody is asked', async () => {
    const {apply, sandbox} = await world()
    await apply('plans: {gold: {rate: 1, burst: 1, tags: {a: b}, stages: {petstore/prod: {GET /pets: 5/10}}}}')
    const before = new Map(sandbox.calls)
    for (const [plan, taken] of [
      ['tags: {a: b}, stages: {petstore/prod: {GET /pets: 5/10}}', 'takes 2 settings away'],
      ['rate: 1, burst: 1', 'takes 1 setting away'],
      ['rate: 1, burst: 1, tags: {a: b}, stages: [petstore/prod]', 'takes 1 setting away'],
      ['rate: 1, burst: 1, tags: {a: b}, stages: []', 'takes 1 stage off'],
      ['rate: 1, burst: 1, tags: {a: b}, keys: []', 'takes 1 API key off'],
    ]) {
      const {exitCode, stderr} = await apply(`plans: {gold: {${plan}}}`)
      expect({exitCode, stderr}).toEqual({
        exitCode: 2,
        stderr: `Error: stdin ${taken}. Apply it? Nobody is there to answer: pass --yes.\n`,
      })
    }
    expect(changing(sandbox.calls, before)).toEqual([])
    const set = 'rate: 2, burst: 1, tags: {a: none}, stages: {petstore/prod: {GET /pets: 1/1}, petstore/beta: }'
    expect((await apply(`plans: {gold: {${set}, keys: [mobile, tablet]}}`)).exitCode).toBe(0)
  })

  test('--dry-run shows it and does nothing; with --exit-code it ends with 8 where there is a difference', async () => {
    const {apply, sandbox} = await world()
    const before = new Map(sandbox.calls)
    const dry = await apply(FILE, '--dry-run')
    expect(dry.exitCode).toBe(0)
    expect(dry.stdout).toContain('update\tusage plan\tgold\trate none → 100\n')
    const json = await apply(FILE, '--dry-run', '--exit-code', '--json')
    expect({exitCode: json.exitCode, stderr: json.stderr}).toEqual({exitCode: 8, stderr: ''})
    expect(JSON.parse(json.stdout)).toContainEqual({
      action: 'attach',
      kind: 'API key',
      name: 'tablet',
      detail: 'to usage plan trial',
    })
    const pruned = await apply('plans: {}', '--dry-run', '--exit-code', '--prune')
    expect(pruned.exitCode).toBe(8)
    expect((await apply('plans: {}', '--dry-run', '--exit-code')).exitCode).toBe(0)
    expect(changing(sandbox.calls, before)).toEqual([])
    expect((await apply(FILE, '--exit-code')).stderr).toContain('--dry-run')
  })

  test('everything that the account does not have is named at once, with its place, before anything changes', async () => {
    const {apply, apigateway, sandbox, mobile} = await world()
    await apigateway.createUsagePlan({name: 'twin'})
    await apigateway.createUsagePlan({name: 'twin'})
    await apigateway.createApiKey({name: 'same'})
    await apigateway.createApiKey({name: 'same'})
    const before = new Map(sandbox.calls)
    const {exitCode, stderr} = await apply(`plans:
  gold:
    rate: 5
    burst: 5
    stages: [petstor/prod, petstore/gamma, petstore/prod, 'petstore:prod']
    keys: [mobil, mobile, ${mobile}, same, ${VALUE}]
  silver: {stages: [petstore/prod], keys: [mobile]}
  twin: {}
`)
    expect(exitCode).toBe(2)
    expect(stderr.split('\n').map(line => line.replaceAll(/: [a-z0-9]{6}, [a-z0-9]{6}/g, ': IDS'))).toEqual([
      'Error: stdin has 9 problems:',
      '  stdin:5:14: there is no API "petstor". Did you mean "petstore"?',
      '  stdin:5:28: API "petstore" has no stage "gamma". It has: prod, beta',
      '  stdin:5:59: "petstore:prod" is there twice, first on line 5',
      '  stdin:6:12: there is no API key "mobil". Did you mean "mobile"?',
      `  stdin:6:27: "${mobile}" is there twice, first on line 6`,
      expect.stringMatching(/^ {2}stdin:6:39: 2 API keys are called "same": use the id of one, /),
      '  stdin:6:45: there is no API key of this name or id; should it be the value of one, that does not belong in this file',
      '  stdin:7:44: API key "mobile" would be on "gold" and on "silver", which both have petstore/prod: a key can be on only one of them',
      '  stdin:8:3: 2 usage plans are called "twin": IDS. Rename all but one',
      '',
    ])
    expect(stderr).not.toContain(VALUE)
    expect(changing(sandbox.calls, before)).toEqual([])
    const missing = await apply('plans: {gold: {keys: [nobody]}}')
    expect(missing.exitCode).toBe(3)
    const rival = await apply('plans: {silver: {stages: [petstore/prod], keys: [mobile]}}')
    expect({...rival, stdout: ''}).toMatchObject({exitCode: 5, stderr: expect.stringContaining('stdin:1:50: API key')})
    expect(changing(sandbox.calls, before)).toEqual([])
  })

  test('a method that the stage does not serve is named, with those near it', async () => {
    const {apply, sandbox} = await world()
    const {exitCode, stderr} = await apply('plans: {gold: {stages: {petstore/prod: {GET /pet: 5/10}}}}')
    expect(exitCode).toBe(3)
    expect(stderr).toBe('Error: stdin:1:25: "petstore/prod" does not serve "GET /pet". Near it: GET /pets\n')
    expect(sandbox.calls.has('UpdateUsagePlan')).toBe(false)
  })

  test('reads a file, and calls it by its name', async () => {
    const {sandbox} = await world()
    const cwd = projectFolder('')
    writeFileSync(join(cwd, 'plans.json'), '{"plans": {"gold": {"brust": 5}}}')
    const {exitCode, stderr} = await apigw(PlansApply, ['-f', 'plans.json'], {on: sandbox, cwd})
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Error: plans.json:1:21: usage plan "gold" has no field "brust". Did you mean "burst"?')
    const none = await apigw(PlansApply, ['-f', 'nothing.yaml'], {on: sandbox, cwd})
    expect(none.stderr).toContain('Cannot read nothing.yaml: there is no such file.')
  })

  test('half-way, it says what is not done, and the same command finishes', async () => {
    let broken = true
    const fault: SandboxOptions['fault'] = ({operation}) =>
      broken && operation === 'CreateUsagePlanKey' && started
        ? {kind: 'error', status: 400, code: 'BadRequestException', message: 'not now'}
        : undefined
    let started = false
    const {apply, plans} = await world({fault})
    started = true
    const {exitCode, stderr, stdout} = await apply(FILE)
    expect({exitCode, stdout}).toEqual({exitCode: 1, stdout: ''})
    expect(stderr.replace(/Request id: .*\n/, '')).toBe(
      'Error: not now\n' +
        'Not done: attach API key mobile to usage plan trial, attach API key tablet to usage plan trial. ' +
        'Done before that: 3 of 5.\n' +
        'Run the same command again: it goes on where it stopped.\n',
    )
    broken = false
    expect((await apply(FILE)).stdout).toBe(
      'attach\tAPI key\tmobile\tto usage plan trial\nattach\tAPI key\ttablet\tto usage plan trial\n',
    )
    expect(await plans()).toMatchObject({trial: {keys: ['mobile', 'tablet']}})
  })

  test('says how long it will take at the rate of the service', async () => {
    const {apigateway, sandbox} = await world()
    for (const name of ['a', 'b', 'c', 'd']) await apigateway.createUsagePlan({name})
    const file = `plans: {${['a', 'b', 'c', 'd'].map(name => `${name}: {rate: 1, burst: 1}`).join(', ')}}`
    const options = {on: sandbox, stdin: file, env: {APIGW_PACING: 'on'}}
    const {stderr} = await apigw(PlansApply, ['-f', '-', '--dry-run'], options)
    expect(stderr).toContain('4 calls of UpdateUsagePlan, one in 20 seconds: this takes about 1 min.\n')
  })

  test('keys and stages are read only where the file names some', async () => {
    const {apply, sandbox} = await world()
    await apply('plans: {gold: {rate: 1, burst: 1}}')
    expect(sandbox.calls.has('GetApiKeys')).toBe(false)
    expect(sandbox.calls.has('GetUsagePlanKeys')).toBe(false)
    expect(sandbox.calls.has('GetStages')).toBe(false)
  })
})

/** Operations called since, but for those that only read. */
function changing(calls: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): string[] {
  return [...calls]
    .filter(([name, count]) => count !== before.get(name) && !name.startsWith('Get'))
    .map(([name]) => name)
}

describe('plans export', () => {
  test('writes all that a plan is, in an order of its own, with names where they are enough', async () => {
    const {apply, apigateway, sandbox, restApiId} = await world()
    await apply(FILE)
    const {items = []} = await apigateway.getUsagePlans({})
    const trial = items.find(({name}) => name === 'trial')
    const {id: twin} = await apigateway.createApiKey({name: 'mobile'})
    const {id: secretive} = await apigateway.createApiKey({name: 'RGktCNXNfMOlnRY1r4LN7yhOMSjVYIK4a8wNNza4'})
    for (const keyId of [twin, secretive]) {
      await apigateway.createUsagePlanKey({usagePlanId: trial?.id, keyId, keyType: 'API_KEY'})
    }
    const {stdout, stderr, exitCode} = await apigw(PlansExport, ['trial'], {on: sandbox})
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
    const ids = (await apigateway.getApiKeys({})).items?.flatMap(({id = '', name}) => (name === 'tablet' ? [] : [id]))
    expect(stdout).toBe(`# yaml-language-server: $schema=plans.schema.json
# For editors: apigw plans schema > plans.schema.json. What would change: apigw plans apply --dry-run -f FILE

plans:
  trial:
    rate: 1
    burst: 1
    quota: 500/week
    quotaOffset: 3
    productCode: pr0duct
    stages:
      petstore/beta: {}
    keys:
${[...(ids ?? []), 'tablet']
  .sort()
  .map(key => `      - ${/^\d+(e\d+)?$/.test(key) ? `"${key}"` : key}\n`)
  .join('')}    tags:
      tier: "0"
`)
    const json = await apigw(PlansExport, ['gold', '--json', '--no-keys'], {on: sandbox})
    expect(JSON.parse(json.stdout)).toEqual({
      plans: {
        gold: {
          description: 'For those who pay',
          rate: 100,
          burst: 200,
          quota: '10000/day',
          stages: {'petstore/prod': {'GET /pets': '5/10'}},
        },
      },
    })
    await apigateway.createRestApi({name: 'petstore'})
    expect((await apigw(PlansExport, ['gold'], {on: sandbox})).stdout).toContain(`      ${restApiId}/prod:\n`)
  })

  test('refuses plans of one name, which a file could not tell apart, and writes either by its id', async () => {
    const {apigateway, sandbox} = await world()
    const ids: string[] = []
    for (let i = 0; i < 2; i++) ids.push((await apigateway.createUsagePlan({name: 'twin'})).id ?? '')
    const {exitCode, stdout, stderr} = await apigw(PlansExport, [], {on: sandbox})
    expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
    expect(stderr).toContain(`some have one name: "twin" (${ids.join(', ')}).`)
    expect((await apigw(PlansExport, ['gold', ids[1]!], {on: sandbox})).stdout).toMatch(/^ {2}twin:$/m)
    expect((await apigw(PlansExport, ['twin'], {on: sandbox})).exitCode).toBe(2)
    expect((await apigw(PlansExport, ['nothing'], {on: sandbox})).exitCode).toBe(3)
  })
})

describe('what is exported', () => {
  const APIS = ['petstore', 'petstore', 'orders', 'a/b: c']
  const NAMES = ['mobile', 'tablet', 'twin', 'twin', '', 'yes', '0x1F', 'ключ, "quoted"', 'a: b #c']

  /** Several APIs on stages, two of one name, and keys with names that a file might stumble over. */
  async function shop() {
    const kit = await sandboxForTest()
    const {apigateway, sandbox} = kit
    const stages: {apiId: string; stage: string}[] = []
    for (const name of APIS) {
      const body = Buffer.from(PETSTORE.replace('"petstore"', JSON.stringify(name)))
      const {id: apiId = ''} = await apigateway.importRestApi({body})
      for (const stage of ['prod', 'beta']) {
        await apigateway.createDeployment({restApiId: apiId, stageName: stage})
        stages.push({apiId, stage})
      }
    }
    const keys: string[] = []
    for (const name of NAMES) keys.push((await apigateway.createApiKey({name})).id ?? '')
    const apply = (file: string, ...argv: string[]) =>
      apigw(PlansApply, ['-f', '-', ...argv], {on: sandbox, stdin: file})
    const exported = async (...argv: string[]) => {
      const {stdout, stderr, exitCode} = await apigw(PlansExport, argv, {on: sandbox})
      expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
      return stdout
    }
    return {...kit, stages, keys, apply, exported}
  }

  const limit = fc.record({
    rateLimit: fc.oneof(
      fc.nat(10_000),
      fc.double({min: 0, max: 1, noNaN: true}).map(rate => rate + 0),
    ),
    burstLimit: fc.nat(5_000),
  })
  const plan = fc.record({
    description: fc.option(fc.string({unit: 'grapheme', maxLength: 30}), {nil: undefined}),
    throttle: fc.option(limit, {nil: undefined}),
    quota: fc.option(
      fc
        .record({limit: fc.nat(1_000_000), period: fc.constantFrom('DAY', 'WEEK', 'MONTH'), offset: fc.nat(9)})
        .map(quota => (quota.period === 'DAY' ? {...quota, offset: 0} : quota)),
      {nil: undefined},
    ),
    productCode: fc.option(fc.stringMatching(/^[a-z0-9]{1,9}$/), {nil: undefined}),
    stages: fc.uniqueArray(fc.tuple(fc.nat(7), fc.option(limit, {nil: undefined})), {
      selector: ([i]) => i,
      maxLength: 3,
    }),
    keys: fc.uniqueArray(fc.nat(NAMES.length - 1), {maxLength: 3}),
    tags: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string({maxLength: 9}), {maxKeys: 2}),
  })
  const planName = fc.oneof(fc.string({minLength: 1, maxLength: 9}), fc.constantFrom('7', 'null', 'a: b', '- x', '#'))
  const plans = fc.uniqueArray(fc.tuple(planName, plan), {selector: ([name]) => name, maxLength: 4})

  test('makes no difference at once, and makes the same plans where there are none', {timeout: 60_000}, async () => {
    const {apigateway, sandbox, stages, keys, apply, exported} = await shop()
    await fc.assert(
      fc.asyncProperty(plans, async wanted => {
        for (const [name, {stages: on, keys: of, productCode, ...rest}] of wanted) {
          const apiStages = on.map(([i, limit]) => ({...stages[i], ...(limit ? {throttle: {'/pets/GET': limit}} : {})}))
          const {id: usagePlanId} = await apigateway.createUsagePlan({
            name,
            apiStages,
            ...rest,
          } as CreateUsagePlanRequest)
          const value = productCode
          const patchOperations = [{op: 'replace' as const, path: '/productCode', value}]
          if (value) await apigateway.updateUsagePlan({usagePlanId, patchOperations})
          // A key may be refused, where it is on a plan with one of the stages already.
          for (const i of of) {
            await apigateway.createUsagePlanKey({usagePlanId, keyId: keys[i], keyType: 'API_KEY'}).catch(() => {})
          }
        }
        const file = await exported()
        const before = new Map(sandbox.calls)
        const dry = await apply(file, '--dry-run', '--exit-code', '--prune')
        expect(dry, file).toEqual({exitCode: 0, stdout: '', stderr: ''})
        const as = await exported('--json')
        expect((await apply(as, '--dry-run', '--exit-code', '--prune')).exitCode, as).toBe(0)
        expect(changing(sandbox.calls, before)).toEqual([])

        const emptied = await apply('plans: {}', '--prune', '--yes')
        expect(emptied.exitCode, emptied.stderr).toBe(0)
        expect((await apigateway.getUsagePlans({})).items).toEqual([])
        const made = await apply(file)
        expect(made.exitCode, file + made.stderr).toBe(0)
        expect(await exported()).toBe(file)
        expect((await apply('plans: {}', '--prune', '--yes')).exitCode).toBe(0)
      }),
      {numRuns: 10},
    )
  })
})

test('plans schema prints the schema of the file', async () => {
  const {stdout, exitCode} = await apigw(PlansSchema, [])
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({$schema: 'http://json-schema.org/draft-07/schema#', required: ['plans']})
})
