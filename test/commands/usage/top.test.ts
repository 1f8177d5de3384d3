import {expect, test} from 'vitest'
import UsageTop from '../../../src/commands/usage/top.js'
import {apigw} from '../../support/apigw.js'
import {metered} from '../../support/metered.js'

/** A key that sent most, one that has little left, and one that was busy last month. */
async function threeKeys() {
  const kit = await metered({limit: 20, period: 'MONTH'})
  const {id: silver = ''} = await kit.apigateway.createUsagePlan({name: 'silver', quota: {limit: 5, period: 'DAY'}})
  await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'beta'})
  await kit.apigateway.updateUsagePlan({
    usagePlanId: silver,
    patchOperations: [{op: 'add', path: '/apiStages', value: `${kit.restApiId}:beta`}],
  })
  const [much, near, past] = [await kit.issue('much'), await kit.issue('near', {plan: silver}), await kit.issue('past')]
  kit.at('2026-10-31T12:00:00Z')
  await kit.send(past, 15)
  kit.at('2026-11-18T12:00:00Z')
  await kit.send(much, 12)
  await kit.send(near, 4, 'beta')
  return kit
}

test.each([
  [[], ['past', 'much', 'near']],
  [
    ['--from', '2026-11-01'],
    ['much', 'near', 'past'],
  ],
  [
    ['--by', 'share'],
    ['near', 'much', 'past'],
  ],
  [
    ['--by', 'days-left'],
    ['near', 'much', 'past'],
  ],
  [['--limit', '1'], ['past']],
  [['-n', '1', '--plan', 'silver'], ['near']],
])('%j: %j', async (argv, expected) => {
  const {sandbox} = await threeKeys()
  const {stdout} = await apigw(UsageTop, [...argv, '--json'], {on: sandbox})
  expect(JSON.parse(stdout).map(({key}: {key: string}) => key)).toEqual(expected)
})

test('a terminal has the lines of a report, and a pipe its numbers', async () => {
  const {sandbox} = await threeKeys()
  const env = {NO_COLOR: '1', TERM: 'xterm'}
  const terminal = await apigw(UsageTop, ['--by', 'share', '-n', '1'], {on: sandbox, tty: true, columns: 140, env})
  expect(terminal.stdout).toMatch(
    /^KEY .*\nnear +silver +▁{29}█ +4 +████████░░ 80% of 5\/day +out in 3 hours, resets 2026-11-19\n$/,
  )
  expect(terminal.stderr).toContain('today is not over')
  const pipe = await apigw(UsageTop, ['--by', 'share', '-n', '1', '-o', 'csv'], {on: sandbox})
  expect(pipe.stdout).toMatch(
    /^plan_id,plan,key_id,key,customer,state,from,to,used,limit,period,used_in_period,remaining,share,resets,pace,days_left,outlook\n\w+,silver,\w+,near,,enabled,2026-10-20,2026-11-18,4,5,DAY,4,1,0.8,2026-11-19T00:00:00.000Z,8,0.13,runs-out\n$/,
  )
})

test('what runs out first is a matter of today', async () => {
  const {sandbox} = await threeKeys()
  const {stderr, exitCode} = await apigw(UsageTop, ['--by', 'days-left', '--to', '2026-11-17'], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('Leave --to away, or use --by used.')
})
