import {expect, test} from 'vitest'
import {giveLoggingRole, LOGGING_POLICY, TRUSTS_GATEWAY} from '../../support/logging-role.js'
import {sandboxForTest} from '../../support/sandbox.js'

const NOT_ACCEPTED =
  'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.'

const withRole = (value: string) => ({patchOperations: [{op: 'replace' as const, path: '/cloudwatchRoleArn', value}]})

test('the account shows its throttle and no role until one is set', async () => {
  const {apigateway, iam} = await sandboxForTest()
  const account = {
    throttleSettings: {burstLimit: 5000, rateLimit: 10_000},
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  }
  const {$metadata: _, ...before} = await apigateway.getAccount({})
  expect(before).toEqual(account)
  const cloudwatchRoleArn = await giveLoggingRole({apigateway, iam})
  expect(await apigateway.getAccount({})).toMatchObject({...account, cloudwatchRoleArn})
  await apigateway.updateAccount(withRole(''))
  expect((await apigateway.getAccount({})).cloudwatchRoleArn).toBeUndefined()
})

test('a role is accepted only with trust in API Gateway and the managed logging policy', async () => {
  const {apigateway, iam} = await sandboxForTest()
  await expect(apigateway.updateAccount(withRole('arn:aws:iam::123456789012:role/nobody'))).rejects.toThrow(
    NOT_ACCEPTED,
  )
  await expect(apigateway.updateAccount(withRole('not-an-arn'))).rejects.toThrow('The role ARN is not well formed')

  const untrusting = TRUSTS_GATEWAY.replace('apigateway', 'lambda')
  const other = await iam.createRole({RoleName: 'other', AssumeRolePolicyDocument: untrusting})
  await iam.attachRolePolicy({RoleName: 'other', PolicyArn: LOGGING_POLICY})
  await expect(apigateway.updateAccount(withRole(other.Role!.Arn!))).rejects.toThrow(NOT_ACCEPTED)

  const narrow = await iam.createRole({RoleName: 'narrow', AssumeRolePolicyDocument: TRUSTS_GATEWAY})
  await iam.putRolePolicy({
    RoleName: 'narrow',
    PolicyName: 'logs',
    PolicyDocument: '{"Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}',
  })
  await expect(apigateway.updateAccount(withRole(narrow.Role!.Arn!))).rejects.toThrow(NOT_ACCEPTED)
  await iam.attachRolePolicy({RoleName: 'narrow', PolicyArn: LOGGING_POLICY})
  await expect(apigateway.updateAccount(withRole(narrow.Role!.Arn!))).resolves.toBeDefined()
})
