import type {Location} from '../domain/location.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'

/**
 * Where the session works, as the SDK sees it: Region and endpoint may come from the environment or from a profile.
 * @throws Problem usage when no Region is set
 */
export async function openLocation(session: Session): Promise<Location> {
  const [{config}, {partition}] = await Promise.all([openApiGateway(session), import('@aws-sdk/core/client')])
  const [region, endpoint] = await Promise.all([config.region(), config.endpoint()])
  const {name, dnsSuffix} = partition(region)
  return {region, partition: name, dnsSuffix, endpointUrl: endpoint, invokeUrl: session.invokeUrl}
}

/** The ARN of something of API Gateway, given by its path, such as `/restapis/{id}/stages/{name}`. */
export async function arnOf(session: Session, path: string): Promise<string> {
  const {partition, region} = await openLocation(session)
  return `arn:${partition}:apigateway:${region}::${path}`
}
