import {CreateRole$, GetRole$} from '@aws-sdk/client-iam'
import {operationsOf} from '../protocol/operations.js'
import type {Service} from '../service.js'

/** IAM, as much as setting up execution logging needs. */
export const iam: Service = {
  operations: operationsOf({CreateRole$, GetRole$}),
  handlers: {},
}
