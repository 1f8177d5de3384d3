import type {ApiKey, CreateApiKeyRequest, GetApiKeysRequest} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import {keyValue, longId} from '../identifiers.js'
import type {Handlers} from '../service.js'
import {page} from './paging.js'

export const apiKeys: Handlers = {
  CreateApiKey(input: CreateApiKeyRequest, call) {
    const value = input.value || keyValue()
    if (value.length < 20) throw badRequest('API Key value should be at least 20 characters')
    if (Object.values(call.state.apiKeys).some(key => key.value === value)) throw conflict('API Key already exists')
    const key: ApiKey = {
      id: longId(),
      value,
      name: input.name || undefined,
      customerId: input.customerId,
      description: input.description,
      enabled: input.enabled ?? false,
      createdDate: call.now(),
      lastUpdatedDate: call.now(),
      stageKeys: [],
      tags: input.tags,
    }
    call.state.apiKeys[key.id!] = key
    return key
  },

  GetApiKey(input: {apiKey: string; includeValue?: boolean}, call) {
    const key = call.state.apiKeys[input.apiKey]
    if (!key) throw notFound('Invalid API Key identifier specified')
    return {...key, value: input.includeValue ? key.value : undefined, tags: key.tags ?? {}}
  },

  GetApiKeys(input: GetApiKeysRequest, call) {
    const found = Object.values(call.state.apiKeys).filter(key => (key.name ?? '').startsWith(input.nameQuery ?? ''))
    return page(
      found.map(key => ({...key, value: input.includeValues ? key.value : undefined})),
      input,
    )
  },
}
