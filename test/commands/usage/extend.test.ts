import {describe, expect, test} from 'vitest'
import UsageExtend from '../../../src/commands/usage/extend.js'
import {apigw} from '../../support/apigw.js'
import {metered} from '../../support/metered.js'

const extend = (kit: {sandbox: {url: string}}, ...argv: string[]) => apigw(UsageExtend, argv, {on: kit.sandbox})

/** A key that has used up its quota of two requests a month. */
async function usedUp() {
  const kit = await metered({limit: 2, period: 'MONTH'})
  const mobile = await kit.issue('mobile')
  expect(await kit.send(mobile, 3)).toEqual([200, 200, 429])
  return {...kit, mobile}
}

describe('a key that has used up its quota', () => {
  test('is let in again for as many requests as it is given', async () => {
    const kit = await usedUp()
    const {stdout, exitCode} = await extend(kit, 'mobile', '--remaining', '3', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      keyId: kit.mobile.keyId,
      key: 'mobile',
      plan: 'gold',
      before: 0,
      remaining: 3,
      until: '2026-12-01T00:00:00.000Z',
    })
    expect(await kit.send(kit.mobile, 4)).toEqual([200, 200, 200, 429])
  })

  test('until the period ends: then it has its quota again, and no more', async () => {
    const kit = await usedUp()
    const {stderr} = await extend(kit, 'mobile', '--remaining', '5')
    expect(stderr).toBe('That holds until 2026-12-01 00:00 UTC, when the next period of the quota begins.\n')
    kit.at('2026-11-30T23:59:59Z')
    expect(await kit.send(kit.mobile)).toEqual([200])
    kit.at('2026-12-01T00:00:00Z')
    expect(await kit.send(kit.mobile, 3)).toEqual([200, 200, 429])
  })

  test('with --add has so many besides what it had', async () => {
    const kit = await usedUp()
    for (const remaining of [2, 4]) {
      const {stdout} = await extend(kit, 'mobile', '--add', '2', '--json')
      expect(JSON.parse(stdout)).toMatchObject({remaining})
    }
    expect(await kit.send(kit.mobile, 5)).toEqual([200, 200, 200, 200, 429])
  })

  test('a dry run says what would be, and a second run of the same finds nothing to do', async () => {
    const kit = await usedUp()
    const dry = await extend(kit, 'mobile', '--remaining', '3', '--dry-run')
    expect(dry.stdout).toContain(
      '3 requests left instead of 0 of 2/month on usage plan gold, until 2026-12-01 00:00 UTC',
    )
    expect(await kit.send(kit.mobile)).toEqual([429])
    await extend(kit, 'mobile', '--remaining', '3')
    const calls = kit.sandbox.calls.get('UpdateUsage')
    const again = await extend(kit, 'mobile', '--remaining', '3')
    expect(again).toMatchObject({exitCode: 0, stderr: expect.stringContaining('It has 3 requests left already.')})
    expect(kit.sandbox.calls.get('UpdateUsage')).toBe(calls)
  })
})

test('a key can be given less, and nothing at all', async () => {
  const kit = await metered({limit: 5, period: 'DAY'})
  const mobile = await kit.issue('mobile')
  await extend(kit, 'mobile', '--remaining', '1')
  expect(await kit.send(mobile, 2)).toEqual([200, 429])
  kit.at('2026-11-19T00:00:00Z')
  await extend(kit, mobile.keyId, '--remaining', '0')
  expect(await kit.send(mobile)).toEqual([429])
})

test('of a disabled key it is said that it is', async () => {
  const kit = await metered({limit: 5, period: 'DAY'})
  const {keyId} = await kit.issue('mobile', {enabled: false})
  const {stderr} = await extend(kit, 'mobile', '--remaining', '9')
  expect(stderr).toContain(`The key is disabled: apigw keys enable ${keyId}\n`)
})

describe('which plan', () => {
  test('is asked for where the key has several quotas; where nobody can answer the flag is named', async () => {
    const kit = await metered({limit: 2, period: 'MONTH'})
    const {keyId, value} = await kit.issue('mobile')
    await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'beta'})
    const {id: silver = ''} = await kit.apigateway.createUsagePlan({
      name: 'silver',
      quota: {limit: 1, period: 'DAY'},
      apiStages: [{apiId: kit.restApiId, stage: 'beta'}],
    })
    await kit.apigateway.createUsagePlanKey({usagePlanId: silver, keyId, keyType: 'API_KEY'})
    const {stderr, exitCode} = await extend(kit, 'mobile', '--remaining', '9')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Which quota of "mobile"? Nobody is there to answer: pass --plan PLAN.')
    expect(stderr).toContain('Choices: gold (2/month), silver (1/day)')
    const {stdout} = await extend(kit, 'mobile', '--remaining', '2', '--plan', 'silver', '--json')
    expect(JSON.parse(stdout)).toMatchObject({plan: 'silver', before: 1, until: '2026-11-19T00:00:00.000Z'})
    expect(await kit.send({value}, 3, 'beta')).toEqual([200, 200, 429])
    expect(await kit.send({value}, 3)).toEqual([200, 200, 429])
  })

  test('is clear where only one of its plans has a quota', async () => {
    const kit = await metered({limit: 2, period: 'MONTH'})
    const {keyId} = await kit.issue('mobile')
    const {id: free} = await kit.apigateway.createUsagePlan({name: 'free'})
    await kit.apigateway.createUsagePlanKey({usagePlanId: free, keyId, keyType: 'API_KEY'})
    expect(JSON.parse((await extend(kit, 'mobile', '--remaining', '9', '--json')).stdout)).toMatchObject({plan: 'gold'})
    const refused = await extend(kit, 'mobile', '--remaining', '9', '--plan', 'free')
    expect(refused).toMatchObject({exitCode: 5, stdout: ''})
    expect(refused.stderr).toBe(
      'Error: Usage plan "free" has no quota: nothing runs out that could be extended.\n' +
        'To give it one: apigw plans update free --quota 10000/month\n',
    )
  })
})

describe('is refused', () => {
  test.each([
    [['mobile'], 2, 'How many requests?'],
    [['mobile', '--remaining', '-1'], 2, '--remaining "-1" is not a number of requests.'],
    [['mobile', '--add', '1.5'], 2, '--add "1.5" is not a number of requests.'],
    [['mobile', '--remaining', '99999999999999999999'], 2, 'is not a number of requests.'],
    [['mobile', '--add', '9007199254740991'], 2, 'That is more than can be counted.'],
    [['mobile', '--remaining', '1', '--add', '1'], 2, '--add'],
    [['nope', '--remaining', '1'], 3, 'There is no API key "nope".'],
    [['loose', '--remaining', '1'], 5, 'API key "loose" is on no usage plan: it has no quota.'],
    [['loose', '--remaining', '1', '--plan', 'gold'], 3, 'API key "loose" is not on usage plan "gold".'],
    [['mobile', '--remaining', '1', '--plan', 'nope'], 3, 'There is no usage plan "nope".'],
  ])('%j with %i', async (argv, exitCode, message) => {
    const kit = await metered({limit: 2, period: 'MONTH'})
    await kit.issue('mobile')
    await kit.apigateway.createApiKey({name: 'loose', enabled: true})
    const result = await extend(kit, ...argv)
    expect(result).toMatchObject({exitCode, stdout: ''})
    expect(result.stderr).toContain(message)
    expect(kit.sandbox.calls.get('UpdateUsage')).toBeUndefined()
  })
})
