import {describe, expect, test} from 'vitest'
import DeploymentsDelete from '../../src/commands/deployments/delete.js'
import DeploymentsGet from '../../src/commands/deployments/get.js'
import DeploymentsList from '../../src/commands/deployments/list.js'
import DeploymentsPrune from '../../src/commands/deployments/prune.js'
import DeploymentsUpdate from '../../src/commands/deployments/update.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import {petstore} from '../support/petstore.js'

/** The petstore with deployments 1 to 5: `prod` serves 3, and its canary 4. */
async function deployed(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {apigateway, restApiId} = kit
  const ids: string[] = []
  for (let i = 1; i <= 5; i++) {
    const {id} = await apigateway.createDeployment({restApiId, description: `release ${i}`})
    ids.push(id!)
  }
  const [, , third, fourth] = ids
  await apigateway.createStage({restApiId, stageName: 'prod', deploymentId: third})
  await apigateway.updateStage({
    restApiId,
    stageName: 'prod',
    patchOperations: [
      {op: 'replace', path: '/canarySettings/deploymentId', value: fourth},
      {op: 'replace', path: '/canarySettings/percentTraffic', value: '10'},
    ],
  })
  const left = async () => (await apigateway.getDeployments({restApiId})).items?.map(({description}) => description)
  return {...kit, ids, left}
}

const ON = ['--api', 'petstore']

describe('deployments list', () => {
  test('in a pipe has one line each, newest first, with stages and canaries', async () => {
    const {sandbox, ids} = await deployed()
    const {stdout, exitCode} = await apigw(DeploymentsList, ON, {on: sandbox})
    expect(exitCode).toBe(0)
    const rows = stdout
      .trim()
      .split('\n')
      .map(line => line.split('\t'))
    expect(rows.map(([id]) => id)).toEqual([...ids].reverse())
    expect(rows.map(([, , stages, canaries, description]) => [stages, canaries, description])).toEqual([
      ['', '', 'release 5'],
      ['', 'prod', 'release 4'],
      ['prod', '', 'release 3'],
      ['', '', 'release 2'],
      ['', '', 'release 1'],
    ])
    expect(rows.every(([, created]) => /^\d{4}-\d\d-\d\dT/.test(created!))).toBe(true)
  })

  test('on a terminal marks what nothing serves', async () => {
    const {sandbox, ids} = await deployed()
    const {stdout} = await apigw(DeploymentsList, ON, {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
    const unused = stdout.split('\n').filter(line => line.includes('unused'))
    expect(unused.map(line => line.slice(0, 6))).toEqual([ids[4], ids[1], ids[0]])
  })

  test('as JSON has the names of both in lists', async () => {
    const {sandbox, ids} = await deployed()
    const unused = await apigw(DeploymentsList, [...ON, '--json', '--query', '[?!stages && !canaries].id'], {
      on: sandbox,
    })
    expect(JSON.parse(unused.stdout)).toEqual([ids[4], ids[1], ids[0]])
  })

  test('reads a long history in pages of 500', async () => {
    const {sandbox, apigateway, restApiId} = await petstore()
    const ids: (string | undefined)[] = []
    for (let i = 0; i < 501; i++) ids.push((await apigateway.createDeployment({restApiId})).id)
    const {stdout} = await apigw(DeploymentsList, [...ON, '--output', 'id'], {on: sandbox})
    expect(stdout.trim().split('\n')).toEqual(ids.reverse())
    expect(sandbox.calls.get('GetDeployments')).toBe(2)
  })

  test('says on a terminal how to make the first', async () => {
    const {sandbox} = await petstore()
    const {stdout, stderr} = await apigw(DeploymentsList, ON, {on: sandbox, tty: true})
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('apigw deploy --stage NAME')])
  })
})

