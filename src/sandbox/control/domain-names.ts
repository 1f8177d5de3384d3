import type {
  CreateDomainNameRequest,
  DomainName,
  EndpointConfiguration,
  UpdateDomainNameRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, notFound} from '../errors.js'
import {longId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {entryOf, type RegionState} from '../store.js'
import {checkRoom} from './limits.js'
import {type PageRequest, page} from './paging.js'
import {type Apply, clear, PatchTable, setText} from './patch.js'
import {checkTags, taggedBriefly, taggedFully} from './tags.js'

/** Custom domain names. Requests that bear one as their Host are served; name resolution and TLS are not ours. */
export const domainNames: Handlers = {
  CreateDomainName(input: CreateDomainNameRequest, call) {
    const {domainNames} = call.state
    const {domainName = ''} = input
    if (entryOf(domainNames, domainName)) throw badRequest('The domain name you provided already exists.')
    checkTags(input.tags)
    checkRoom('Domain names', Object.keys(domainNames).length)
    const domain = newDomainName(input, call)
    domainNames[domainName] = {domain, mappings: {}}
    return taggedBriefly(domain)
  },

  GetDomainName: (input: {domainName: string}, call) => taggedFully(domainNameOf(call, input.domainName).domain),

  GetDomainNames: (input: PageRequest, call) =>
    page(
      Object.values(call.state.domainNames).map(({domain}) => taggedBriefly(domain)),
      input,
    ),

  UpdateDomainName(input: UpdateDomainNameRequest, call) {
    const record = domainNameOf(call, input.domainName)
    record.domain = PATCHES.apply(record.domain, input.patchOperations)
    return taggedFully(record.domain)
  },

  DeleteDomainName(input: {domainName: string}, call) {
    domainNameOf(call, input.domainName)
    delete call.state.domainNames[input.domainName]
  },
}

/** @throws ServiceError NotFoundException */
export function domainNameOf(call: Call, name: string | undefined): RegionState['domainNames'][string] {
  const record = entryOf(call.state.domainNames, name ?? '')
  if (!record) throw notFound('Invalid domain name identifier specified')
  return record
}

/** Hosted zone of CloudFront, the same for every edge-optimized name. Source: Route 53 alias records page. */
const EDGE_ZONE = 'Z2FDTNDATAQYW2'

function newDomainName(input: CreateDomainNameRequest, call: Call): DomainName {
  // An uploaded certificate is never shown again.
  const {certificateBody, certificatePrivateKey, certificateChain, ...members} = input
  const endpointConfiguration: EndpointConfiguration = {
    types: input.endpointConfiguration?.types ?? ['EDGE'],
    ipAddressType: input.endpointConfiguration?.ipAddressType ?? 'ipv4',
  }
  const isEdge = endpointConfiguration.types?.includes('EDGE')
  return {
    ...members,
    certificateUploadDate: isEdge ? call.now() : undefined,
    distributionDomainName: isEdge ? `d${longId()}.cloudfront.net` : undefined,
    distributionHostedZoneId: isEdge ? EDGE_ZONE : undefined,
    regionalDomainName: isEdge ? undefined : `d-${longId()}.execute-api.${call.region}.amazonaws.com`,
    endpointConfiguration,
    domainNameStatus: 'AVAILABLE',
    securityPolicy: input.securityPolicy ?? 'TLS_1_2',
  }
}

const replaceType: Apply<DomainName> = (domain, {value, names: [old]}) => {
  const types = domain.endpointConfiguration?.types ?? []
  const next = types.map(type => (type === old ? (value as typeof type) : type))
  domain.endpointConfiguration = {...domain.endpointConfiguration, types: next}
}

const changeTypes =
  (change: (types: string[], value: string) => string[]): Apply<DomainName> =>
  (domain, {value = ''}) => {
    const types = change(domain.endpointConfiguration?.types ?? [], value)
    domain.endpointConfiguration = {...domain.endpointConfiguration, types: types as EndpointConfiguration['types']}
  }

const certificate = (path: string, name: keyof DomainName) => ({
  path,
  add: setText<DomainName>(name),
  replace: setText<DomainName>(name),
  remove: clear<DomainName>(name),
})

const truststore = (name: 'truststoreUri' | 'truststoreVersion') => {
  const set: Apply<DomainName> = (domain, {value}) => {
    domain.mutualTlsAuthentication = {...domain.mutualTlsAuthentication, [name]: value || undefined}
  }
  const remove: Apply<DomainName> = domain => {
    domain.mutualTlsAuthentication = {...domain.mutualTlsAuthentication, [name]: undefined}
  }
  return {path: `/mutualTlsAuthentication/${name}`, add: set, replace: set, remove}
}

const PATCHES = new PatchTable<DomainName>([
  certificate('/certificateName', 'certificateName'),
  certificate('/certificateArn', 'certificateArn'),
  certificate('/regionalCertificateName', 'regionalCertificateName'),
  certificate('/regionalCertificateArn', 'regionalCertificateArn'),
  certificate('/ownershipVerificationCertificateArn', 'ownershipVerificationCertificateArn'),
  truststore('truststoreUri'),
  truststore('truststoreVersion'),
  {
    path: '/endpointConfiguration/types',
    add: changeTypes((types, type) => [...types.filter(each => each !== type), type]),
    remove: changeTypes((types, type) => types.filter(each => each !== type)),
  },
  {path: '/endpointConfiguration/types/{type}', replace: replaceType},
  {
    path: '/endpointConfiguration/ipAddressType',
    replace: (domain, {value}) => {
      if (value !== 'ipv4' && value !== 'dualstack') throw badRequest('ipAddressType must be either ipv4 or dualstack.')
      domain.endpointConfiguration = {...domain.endpointConfiguration, ipAddressType: value}
    },
  },
  {path: '/endpointAccessMode', replace: setText('endpointAccessMode')},
  {path: '/routingMode', replace: setText('routingMode')},
  {path: '/securityPolicy', replace: setText('securityPolicy')},
  {path: '/policy', replace: setText('policy')},
  {path: '/managementPolicy', replace: setText('managementPolicy')},
])
