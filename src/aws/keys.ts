import type {ApiKey as SdkApiKey} from '@aws-sdk/client-api-gateway'
import {type ApiKey, type KeyStore, KeyValue} from '../domain/keys.js'
import type {KeyEndings} from '../domain/logs/top.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'
import {changeTags} from './tags.js'

/** API keys over the SDK. The position of a page holds the value of a key: it is never shown or logged. */
export async function openKeys(session: Session): Promise<KeyStore> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async *list({name, customerId, withValues}) {
      const filter = {
        ...(name ? {nameQuery: name} : {}),
        ...(customerId ? {customerId} : {}),
        ...(withValues ? {includeValues: true} : {}),
      }
      const keys = allPages(page => send(new sdk.GetApiKeysCommand({...page, ...filter})), session)
      for await (const key of keys) yield apiKeyFrom(key)
    },
    async get(id) {
      return apiKeyFrom(await send(new sdk.GetApiKeyCommand({apiKey: id, includeValue: true})))
    },
    async withValue(value) {
      const keys = allPages(page => send(new sdk.GetApiKeysCommand({...page, includeValues: true})))
      for await (const key of keys) if (key.value === value) return apiKeyFrom(key)
      return undefined
    },
    async create(key) {
      return apiKeyFrom(await send(new sdk.CreateApiKeyCommand(key)))
    },
    async update(id, change) {
      const patchOperations = Object.entries(change).map(([field, value]) => ({
        op: 'replace' as const,
        path: `/${field}`,
        value: String(value),
      }))
      return apiKeyFrom(await send(new sdk.UpdateApiKeyCommand({apiKey: id, patchOperations})))
    },
    changeTags: (id, change) => changeTags(session, `/apikeys/${id}`, change),
    async delete(id) {
      await send(new sdk.DeleteApiKeyCommand({apiKey: id}))
    },
  }
}

/** What the execution log tells of keys, and whose they are: of a value nothing but its ending leaves this function. */
export function openKeyEndings(session: Session): KeyEndings {
  return async () => {
    const {sdk, send} = await openApiGateway(session)
    const names = new Map<string, string[]>()
    const keys = allPages(page => send(new sdk.GetApiKeysCommand({...page, includeValues: true})))
    for await (const {id = '', name = id, value = ''} of keys) {
      const ending = value.slice(-6)
      names.set(ending, [...(names.get(ending) ?? []), name])
    }
    return names
  }
}

function apiKeyFrom(key: SdkApiKey): ApiKey {
  return {
    id: key.id ?? '',
    name: key.name,
    value: key.value === undefined ? undefined : new KeyValue(key.value),
    enabled: key.enabled ?? false,
    description: key.description,
    customerId: key.customerId,
    createdDate: key.createdDate,
    lastUpdatedDate: key.lastUpdatedDate,
    tags: key.tags ?? {},
  }
}
