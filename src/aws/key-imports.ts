import type {KeyImports} from '../domain/key-files/batches.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'

/** The service's own import of API keys, over the SDK. */
export async function openKeyImports(session: Session): Promise<KeyImports> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async importCsv(csv) {
      // With failOnWarnings the good rows are imported all the same, and nobody learns their ids (recorded).
      const input = {format: 'csv' as const, body: Buffer.from(csv), failOnWarnings: false}
      const {warnings} = await send(new sdk.ImportApiKeysCommand(input))
      return warnings ?? []
    },
  }
}
