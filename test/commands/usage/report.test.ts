import {describe, expect, test} from 'vitest'
import UsageReport from '../../../src/commands/usage/report.js'
import {apigw} from '../../support/apigw.js'
import {metered} from '../../support/metered.js'

/** Two keys of a customer and an idle one, with requests around the end of a week. */
async function busyWeek() {
  const kit = await metered({limit: 20, period: 'WEEK'})
  const mobile = await kit.issue('mobile', {customerId: 'acme'})
  const tablet = await kit.issue('tablet', {customerId: 'acme'})
  const idle = await kit.issue('idle', {enabled: false})
  kit.at('2026-11-21T23:59:59Z')
  await kit.send(mobile, 5)
  kit.at('2026-11-22T00:00:01Z')
  await kit.send(mobile, 7)
  kit.at('2026-11-23T06:00:00Z')
  await kit.send(mobile, 2)
  expect(await kit.send(tablet, 21)).toEqual([...Array(20).fill(200), 429])
  const report = (...argv: string[]) => apigw(UsageReport, argv, {on: kit.sandbox})
  const onTerminal = (columns: number, ...argv: string[]) =>
    apigw(UsageReport, argv, {on: kit.sandbox, tty: true, columns, env: {NO_COLOR: '1', TERM: 'xterm'}})
  return {...kit, mobile, tablet, idle, report, onTerminal}
}

describe('for billing', () => {
  test('csv has a row for each key and day, with names, customers and exact numbers', async () => {
    const {report, planId, mobile, tablet, idle} = await busyWeek()
    const {stdout, stderr, exitCode} = await report('--from', '2026-11-21', '--output', 'csv')
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
    expect(stdout.trim().split('\n')).toEqual([
      'day,plan_id,plan,key_id,key,customer,state,used,remaining,partial',
      `2026-11-21,${planId},gold,${mobile.keyId},mobile,acme,enabled,5,15,false`,
      `2026-11-22,${planId},gold,${mobile.keyId},mobile,acme,enabled,7,13,false`,
      `2026-11-23,${planId},gold,${mobile.keyId},mobile,acme,enabled,2,11,true`,
      `2026-11-21,${planId},gold,${tablet.keyId},tablet,acme,enabled,0,20,false`,
      `2026-11-22,${planId},gold,${tablet.keyId},tablet,acme,enabled,0,20,false`,
      `2026-11-23,${planId},gold,${tablet.keyId},tablet,acme,enabled,20,0,true`,
      `2026-11-21,${planId},gold,${idle.keyId},idle,,disabled,0,20,false`,
      `2026-11-22,${planId},gold,${idle.keyId},idle,,disabled,0,20,false`,
      `2026-11-23,${planId},gold,${idle.keyId},idle,,disabled,0,20,true`,
    ])
  })

  test('ndjson has the same rows, and a pipe has them as tabs', async () => {
    const {report, planId, mobile} = await busyWeek()
    const days = ['--key', 'mobile', '--from', '2026-11-22', '--to', '2026-11-22']
    expect(JSON.parse((await report(...days, '-o', 'ndjson')).stdout)).toEqual({
      day: '2026-11-22',
      planId,
      plan: 'gold',
      keyId: mobile.keyId,
      key: 'mobile',
      customerId: 'acme',
      state: 'enabled',
      used: 7,
      remaining: 13,
      partial: false,
    })
    const cells = ['2026-11-22', planId, 'gold', mobile.keyId, 'mobile', 'acme', 'enabled', '7', '13', 'false']
    expect((await report(...days)).stdout).toBe(`${cells.join('\t')}\n`)
  })

  test('large numbers have no separators for programs, and have them for people', async () => {
    const {sandbox, apigateway, issue} = await metered({limit: 2_000_000_000, period: 'MONTH'})
    await issue('mobile')
    const {stdout} = await apigw(UsageReport, ['--from', '0h', '-o', 'csv'], {on: sandbox})
    expect(stdout).toContain(',2000000000,')
    const table = await apigw(UsageReport, ['-o', 'table'], {on: sandbox})
    expect(table.stdout).toContain('2,000,000,000/month')
    expect((await apigateway.getApiKeys({})).items).toHaveLength(1)
  })

  test('--by customer adds up the keys of each', async () => {
    const {report} = await busyWeek()
    const range = {from: '2026-11-22', to: '2026-11-23'}
    const {stdout} = await report('--by', 'customer', '--from', '2026-11-22', '--json')
    const days = (...used: number[]) => ['2026-11-22', '2026-11-23'].map((day, i) => ({day, used: used[i]}))
    expect(JSON.parse(stdout)).toEqual([
      {customerId: 'acme', ...range, keys: 2, plans: ['gold'], used: 29, days: days(7, 22)},
      {customerId: null, ...range, keys: 1, plans: ['gold'], used: 0, days: days(0, 0)},
    ])
    expect((await report('--by', 'customer', '--from', '2026-11-22', '-o', 'csv')).stdout).toBe(
      'customer,from,to,keys,plans,used\nacme,2026-11-22,2026-11-23,2,gold,29\n,2026-11-22,2026-11-23,1,gold,0\n',
    )
  })

  test('--by key has totals, and how it stands with the quota of the present week', async () => {
    const {report} = await busyWeek()
    const {stdout} = await report('--by', 'key', '--key', 'mobile', '--from', '2026-11-21', '--json')
    expect(JSON.parse(stdout)).toMatchObject([
      {
        key: 'mobile',
        from: '2026-11-21',
        to: '2026-11-23',
        // The week began on the 22nd.
        used: 14,
        days: [{used: 5}, {used: 7}, {used: 2}],
        quota: {
          limit: 20,
          period: 'WEEK',
          used: 9,
          remaining: 11,
          share: 0.45,
          resets: '2026-11-29T00:00:00.000Z',
          // 14 requests in two days and a quarter.
          pace: 6.22,
          daysLeft: 1.77,
          outlook: 'runs-out',
        },
      },
    ])
  })

  test('days that are over tell nothing of the quota now', async () => {
    const {report} = await busyWeek()
    const {stdout} = await report(
      '--by',
      'key',
      '--key',
      'mobile',
      '--from',
      '2026-11-21',
      '--to',
      '2026-11-22',
      '--json',
    )
    expect(JSON.parse(stdout)).toMatchObject([{used: 12}])
    expect(JSON.parse(stdout)[0].quota).toBeUndefined()
  })

  test('a short range does not shorten the period: the days before are read, too, and not shown', async () => {
    const {report} = await busyWeek()
    const {stdout} = await report('--by', 'key', '--key', 'mobile', '--from', '2026-11-23', '--json')
    expect(JSON.parse(stdout)).toMatchObject([{used: 2, days: [{day: '2026-11-23'}], quota: {used: 9, share: 0.45}}])
  })
})