describe('deployments get', () => {
  test('shows what was deployed, also where it was edited since', async () => {
    const {sandbox, apigateway, restApiId, rootResourceId, ids} = await deployed()
    const root = {restApiId, resourceId: rootResourceId, httpMethod: 'GET'}
    await apigateway.putMethod({...root, authorizationType: 'AWS_IAM', apiKeyRequired: true})
    const {stdout} = await apigw(DeploymentsGet, ['latest', ...ON, '--json'], {on: sandbox})
    expect(JSON.parse(stdout)).toMatchObject({
      id: ids[4],
      description: 'release 5',
      stages: [],
      canaries: [],
      routes: [{path: '/pets', method: 'GET', authorization: 'NONE', apiKeyRequired: false}],
    })
  })

  test('on a terminal lists the methods with who may call them', async () => {
    const {sandbox, apigateway, restApiId, rootResourceId} = await petstore()
    const root = {restApiId, resourceId: rootResourceId, httpMethod: 'GET'}
    await apigateway.putMethod({...root, authorizationType: 'AWS_IAM', apiKeyRequired: true})
    await apigateway.putIntegration({...root, type: 'MOCK'})
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    const {stdout} = await apigw(DeploymentsGet, ['latest', ...ON], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
    expect(stdout).toMatch(/^stages +prod$/m)
    expect(stdout).toMatch(/^routes +2\n +GET \/ {2}aws_iam, key required\n +GET \/pets\n$/m)
  })

  test('of one that there is not ends with 3 and names some that there are', async () => {
    const {sandbox, ids} = await deployed()
    const {exitCode, stderr} = await apigw(DeploymentsGet, ['nope', ...ON], {on: sandbox})
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(ids[4]!)])
  })
})

describe('deployments update', () => {
  test('describes, and with an empty text takes the description away', async () => {
    const {sandbox, apigateway, restApiId, ids} = await deployed()
    const describe = (text: string, ...more: string[]) =>
      apigw(DeploymentsUpdate, [ids[0]!, ...ON, '--description', text, ...more], {on: sandbox})
    const described = async () => (await apigateway.getDeployment({restApiId, deploymentId: ids[0]})).description
    expect((await describe('x', '--dry-run')).exitCode).toBe(0)
    expect(await described()).toBe('release 1')
    expect((await describe('first')).stdout).toContain('first')
    expect(await described()).toBe('first')
    expect((await describe('first')).stderr).toContain('Nothing to do')
    await describe('')
    expect(await described()).toBeUndefined()
  })
})

describe('deployments delete', () => {
  test('wants the id of one, and the number of several from stdin', async () => {
    const {sandbox, ids, left} = await deployed()
    const unasked = await apigw(DeploymentsDelete, [ids[0]!, ...ON], {on: sandbox})
    expect(unasked).toMatchObject({exitCode: 2, stdout: '', stderr: expect.stringContaining(`--confirm ${ids[0]}`)})
    const dry = await apigw(DeploymentsDelete, [ids[0]!, ...ON, '--dry-run', '--output', 'id'], {on: sandbox})
    expect(dry.stdout).toBe(`${ids[0]}\n`)
    expect(await left()).toHaveLength(5)
    const one = await apigw(DeploymentsDelete, [ids[0]!, ...ON, '--confirm', ids[0]!, '--output', 'id'], {on: sandbox})
    expect(one).toMatchObject({exitCode: 0, stdout: `${ids[0]}\n`})
    const stdin = `${ids[1]}\n${ids[4]}\n`
    const wrong = await apigw(DeploymentsDelete, ['-', ...ON, '--confirm', '3'], {on: sandbox, stdin})
    expect(wrong.exitCode).toBe(2)
    expect((await apigw(DeploymentsDelete, ['-', ...ON, '--confirm', '2'], {on: sandbox, stdin})).exitCode).toBe(0)
    expect(await left()).toEqual(['release 3', 'release 4'])
  })

  test('refuses what a stage or a canary serves with 5, before any call, and asks nothing', async () => {
    const {sandbox, ids, left} = await deployed()
    const stage = await apigw(DeploymentsDelete, [ids[2]!, ...ON], {on: sandbox})
    expect(stage).toMatchObject({exitCode: 5, stdout: ''})
    expect(stage.stderr).toContain('is served by the stage prod.')
    const canary = await apigw(DeploymentsDelete, [ids[3]!, ...ON, '--json'], {on: sandbox})
    expect(canary.exitCode).toBe(5)
    expect(JSON.parse(canary.stderr).error).toMatchObject({
      kind: 'conflict',
      message: `${ids[3]} is served by the canary of prod.`,
      hint: 'To free it: apigw canary abort --stage prod --api petstore',
    })
    expect(sandbox.calls.get('DeleteDeployment')).toBeUndefined()
    expect(await left()).toHaveLength(5)
  })

  test('of several goes on past one that is served, names it, and ends with 1', async () => {
    const {sandbox, ids, left} = await deployed()
    const argv = [ids[2]!, ids[0]!, ...ON, '--confirm', '2', '--output', 'id']
    const {exitCode, stdout, stderr} = await apigw(DeploymentsDelete, argv, {on: sandbox})
    expect([exitCode, stdout]).toEqual([1, `${ids[0]}\n`])
    expect(stderr).toContain(`1 of 2 failed:\n  ${ids[2]}: ${ids[2]} is served by the stage prod.`)
    expect(await left()).toHaveLength(4)
  })

  test.each(['Active stages', 'Active stages with canary settings'])(
    'is a conflict, too, where only the service knows: %s',
    async words => {
      const message = `${words} pointing to this deployment must be moved or deleted`
      const {sandbox, ids} = await deployed({
        fault: ({operation}) =>
          operation === 'DeleteDeployment'
            ? {kind: 'error', code: 'BadRequestException', status: 400, message}
            : undefined,
      })
      const {exitCode, stderr} = await apigw(DeploymentsDelete, [ids[0]!, ...ON, '--confirm', ids[0]!], {on: sandbox})
      expect([exitCode, stderr]).toEqual([5, expect.stringContaining('is served by')])
    },
  )
})

