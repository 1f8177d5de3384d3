import type {Session} from '../domain/session.js'
import type {StageCaches} from '../domain/stage-cache.js'
import {openApiGateway} from './api-gateway.js'

/** What the stages of REST APIs keep, over the SDK. */
export async function openStageCaches(session: Session): Promise<StageCaches> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async flush(restApiId, stageName) {
      await send(new sdk.FlushStageCacheCommand({restApiId, stageName}))
    },
    async flushAuthorizers(restApiId, stageName) {
      await send(new sdk.FlushStageAuthorizersCacheCommand({restApiId, stageName}))
    },
  }
}