describe('on a terminal', () => {
  test('a line for each key: its days as a picture, totals, share of the quota and outlook', async () => {
    const {onTerminal} = await busyWeek()
    const {stdout, stderr} = await onTerminal(140)
    const zeros = (count: number) => '▁'.repeat(count)
    expect(stdout.split('\n').map(line => line.trimEnd())).toEqual([
      'KEY              PLAN  CUSTOMER  DAYS                            USED  QUOTA                       OUTLOOK',
      `mobile           gold  acme      ${zeros(27)}▆█▃  14    █████░░░░░ 45% of 20/week   out in 42 hours, resets 2026-11-29`,
      `tablet           gold  acme      ${zeros(29)}█  20    ██████████ 100% of 20/week  used up until 2026-11-29`,
      `idle (disabled)  gold            ${zeros(30)}  0     ░░░░░░░░░░ 0% of 20/week    not used`,
      '',
    ])
    expect(stderr).toBe('Requests of each day from 2026-10-25 to 2026-11-23, in UTC; today is not over.\n')
  })

  test('an extended key has its share of what it may send in this period, not of the limit', async () => {
    const kit = await busyWeek()
    await kit.apigateway.updateUsage({
      usagePlanId: kit.planId,
      keyId: kit.tablet.keyId,
      patchOperations: [{op: 'replace', path: '/remaining', value: '5'}],
    })
    expect((await kit.onTerminal(140)).stdout).toMatch(/tablet .* 20 +████████░░ 80% of 25\/week +out in 1 hour,/)
  })

  test('eighty columns are enough', async () => {
    const {onTerminal} = await busyWeek()
    const {stdout} = await onTerminal(80)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(stdout).toMatch(/mobile +gold +acme +▁{9}█ +14 +45% +out in 42 hours/)
    expect(stdout).not.toContain('…')
  })

  test.each([100, 120])('of %i columns neither the days nor the outlook are cut', async columns => {
    const {onTerminal} = await busyWeek()
    const {stdout} = await onTerminal(columns)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
    expect(stdout).toMatch(/mobile +gold +acme +▁+▅█ +14 .* out in 42 hours\n/)
    expect(stdout).not.toContain('…')
  })

  test('a dumb terminal gets ASCII', async () => {
    const {sandbox} = await busyWeek()
    const {stdout} = await apigw(UsageReport, [], {on: sandbox, tty: true, columns: 140, env: {TERM: 'dumb'}})
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/)
    expect(stdout).toContain(`${'_'.repeat(27)}+#:  14`)
    expect(stdout).toContain('#####----- 45% of 20/week')
  })

  test('Markdown has the same lines', async () => {
    const {report} = await busyWeek()
    const {stdout} = await report('-o', 'markdown')
    expect(stdout).toMatch(/^\| KEY \| PLAN \| CUSTOMER \| DAYS \| USED \| QUOTA \| OUTLOOK \|\n/)
    expect(stdout).toMatch(/\| mobile \| gold \| acme \| ▁+▆█▃ \| 14 \| █████░░░░░ 45% of 20\/week \|/)
  })

  test('--by day has a line for each day, and --by customer one for each customer', async () => {
    const {onTerminal} = await busyWeek()
    expect((await onTerminal(140, '--by', 'day', '--key', 'mobile', '--from', '2026-11-22')).stdout).toMatch(
      /^DAY .*PARTIAL\n2026-11-22 .* 7 +13 +false\n2026-11-23 .* 2 +11 +true\n$/,
    )
    expect((await onTerminal(140, '--by', 'customer')).stdout).toMatch(
      /acme +2 +gold +▁+▃▃█ +34\n\(none\) +1 +gold +▁+ +0\n$/,
    )
  })
})

