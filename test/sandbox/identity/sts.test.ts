import {expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

test('a caller learns the account that all ARNs of the sandbox name', async () => {
  const {sts} = await sandboxForTest()
  expect(await sts.getCallerIdentity({})).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/sandbox',
  })
})
