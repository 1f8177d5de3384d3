import * as client from '@aws-sdk/client-apigatewayv2'
import {operationsOf} from '../protocol/operations.js'
import type {Service} from '../service.js'

/** WebSocket and HTTP APIs as records, so that their names and stages can be found. They are not served. */
export const websocketApis: Service = {
  operations: operationsOf(client),
  handlers: {
    GetApis: (_input, call) => ({Items: Object.values(call.state.v2Apis).map(({api}) => api)}),
  },
}
