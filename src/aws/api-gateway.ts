import type {Session} from '../domain/session.js'
import {configurationOf, type Send, sender} from './client.js'
import {problemOf} from './failure.js'

type Sdk = typeof import('@aws-sdk/client-api-gateway')

export interface ApiGateway {
  sdk: Sdk
  send: Send
  /** The same for what is only nice to know: a throttle is thrown at once instead of waited for. */
  sendIfFree: Send
  config: {
    /** @throws Problem usage when no Region is set */
    region(): Promise<string>
    /** URL of an endpoint other than the service's own. */
    endpoint(): Promise<string | undefined>
  }
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
  const client = new sdk.APIGatewayClient(configuration)
  return {
    sdk,
    send: sender(client, session),
    sendIfFree: sender(client, session, {outwaitsThrottles: false}),
    config: {
      region: () =>
        client.config.region().catch(error => {
          throw problemOf(error, 'reading the configuration', session)
        }),
      endpoint: async () => session.endpointUrl ?? (await client.config.serviceConfiguredEndpoint?.()),
    },
  }
}
