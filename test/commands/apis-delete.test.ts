import {expect, test} from 'vitest'
import ApisDelete from '../../src/commands/apis/delete.js'
import LogsPrune from '../../src/commands/logs/prune.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import {petstore} from '../support/petstore.js'

/** The petstore on prod, behind two paths of a custom domain name, with a log group and another API beside it. */
async function mapped(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {apigateway, apigatewayv2, logs, restApiId} = kit
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const domainName = 'api.example.com'
  await apigateway.createDomainName({domainName, endpointConfiguration: {types: ['REGIONAL']}})
  await apigateway.createBasePathMapping({domainName, restApiId, basePath: 'pets', stage: 'prod'})
  const several = {DomainName: domainName, ApiId: restApiId, ApiMappingKey: 'shop/v1', Stage: 'prod'}
  await apigatewayv2.createApiMapping(several)
  const group = `API-Gateway-Execution-Logs_${restApiId}/prod`
  for (const logGroupName of [group, 'API-Gateway-Execution-Logs_gone000001/prod']) {
    await logs.createLogGroup({logGroupName})
  }
  const left = async () => ({
    apis: (await apigateway.getRestApis({})).items?.length ?? 0,
    mappings: (await apigatewayv2.getApiMappings({DomainName: domainName})).Items?.length ?? 0,
    groups: (await logs.describeLogGroups({})).logGroups?.map(({logGroupName}) => logGroupName).sort(),
  })
  return {...kit, group, left}
}

const CONFIRMED = ['petstore', '--confirm', 'petstore']
const ORPHAN = 'API-Gateway-Execution-Logs_gone000001/prod'

test('while a custom domain name leads to the API it is refused with 5, before any call that changes something', async () => {
  const {sandbox, left} = await mapped()
  const {exitCode, stdout, stderr} = await apigw(ApisDelete, [...CONFIRMED, '--json'], {on: sandbox})
  expect([exitCode, stdout]).toEqual([5, ''])
  expect(JSON.parse(stderr).error).toMatchObject({
    kind: 'conflict',
    message: expect.stringContaining('api.example.com/pets, api.example.com/shop/v1'),
    hint: 'To take them away, too: apigw apis delete petstore --with-mappings',
  })
  expect(await left()).toMatchObject({apis: 1, mappings: 2})
  expect([...sandbox.calls.keys()].filter(name => name.startsWith('Delete'))).toEqual([])
})

test('with --with-mappings they go first; the execution log stays, and is shown to stay', async () => {
  const {sandbox, restApiId, group, left} = await mapped()
  const dry = await apigw(ApisDelete, ['petstore', '--with-mappings', '--dry-run', '--json'], {on: sandbox})
  expect(JSON.parse(dry.stdout)).toMatchObject([
    {action: 'delete', kind: 'base path mapping', name: 'api.example.com/pets'},
    {action: 'delete', kind: 'base path mapping', name: 'api.example.com/shop/v1'},
    {action: 'delete', kind: 'API', name: 'petstore', detail: `${restApiId}, with 1 deployment`},
    {action: 'delete', kind: 'stage', name: 'prod'},
    {action: 'keep', kind: 'log group', name: group},
  ])
  expect(await left()).toMatchObject({apis: 1, mappings: 2})
  const {exitCode, stderr} = await apigw(ApisDelete, [...CONFIRMED, '--with-mappings'], {on: sandbox})
  expect({exitCode, stderr}).toEqual({
    exitCode: 0,
    stderr: [
      'deleted base path mapping api.example.com/pets\n',
      'deleted base path mapping api.example.com/shop/v1\n',
      `deleted API petstore (${restApiId})\n`,
    ].join(''),
  })
  expect(await left()).toEqual({apis: 0, mappings: 0, groups: [group, ORPHAN].sort()})
})

test('with --with-logs the execution log goes, too, and no other', async () => {
  const {sandbox, left} = await mapped()
  const argv = [...CONFIRMED, '--with-mappings', '--with-logs']
  expect((await apigw(ApisDelete, argv, {on: sandbox})).exitCode).toBe(0)
  expect(await left()).toEqual({apis: 0, mappings: 0, groups: [ORPHAN]})
})

test('a log group that could not be deleted is deleted by the command that is named, and no other is', async () => {
  let isBroken = true
  const fault: SandboxOptions['fault'] = ({operation}) =>
    operation === 'DeleteLogGroup' && isBroken
      ? {kind: 'error', code: 'AccessDeniedException', status: 400, message: 'not authorized'}
      : undefined
  const {sandbox, restApiId, group, left} = await mapped({fault})
  const {exitCode, stderr} = await apigw(ApisDelete, [...CONFIRMED, '--with-mappings', '--with-logs'], {on: sandbox})
  expect(exitCode).toBe(4)
  const words = `apigw logs prune --orphans --api ${restApiId} --confirm ${group}`
  expect(stderr).toContain(`What is left to do: ${words}`)
  expect(await left()).toEqual({apis: 0, mappings: 0, groups: [group, ORPHAN].sort()})
  isBroken = false
  expect((await apigw(LogsPrune, words.split(' ').slice(3), {on: sandbox})).exitCode).toBe(0)
  expect(await left()).toMatchObject({groups: [ORPHAN]})
})

test('a mapping that only the service sees is a conflict, with the domain names that it names', async () => {
  const {sandbox} = await petstore({
    fault: ({operation}) =>
      operation === 'DeleteRestApi'
        ? {
            kind: 'error',
            code: 'BadRequestException',
            status: 400,
            message:
              'Deleting RestApi abc failed. Please remove all base path mappings related to the RestApi in your domains: a.example.com',
          }
        : undefined,
  })
  const {exitCode, stderr} = await apigw(ApisDelete, CONFIRMED, {on: sandbox})
  expect(exitCode).toBe(5)
  expect(stderr).toContain('while a custom domain name leads to it: a.example.com.')
})

test('the question lists all of it, line by line', async () => {
  const {sandbox, group} = await mapped()
  const {stderr, exitCode} = await apigw(ApisDelete, ['petstore', '--with-mappings'], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('\n  delete base path mapping api.example.com/shop/v1 (leads to the stage prod)\n')
  expect(stderr).toContain(
    `\n  keep log group ${group} (0 B; --with-logs deletes it)\nWhat is deleted cannot be brought back. Nobody is there`,
  )
})
