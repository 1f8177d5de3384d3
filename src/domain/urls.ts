import type {RestApi} from './apis.js'
import type {Location} from './location.js'

/**
 * The URLs that a stage answers to, the best first; no slash at the end. There is one, except that a private API has one
 * for each VPC endpoint that it is associated with: those resolve without private DNS.
 * Source: "How to invoke a private API", API Gateway Developer Guide.
 */
export function invokeUrls(
  api: Pick<RestApi, 'id' | 'endpointType' | 'vpcEndpointIds'>,
  stage: string,
  location: Location,
): [string, ...string[]] {
  const elsewhere = elsewhereUrl(api.id, stage, location)
  if (elsewhere) return [elsewhere]
  const domain = `execute-api.${location.region}.${location.dnsSuffix}`
  const [first, ...others] = api.endpointType === 'PRIVATE' ? api.vpcEndpointIds : []
  if (first === undefined) return [`https://${api.id}.${domain}/${stage}`]
  const throughEndpoint = (id: string) => `https://${api.id}-${id}.${domain}/${stage}`
  return [throughEndpoint(first), ...others.map(throughEndpoint)]
}

/** The URL on an endpoint that stands in for AWS; undefined on AWS itself, also through a VPC endpoint for its API. */
function elsewhereUrl(api: string, stage: string, {endpointUrl, invokeUrl}: Location): string | undefined {
  if (endpointUrl === undefined) return undefined
  if (invokeUrl) return invokeUrl.replaceAll('{api}', api).replaceAll('{stage}', stage).replace(/\/+$/, '')
  const {protocol, hostname, port} = new URL(endpointUrl)
  if (!isLoopback(hostname)) return undefined
  return `${protocol}//${api}.execute-api.localhost${port && `:${port}`}/${stage}`
}

const isLoopback = (hostname: string) =>
  /^(.+\.)?localhost$/.test(hostname) || /^127(\.\d+){3}$/.test(hostname) || hostname === '[::1]'

export interface StageUrl {
  stage: string
  url: string
}

/** All URLs of some stages. */
export function stageUrls(
  api: Parameters<typeof invokeUrls>[0],
  stages: readonly string[],
  location: Location,
): StageUrl[] {
  return stages.flatMap(stage => invokeUrls(api, stage, location).map(url => ({stage, url})))
}

/** What somebody should know who is about to use the URLs of an API; usually nothing. */
export function caveatsOf(
  api: Pick<RestApi, 'endpointType' | 'vpcEndpointIds' | 'disableExecuteApiEndpoint'>,
): string[] {
  const caveats: string[] = []
  if (api.disableExecuteApiEndpoint) {
    caveats.push('The default endpoint of this API is switched off: its URLs answer 403 Forbidden.')
  }
  if (api.endpointType === 'PRIVATE' && api.vpcEndpointIds.length === 0) {
    caveats.push(
      'This API is private and associated with no VPC endpoint: its URL works only where an endpoint has private DNS.',
    )
  }
  return caveats
}
