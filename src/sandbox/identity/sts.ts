import {GetCallerIdentity$} from '@aws-sdk/client-sts'
import {operationsOf} from '../protocol/operations.js'
import type {Service} from '../service.js'

/** STS, as much as a caller needs to learn the account. */
export const sts: Service = {
  operations: operationsOf({GetCallerIdentity$}),
  handlers: {
    GetCallerIdentity: (_input, call) => ({
      UserId: 'AIDASANDBOXSANDBOXSAN',
      Account: call.accountId,
      Arn: `arn:aws:iam::${call.accountId}:user/sandbox`,
    }),
  },
}
