import type {Session} from '../domain/session.js'
import {configurationOf, type Send, sender} from './client.js'

type Sdk = typeof import('@aws-sdk/client-api-gateway')

export interface ApiGateway {
  sdk: Sdk
  send: Send
}

/** One client per session, however many adapters open it. */
const opened = new WeakMap<Session, Promise<ApiGateway>>()

/** The API Gateway client, loaded only when a command needs it. */
export function openApiGateway(session: Session): Promise<ApiGateway> {
  let gateway = opened.get(session)
  if (!gateway) {
    gateway = connect(session)
    opened.set(session, gateway)
  }
  return gateway
}

async function connect(session: Session): Promise<ApiGateway> {
  const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-api-gateway'), configurationOf(session)])
  return {sdk, send: sender(new sdk.APIGatewayClient(configuration), session)}
}
