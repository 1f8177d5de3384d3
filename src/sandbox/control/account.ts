import type {PatchOperation} from '@aws-sdk/client-api-gateway'
import type {Call, Handlers} from '../service.js'

export const account: Handlers = {
  GetAccount: (_input, call) => accountOf(call),

  UpdateAccount(input: {patchOperations?: PatchOperation[]}, call) {
    for (const {path, value} of input.patchOperations ?? []) {
      if (path === '/cloudwatchRoleArn') call.state.account.cloudwatchRoleArn = value || undefined
    }
    return accountOf(call)
  },
}

function accountOf(call: Call) {
  return {
    cloudwatchRoleArn: call.state.account.cloudwatchRoleArn,
    throttleSettings: {burstLimit: 5000, rateLimit: 10_000},
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  }
}
