import {describe, expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Principal: {Service: 'apigateway.amazonaws.com'}, Action: 'sts:AssumeRole'}],
})
const PUSH_LOGS = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'

describe('roles', () => {
  test('a role comes back with its ARN, its tags and its trust policy percent-encoded', async () => {
    const {iam} = await sandboxForTest({millis: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678)})
    const Tags = [
      {Key: 'team', Value: 'a & b <c>'},
      {Key: 'env', Value: 'prod'},
    ]
    const created = await iam.createRole({RoleName: 'r', Path: '/x/', AssumeRolePolicyDocument: TRUST, Tags})
    expect(created.Role).toMatchObject({
      Arn: 'arn:aws:iam::123456789012:role/x/r',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      CreateDate: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
      Tags,
    })
    const {Role} = await iam.getRole({RoleName: 'r'})
    expect(Role?.AssumeRolePolicyDocument).toMatch(/^%7B%22Version%22%3A%222012-10-17%22/)
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(TRUST)
    expect(Role?.MaxSessionDuration).toBe(3600)
  })

  test('unknown and taken names are refused in IAM words and with IAM statuses', async () => {
    const {iam} = await sandboxForTest()
    await expect(iam.getRole({RoleName: 'nope'})).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name nope cannot be found.',
      $metadata: {httpStatusCode: 404},
    })
    await iam.createRole({RoleName: 'r', AssumeRolePolicyDocument: TRUST})
    await expect(iam.createRole({RoleName: 'r', AssumeRolePolicyDocument: TRUST})).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'Role with name r already exists.',
      $metadata: {httpStatusCode: 409},
    })
    await expect(iam.createRole({RoleName: 's', AssumeRolePolicyDocument: '{'})).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
      $metadata: {httpStatusCode: 400},
    })
  })

  test('what the model requires must be there', async () => {
    const {iam} = await sandboxForTest()
    await expect(iam.createRole({RoleName: 'r'} as never)).rejects.toThrow(
      "1 validation error detected: Value null at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be null",
    )
  })

  test('a role is only deleted once it is bare', async () => {
    const {iam} = await sandboxForTest()
    await iam.createRole({RoleName: 'r', AssumeRolePolicyDocument: TRUST})
    await iam.attachRolePolicy({RoleName: 'r', PolicyArn: PUSH_LOGS})
    await iam.putRolePolicy({RoleName: 'r', PolicyName: 'p', PolicyDocument: TRUST})
    const conflict = {name: 'DeleteConflictException', $metadata: {httpStatusCode: 409}}
    await expect(iam.deleteRole({RoleName: 'r'})).rejects.toMatchObject(conflict)
    await iam.detachRolePolicy({RoleName: 'r', PolicyArn: PUSH_LOGS})
    await expect(iam.deleteRole({RoleName: 'r'})).rejects.toMatchObject(conflict)
    await iam.deleteRolePolicy({RoleName: 'r', PolicyName: 'p'})
    await iam.deleteRole({RoleName: 'r'})
    await expect(iam.getRole({RoleName: 'r'})).rejects.toThrow('cannot be found')
  })
})

describe('policies', () => {
  test('the managed policy for execution logs can be attached, twice without harm, and is listed', async () => {
    const {iam} = await sandboxForTest()
    await iam.createRole({RoleName: 'r', AssumeRolePolicyDocument: TRUST})
    expect((await iam.listAttachedRolePolicies({RoleName: 'r'})).AttachedPolicies ?? []).toEqual([])
    await iam.attachRolePolicy({RoleName: 'r', PolicyArn: PUSH_LOGS})
    await iam.attachRolePolicy({RoleName: 'r', PolicyArn: PUSH_LOGS})
    const listed = await iam.listAttachedRolePolicies({RoleName: 'r'})
    expect(listed.AttachedPolicies).toEqual([
      {PolicyName: 'AmazonAPIGatewayPushToCloudWatchLogs', PolicyArn: PUSH_LOGS},
    ])
    expect(listed.IsTruncated).toBe(false)
  })

  test('a managed policy that does not exist cannot be attached', async () => {
    const {iam} = await sandboxForTest()
    await iam.createRole({RoleName: 'r', AssumeRolePolicyDocument: TRUST})
    await expect(
      iam.attachRolePolicy({RoleName: 'r', PolicyArn: 'arn:aws:iam::aws:policy/Nope'}),
    ).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'Policy arn:aws:iam::aws:policy/Nope does not exist or is not attachable.',
    })
  })

  test('inline policies are put, read back percent-encoded, and listed page by page', async () => {
    const {iam} = await sandboxForTest()
    await iam.createRole({RoleName: 'r', AssumeRolePolicyDocument: TRUST})
    for (const PolicyName of ['c', 'a', 'b'])
      await iam.putRolePolicy({RoleName: 'r', PolicyName, PolicyDocument: TRUST})
    const policy = await iam.getRolePolicy({RoleName: 'r', PolicyName: 'a'})
    expect(decodeURIComponent(policy.PolicyDocument ?? '')).toBe(TRUST)
    const first = await iam.listRolePolicies({RoleName: 'r', MaxItems: 2})
    expect(first).toMatchObject({PolicyNames: ['a', 'b'], IsTruncated: true})
    const second = await iam.listRolePolicies({RoleName: 'r', Marker: first.Marker})
    expect(second).toMatchObject({PolicyNames: ['c'], IsTruncated: false})
    await expect(iam.getRolePolicy({RoleName: 'r', PolicyName: 'z'})).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role policy with name z cannot be found.',
    })
  })
})

test('a role has no instance profiles, which some clients ask before they delete it', async () => {
  const {iam} = await sandboxForTest()
  await iam.createRole({RoleName: 'r', AssumeRolePolicyDocument: '{"Statement":[]}'})
  expect((await iam.listInstanceProfilesForRole({RoleName: 'r'})).InstanceProfiles ?? []).toEqual([])
  await expect(iam.listInstanceProfilesForRole({RoleName: 'nobody'})).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  })
})