describe('what is not counted', () => {
  test('a plan without a quota is named, and its keys are not shown as unused', async () => {
    const kit = await busyWeek()
    const {id: planId = ''} = await kit.apigateway.createUsagePlan({name: 'free'})
    await kit.issue('anyone', {plan: planId})
    const csv = await kit.report('-o', 'csv')
    expect(csv.stdout).not.toContain('free')
    expect(csv.stdout).not.toContain('anyone')
    const remark = `Not counted by the service: usage plan without a quota (free). To count: apigw plans update ${planId} --quota 1000000/month\n`
    expect(csv.stderr).toBe(remark)
    expect((await kit.onTerminal(140)).stderr).toContain(remark)
    for (const by of ['day', 'key', 'customer']) {
      const json = await kit.report('--by', by, '--json')
      expect(json.stderr).toBe('')
      expect(JSON.parse(json.stdout).at(-1)).toEqual({planId, plan: 'free', used: null})
    }
  })

  test('where nothing is counted that is said', async () => {
    const kit = await metered({limit: 1, period: 'DAY'})
    const {stdout, stderr, exitCode} = await apigw(UsageReport, ['-o', 'table'], {on: kit.sandbox})
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 0})
    expect(stderr).toMatch(/^Nothing is counted: .* See what they have: apigw plans list\n/)
    expect((await apigw(UsageReport, ['--json'], {on: kit.sandbox})).stdout).toBe('[]\n')
  })
})

describe('keys and plans', () => {
  test('a key on two plans has a row on each, from the requests to the stages of each', async () => {
    const kit = await metered({limit: 100, period: 'MONTH'})
    await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'beta'})
    const {id: silver = ''} = await kit.apigateway.createUsagePlan({
      name: 'silver',
      quota: {limit: 10, period: 'DAY'},
      apiStages: [{apiId: kit.restApiId, stage: 'beta'}],
    })
    const mobile = await kit.issue('mobile')
    await kit.apigateway.createUsagePlanKey({usagePlanId: silver, keyId: mobile.keyId, keyType: 'API_KEY'})
    await kit.send(mobile, 3)
    await kit.send(mobile, 2, 'beta')
    const rows = async (...argv: string[]) =>
      JSON.parse((await apigw(UsageReport, ['--by', 'key', '--json', ...argv], {on: kit.sandbox})).stdout)
    const gold = {plan: 'gold', key: 'mobile', used: 3, quota: {share: 0.03, period: 'MONTH'}}
    const other = {plan: 'silver', key: 'mobile', used: 2, quota: {share: 0.2, period: 'DAY'}}
    expect(await rows()).toMatchObject([gold, other])
    expect(await rows('--key', 'mobile')).toMatchObject([gold, other])
    expect(await rows('--plan', 'silver')).toMatchObject([other])
    expect(await rows('--plan', 'silver', '--plan', 'gold')).toMatchObject([other, gold])
    expect(await rows('--plan', 'silver', '--key', mobile.keyId)).toMatchObject([other])
  })

  test.each([
    [['--plan', 'nope'], 3, 'There is no usage plan "nope".'],
    [['--key', 'nope'], 3, 'There is no API key "nope".'],
    [['--plan', 'free', '--key', 'mobile'], 3, 'API key "mobile" is not on usage plan "free".'],
    [['--from', '2026-11-24'], 2, '2026-11-24 is still to come'],
  ])('%j ends with %i', async (argv, exitCode, message) => {
    const kit = await metered({limit: 100, period: 'MONTH'})
    await kit.issue('mobile')
    await kit.apigateway.createUsagePlan({name: 'free'})
    const result = await apigw(UsageReport, argv, {on: kit.sandbox})
    expect(result).toMatchObject({exitCode, stdout: ''})
    expect(result.stderr).toContain(message)
  })
})

