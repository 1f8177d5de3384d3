import {expect, test} from 'vitest'
import {openApis} from '../../src/aws/apis.js'
import {openPlans} from '../../src/aws/plans.js'
import {openStages} from '../../src/aws/stages.js'
import {belongingsOf, checkKept} from '../../src/domain/deployments/kept.js'
import type {Problem} from '../../src/domain/problem.js'
import {EVERY_COMMAND, runCommand} from '../support/every-command.js'
import {giveLoggingRole} from '../support/logging-role.js'
import {sessionOn} from '../support/session.js'
import {furnish, furniture, twoEditions} from '../support/two-editions.js'

/** The commands of a hint, as `apigw WORDS`. */
function commandsOf(hint: string): {id: string; argv: string[]}[] {
  return [...hint.matchAll(/^To restore it: apigw (.+)$/gm)].map(([, line = '']) => {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
    const id = words.slice(0, 2).join(':')
    expect(Object.keys(EVERY_COMMAND)).toContain(id)
    return {id, argv: words.slice(2)}
  })
}

test('the commands that are named for what a stage has lost bring all of it back', async () => {
  const kit = await twoEditions()
  const {sandbox, apigateway, logs, restApiId} = kit
  await giveLoggingRole(kit)
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await furnish(kit, 'prod')
  await logs.createLogGroup({logGroupName: 'access'})
  const values: Record<string, string> = {
    '/cacheClusterEnabled': 'true',
    '/cacheClusterSize': '0.5',
    '/*/*/caching/enabled': 'true',
    '/*/*/caching/ttlInSeconds': '60',
    '/*/*/caching/dataEncrypted': 'true',
    '/*/*/caching/unauthorizedCacheControlHeaderStrategy': 'FAIL_WITH_403',
    '/*/*/logging/loglevel': 'INFO',
    '/*/*/logging/dataTrace': 'true',
    '/~1pets/GET/metrics/enabled': 'false',
    '/~1pets/GET/logging/loglevel': 'OFF',
    '/accessLogSettings/destinationArn': 'arn:aws:logs:us-east-1:123456789012:log-group:access',
    '/accessLogSettings/format': '$context.requestId $context.status',
  }
  const patchOperations = Object.entries(values).map(([path, value]) => ({op: 'replace' as const, path, value}))
  await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
  const {session} = sessionOn(sandbox)
  const [apis, stages, plans] = await Promise.all([openApis(session), openStages(session), openPlans(session)])
  const api = await apis.get(restApiId)
  const before = await belongingsOf({plans, session}, api, await stages.get(restApiId, 'prod'))
  const wanted = await furniture(kit, 'prod')

  // As servers do that know no better than to make a stage anew.
  const {deploymentId} = before.stage
  await apigateway.deleteStage({restApiId, stageName: 'prod'})
  await apigateway.createStage({restApiId, stageName: 'prod', deploymentId})
  const after = await stages.get(restApiId, 'prod')
  const problem: Problem = await checkKept({plans, session}, api, before, after).catch(error => error)
  for (const {id, argv} of commandsOf(problem.hint ?? '')) {
    const {exitCode, stderr} = await runCommand(id, argv, {on: sandbox})
    expect(exitCode, `${id} ${argv.join(' ')}\n${stderr}`).toBe(0)
  }
  const restored = await furniture(kit, 'prod')
  const undated = {createdDate: undefined, cacheClusterStatus: undefined}
  expect({settings: {...restored.settings, ...undated}, plans: restored.plans}).toEqual({
    settings: {...wanted.settings, ...undated},
    plans: wanted.plans,
  })
})
