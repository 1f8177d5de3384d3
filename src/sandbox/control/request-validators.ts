import type {
  CreateRequestValidatorRequest,
  RequestValidator,
  UpdateRequestValidatorRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {partOf, restApiOf} from './lookup.js'
import {type PageRequest, page} from './paging.js'
import {PatchTable, setFlag, setText} from './patch.js'

type ValidatorAddress = {restApiId: string; requestValidatorId: string}

export const requestValidators: Handlers = {
  CreateRequestValidator(input: CreateRequestValidatorRequest, call) {
    const record = entryOf(call.state.restApis, input.restApiId!)
    if (!record) throw badRequest('Invalid REST API identifier specified')
    const validator = checked({
      id: shortId(record.requestValidators),
      name: input.name,
      validateRequestBody: input.validateRequestBody ?? false,
      validateRequestParameters: input.validateRequestParameters ?? false,
    })
    record.requestValidators[validator.id!] = validator
    return validator
  },

  GetRequestValidator: (input: ValidatorAddress, call) => validatorOf(call, input),

  GetRequestValidators: (input: {restApiId: string} & PageRequest, call) =>
    page(Object.values(restApiOf(call, input.restApiId).requestValidators), input),

  UpdateRequestValidator(input: UpdateRequestValidatorRequest, call) {
    const address = input as ValidatorAddress
    const next = checked(PATCHES.apply(validatorOf(call, address), input.patchOperations))
    restApiOf(call, address.restApiId).requestValidators[address.requestValidatorId] = next
    return next
  },

  DeleteRequestValidator(input: ValidatorAddress, call) {
    validatorOf(call, input)
    delete restApiOf(call, input.restApiId).requestValidators[input.requestValidatorId]
  },
}

const PATCHES = new PatchTable<RequestValidator>([
  {path: '/name', replace: setText('name')},
  {path: '/validateRequestParameters', replace: setFlag('validateRequestParameters')},
  {path: '/validateRequestBody', replace: setFlag('validateRequestBody')},
])

function checked(validator: RequestValidator): RequestValidator {
  if (!validator.name?.trim()) throw badRequest('Request Validator name cannot be blank')
  return validator
}

/** An unknown API is answered as an unknown validator is, as recorded. */
function validatorOf(call: Call, {restApiId, requestValidatorId}: ValidatorAddress): RequestValidator {
  const validator = partOf(call, restApiId, 'requestValidators', requestValidatorId)
  if (!validator) throw notFound('Invalid Request Validator identifier specified')
  return validator
}