/** As many keys on the plan as a page has, and some more. */
async function fiveHundredAnd(kit: Awaited<ReturnType<typeof metered>>, more: number) {
  const names = Array.from({length: 500 + more}, (_, i) => `key ${i}`)
  const keys = await Promise.all(names.map(name => kit.apigateway.createApiKey({name})))
  for (const {id: keyId} of keys) {
    await kit.apigateway.createUsagePlanKey({usagePlanId: kit.planId, keyId, keyType: 'API_KEY'})
  }
}

test('what it costs: one reading of the plans, one of the names, and for each plan its pages for each quarter', async () => {
  const kit = await metered({limit: 100, period: 'MONTH'})
  await fiveHundredAnd(kit, 1)
  const calls = async (...argv: string[]) => {
    const before = new Map(kit.sandbox.calls)
    const {stdout} = await apigw(UsageReport, ['-o', 'ndjson', ...argv], {on: kit.sandbox})
    const made = [...kit.sandbox.calls].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
    return {rows: stdout.split('\n').length - 1, ...Object.fromEntries(made.filter(([, count]) => count > 0))}
  }
  expect(await calls()).toEqual({rows: 501 * 30, GetUsagePlans: 1, GetApiKeys: 2, GetUsage: 2})
  const half = ['--from', '2026-01-01', '--to', '2026-06-30']
  expect(await calls('--by', 'key', ...half)).toEqual({rows: 501, GetUsagePlans: 1, GetApiKeys: 2, GetUsage: 6})
})

test('of a full page without a position the keys after it are asked for one by one: none is left out', async () => {
  const isCutOff = {kind: 'altered', change: ({position: _, ...rest}: object & {position?: unknown}) => rest} as const
  const kit = await metered(
    {limit: 100, period: 'MONTH'},
    {fault: ({operation}) => (operation === 'GetUsage' ? isCutOff : undefined)},
  )
  await fiveHundredAnd(kit, 3)
  const {stdout} = await apigw(UsageReport, ['--from', '2026-11-18', '-o', 'ndjson'], {on: kit.sandbox})
  const rows = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).keyId)
  expect(rows).toHaveLength(503)
  expect(new Set(rows).size).toBe(503)
  expect(kit.sandbox.calls.get('GetUsage')).toBe(4)
})

test('a long range is read in parts, and has each day once', async () => {
  const kit = await metered({limit: 100, period: 'MONTH'})
  const mobile = await kit.issue('mobile')
  kit.at('2026-05-30T12:00:00Z')
  await kit.send(mobile, 3)
  kit.at('2026-08-31T23:59:59Z')
  await kit.send(mobile, 4)
  kit.at('2026-09-01T00:00:00Z')
  await kit.send(mobile, 5)
  const long = ['--from', '2025-09-15', '-o']
  expect((await apigw(UsageReport, [...long, 'csv'], {on: kit.sandbox})).stderr).toContain(
    'a 0 from before 2026-06-03 may',
  )
  const {stdout} = await apigw(UsageReport, [...long, 'ndjson'], {on: kit.sandbox})
  const rows = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as {day: string; used: number})
  const days = rows.map(({day}) => day)
  expect(days).toEqual([...new Set(days)].sort())
  expect([days.length, days[0], days.at(-1)]).toEqual([352, '2025-09-15', '2026-09-01'])
  expect(rows.filter(({used}) => used > 0)).toMatchObject([
    {day: '2026-05-30', used: 3},
    {day: '2026-08-31', used: 4},
    {day: '2026-09-01', used: 5, partial: true},
  ])
})
