import type {Caller} from '../domain/integrations.js'
import type {Session} from '../domain/session.js'
import {configurationOf, sender} from './client.js'
import {openLocation} from './location.js'

/** In whose name and where the session works. */
export async function openCaller(session: Session): Promise<Caller> {
  const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-sts'), configurationOf(session)])
  const send = sender(new sdk.STSClient(configuration), session)
  const [{Account = ''}, location] = await Promise.all([
    send(new sdk.GetCallerIdentityCommand({})),
    openLocation(session),
  ])
  return {location, accountId: Account}
}
