import type {
  ApiKey,
  CreateApiKeyRequest,
  GetApiKeyRequest,
  GetApiKeysRequest,
  ImportApiKeysRequest,
  StageKey,
  UpdateApiKeyRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import {keyValue, longId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {importKeys} from './api-key-import.js'
import {checkRoom} from './limits.js'
import {restApiOf, stageOf} from './lookup.js'
import {pageSize} from './paging.js'
import {type Apply, addItem, PatchTable, removeItem, setFlag, setText} from './patch.js'
import {checkTags, taggedBriefly, taggedFully} from './tags.js'

export const apiKeys: Handlers = {
  CreateApiKey(input: CreateApiKeyRequest, call) {
    const value = input.value || keyValue()
    const fault = valueFault(value)
    if (fault) throw badRequest(fault)
    if (call.state.apiKeys.withValue(value)) throw conflict('API Key already exists')
    const stageKeys = input.stageKeys?.map(stage => stageKeyOf(call, stage)) ?? []
    checkTags(input.tags)
    const {name, customerId, description, enabled = false, tags} = input
    return taggedBriefly(createKey(call, {value, name, customerId, description, enabled, tags, stageKeys}))
  },

  GetApiKey(input: GetApiKeyRequest, call) {
    const key = taggedFully(apiKeyOf(call, input.apiKey))
    return input.includeValue ? key : {...key, value: undefined}
  },

  GetApiKeys(input: GetApiKeysRequest, call) {
    const {items, position} = pageOfKeys(matchingKeys(input, call), input)
    const shown = items.map(taggedBriefly)
    return {items: input.includeValues ? shown : shown.map(key => ({...key, value: undefined})), position}
  },

  UpdateApiKey(input: UpdateApiKeyRequest, call) {
    const current = apiKeyOf(call, input.apiKey)
    const next = PATCHES.apply(current, input.patchOperations)
    checkTexts(next)
    next.lastUpdatedDate = call.now()
    call.state.apiKeys.set(next)
    return {...taggedFully(next), value: undefined}
  },

  DeleteApiKey(input: {apiKey: string}, call) {
    const key = apiKeyOf(call, input.apiKey)
    for (const record of Object.values(call.state.usagePlans)) {
      record.keyIds.delete(key.id!)
      delete record.usage[key.id!]
      delete record.allowed[key.id!]
    }
    call.state.apiKeys.delete(key)
  },

  ImportApiKeys: (input: ImportApiKeysRequest, call) =>
    importKeys(Buffer.from(input.body!).toString(), input.failOnWarnings === true, call),
}

/** @throws ServiceError NotFoundException */
export function apiKeyOf(call: Call, id: string | undefined): ApiKey {
  const key = call.state.apiKeys.get(id)
  if (!key) throw notFound('Invalid API Key identifier specified')
  return key
}

/** What is wrong with a key's value, in the service's words. */
export function valueFault(value: string): string | undefined {
  if (value.length < 20) return 'API Key value should be at least 20 characters'
  return value.length > 128 ? 'API Key value exceeds maximum size of 128 characters' : undefined
}

/**
 * Makes a key and keeps it.
 * @throws ServiceError for its name or description, or when there are too many keys
 */
export function createKey(call: Call, members: Omit<ApiKey, 'id' | 'createdDate' | 'lastUpdatedDate'>): ApiKey {
  const key: ApiKey = {
    id: longId(),
    ...members,
    name: members.name || undefined,
    customerId: members.customerId || undefined,
    description: members.description || undefined,
    createdDate: call.now(),
    lastUpdatedDate: call.now(),
  }
  checkTexts(key)
  checkRoom('API Keys', call.state.apiKeys.size)
  call.state.apiKeys.set(key)
  return key
}

/**
 * The limit of a description is not published; that of the name is taken for it.
 * @throws ServiceError BadRequestException
 */
export function checkTexts({name = '', description = ''}: Pick<ApiKey, 'name' | 'description'>): void {
  if (name.length > 1024) throw badRequest('Invalid API Key name, can be at most 1024 characters.')
  if (description.length > 1024) throw badRequest('Invalid API Key description specified.')
}

const customerId: Apply<ApiKey> = (key, {value}) => {
  if (!value) throw badRequest('Customer Id cannot be an empty string')
  key.customerId = value
}

const PATCHES = new PatchTable<ApiKey>([
  {path: '/description', replace: setText('description')},
  {path: '/enabled', replace: setFlag('enabled')},
  {path: '/name', replace: setText('name')},
  {path: '/customerId', replace: customerId},
  {path: '/stages', add: addItem('stageKeys'), remove: removeItem('stageKeys')},
])

/** The binding to stages from before usage plans: kept and shown as `{apiId}/{stage}`, without effect. */
function stageKeyOf(call: Call, {restApiId, stageName}: StageKey): string {
  stageOf(restApiOf(call, restApiId), stageName)
  return `${restApiId}/${stageName}`
}

/** With a name filter by name, then value; without one the newest first (recorded). */
function matchingKeys({nameQuery, customerId: customer}: GetApiKeysRequest, call: Call): ApiKey[] {
  const all = [...call.state.apiKeys.values()].filter(key => !customer || key.customerId === customer)
  if (!nameQuery) return all.reverse()
  const named = all.filter(key => key.name?.startsWith(nameQuery))
  return named.sort((a, b) => compare(a.name!, b.name!) || compare(a.value!, b.value!))
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The position names the last key shown, secret value and all, as the service's own does. */
function pageOfKeys(keys: ApiKey[], {position, limit}: GetApiKeysRequest) {
  const value = /^apiKey=S([\s\S]*?)(?:&name=S|$)/.exec(Buffer.from(position ?? '', 'base64').toString())?.[1]
  const start = keys.findIndex(key => key.value === value) + 1
  const items = keys.slice(start, start + pageSize(limit))
  const last = items.at(-1)
  const more = start + items.length < keys.length
  const next = more && last ? `apiKey=S${last.value}&name=S${last.name ?? ''}` : undefined
  return {items, position: next && Buffer.from(next).toString('base64')}
}
