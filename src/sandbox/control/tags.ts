import {badRequest, notFound} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {restApiOf, stageOf, usagePlanOf} from './lookup.js'
import {type PageRequest, page} from './paging.js'

type Tags = Record<string, string>
type Tagged = {tags?: Tags}

export const tags: Handlers = {
  GetTags(input: {resourceArn: string} & PageRequest, call) {
    const {items, position} = page(Object.entries(resourceOf(call, input.resourceArn).tags ?? {}), input)
    return {tags: Object.fromEntries(items), position}
  },

  TagResource(input: {resourceArn: string; tags: Tags}, call) {
    const resource = resourceOf(call, input.resourceArn)
    const next = {...resource.tags, ...input.tags}
    checkTags(next)
    resource.tags = next
  },

  UntagResource(input: {resourceArn: string; tagKeys: string[]}, call) {
    const resource = resourceOf(call, input.resourceArn)
    const kept = Object.entries(resource.tags ?? {}).filter(([key]) => !input.tagKeys.includes(key))
    resource.tags = Object.fromEntries(kept)
  },
}

/** The form of an answer that always shows tags: of most reads and updates of one object. */
export function taggedFully<Item extends Tagged>(item: Item): Item {
  return {...item, tags: item.tags ?? {}}
}

/** The form of an answer that shows tags only where there are some: of creations and lists. */
export function taggedBriefly<Item extends Tagged>(item: Item): Item {
  return Object.keys(item.tags ?? {}).length > 0 ? item : {...item, tags: undefined}
}

/**
 * Source of the limits: CreateRestApi in the model (key at most 128 characters, not starting with `aws:`, value at most
 * 256) and the quotas page (50 tags). The wording is an assumption.
 * @throws ServiceError BadRequestException
 */
export function checkTags(all: Tags | undefined): void {
  const entries = Object.entries(all ?? {})
  if (entries.length > 50) throw badRequest('A resource can have at most 50 tags')
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > 128) throw badRequest('Tag keys must have 1 to 128 characters')
    if (key.startsWith('aws:')) throw badRequest("Tag keys must not start with 'aws:'")
    if (value.length > 256) throw badRequest('Tag values can have at most 256 characters')
  }
}

const ARN = /^arn:aws[\w-]*:apigateway:[\w-]+::\/([a-z]+)\/([^/]+)(?:\/stages\/([^/]+))?$/

/** What an ARN such as `arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod` names. */
function resourceOf(call: Call, arn: string): Tagged {
  const [, kind, id = '', stage] = ARN.exec(arn) ?? []
  const {apiKeys, vpcLinks, domainNames, clientCertificates} = call.state
  const found = (item: Tagged | undefined, text: string) => {
    if (!item) throw notFound(text)
    return item
  }
  switch (kind) {
    case 'restapis': {
      const record = restApiOf(call, id)
      return stage === undefined ? record.api : stageOf(record, stage)
    }
    case 'apikeys':
      return found(apiKeys.get(id), 'Invalid API Key identifier specified')
    case 'usageplans':
      return usagePlanOf(call, id).plan
    case 'vpclinks':
      return found(entryOf(vpcLinks, id), 'Invalid Vpc Link identifier specified')
    case 'domainnames':
      return found(entryOf(domainNames, id)?.domain, 'Invalid domain name identifier specified')
    case 'clientcertificates':
      return found(entryOf(clientCertificates, id), 'Invalid Client Certificate identifier specified')
    default:
      throw badRequest('Invalid ARN specified in the request')
  }
}