describe('deployments prune', () => {
  test('deletes all but the served and the newest, once it is confirmed by number; then there is nothing to do', async () => {
    const {sandbox, left} = await deployed()
    const unasked = await apigw(DeploymentsPrune, [...ON, '--keep', '1'], {on: sandbox})
    expect(unasked).toMatchObject({exitCode: 2, stdout: ''})
    expect(unasked.stderr).toContain('This deletes 2 deployments of petstore')
    expect(unasked.stderr).toContain('3 stay: 2 served, 1 unused.')
    expect(unasked.stderr).toContain('--confirm 2')
    const dry = await apigw(DeploymentsPrune, [...ON, '--keep', '1', '--dry-run', '--json'], {on: sandbox})
    expect(JSON.parse(dry.stdout)).toMatchObject([{detail: /release 1$/}, {detail: /release 2$/}].map(asMatch))
    expect(await left()).toHaveLength(5)
    const done = await apigw(DeploymentsPrune, [...ON, '--keep', '1', '--confirm', '2'], {on: sandbox})
    expect([done.exitCode, done.stderr]).toEqual([0, '2 deleted. 3 stay: 2 served, 1 unused.\n'])
    expect(await left()).toEqual(['release 3', 'release 4', 'release 5'])
    const again = await apigw(DeploymentsPrune, [...ON, '--keep', '1', '--yes'], {on: sandbox})
    expect([again.exitCode, again.stderr]).toEqual([0, 'Nothing to do: 3 stay: 2 served, 1 unused.\n'])
  })

  test('by age leaves what is young, and prod and its canary go on answering', async () => {
    const {sandbox, restApiId, left} = await deployed()
    const young = await apigw(DeploymentsPrune, [...ON, '--keep', '0', '--older-than', '1h', '--yes'], {on: sandbox})
    expect([young.exitCode, young.stderr]).toEqual([0, expect.stringContaining('Nothing to do')])
    await apigw(DeploymentsPrune, [...ON, '--keep', '0', '--yes'], {on: sandbox})
    expect(await left()).toEqual(['release 3', 'release 4'])
    for (let i = 0; i < 20; i++) {
      expect((await fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets`)).status).toBe(200)
    }
  })

  test('wants --keep', async () => {
    expect((await apigw(DeploymentsPrune, [...ON])).exitCode).toBe(2)
  })
})

const asMatch = ({detail}: {detail: RegExp}) => ({detail: expect.stringMatching(detail)})
