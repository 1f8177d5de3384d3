import type {CreateVpcLinkRequest, UpdateVpcLinkRequest, VpcLink} from '@aws-sdk/client-api-gateway'
import {badRequest, notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {checkRoom} from './limits.js'
import {type PageRequest, page} from './paging.js'
import {PatchTable, setText} from './patch.js'
import {checkTags, taggedBriefly, taggedFully} from './tags.js'

export const vpcLinks: Handlers = {
  /** Answered while it is still being made; it is ready by the next call. */
  CreateVpcLink(input: CreateVpcLinkRequest, call) {
    const link = checked({
      id: shortId(call.state.vpcLinks),
      name: input.name,
      description: input.description || undefined,
      targetArns: input.targetArns,
      tags: input.tags,
    })
    checkTags(input.tags)
    checkRoom('VPC links', Object.keys(call.state.vpcLinks).length)
    call.state.vpcLinks[link.id!] = {
      ...link,
      status: 'AVAILABLE',
      statusMessage: 'Your vpc link is ready for use',
    }
    return taggedBriefly({...link, status: 'PENDING'})
  },

  GetVpcLink: (input: {vpcLinkId: string}, call) => taggedFully(vpcLinkOf(call, input.vpcLinkId)),

  GetVpcLinks: (input: PageRequest, call) => page(Object.values(call.state.vpcLinks).map(taggedBriefly), input),

  UpdateVpcLink(input: UpdateVpcLinkRequest, call) {
    const next = checked(PATCHES.apply(vpcLinkOf(call, input.vpcLinkId), input.patchOperations))
    call.state.vpcLinks[next.id!] = next
    return taggedFully(next)
  },

  DeleteVpcLink(input: {vpcLinkId: string}, call) {
    vpcLinkOf(call, input.vpcLinkId)
    delete call.state.vpcLinks[input.vpcLinkId]
  },
}

const PATCHES = new PatchTable<VpcLink>([
  {path: '/name', replace: setText('name')},
  {path: '/description', replace: setText('description')},
])

function checked(link: VpcLink): VpcLink {
  if (!link.name) throw badRequest('Name cannot be empty')
  const [target, ...more] = link.targetArns ?? []
  // The wording for a wrong number of targets is an assumption.
  if (target === undefined || more.length > 0) throw badRequest('A VPC link must have exactly one target ARN')
  if (!/^arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer\/net\/\S+$/.test(target)) {
    throw badRequest(`Invalid ARN. ARN is not well formed ${target}`)
  }
  return link
}

function vpcLinkOf(call: Call, id: string | undefined): VpcLink {
  const link = entryOf(call.state.vpcLinks, id ?? '')
  if (!link) throw notFound('Invalid Vpc Link identifier specified')
  return link
}
