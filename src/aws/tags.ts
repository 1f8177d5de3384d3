import type {Session} from '../domain/session.js'
import type {TagChange} from '../domain/tags.js'
import {openApiGateway} from './api-gateway.js'
import {arnOf} from './location.js'

/**
 * Changes the tags of one thing, given by the path of its ARN: `/apikeys/{id}`, `/usageplans/{id}`, `/restapis/{id}`,
 * `/restapis/{id}/stages/{name}`. Source: "API Gateway resources that can be tagged", Developer Guide.
 */
export async function changeTags(session: Session, path: string, {set, remove}: TagChange): Promise<void> {
  const [{sdk, send}, resourceArn] = await Promise.all([openApiGateway(session), arnOf(session, path)])
  if (remove.length > 0) await send(new sdk.UntagResourceCommand({resourceArn, tagKeys: [...remove]}))
  if (Object.keys(set).length > 0) await send(new sdk.TagResourceCommand({resourceArn, tags: set}))
}
