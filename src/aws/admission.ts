import type {AdmissionPorts} from '../domain/admission/explain.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {openApis} from './apis.js'
import {openDomains} from './domains.js'
import {openKeys} from './keys.js'
import {openPlans} from './plans.js'
import {openRoutes} from './routes.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'
import {openUsage} from './usage.js'

/** Everything that decides whether a key is let in. */
export async function openAdmission(session: Session): Promise<AdmissionPorts> {
  const {sdk, send} = await openApiGateway(session)
  const [keys, plans, usage, apis, stages, routes, snapshots, domains] = await Promise.all([
    openKeys(session),
    openPlans(session),
    openUsage(session),
    openApis(session),
    openStages(session),
    openRoutes(session),
    openSnapshots(session),
    openDomains(session),
  ])
  return {
    ...{keys, plans, usage, apis, stages, routes, snapshots, domains, clock: session.clock},
    async accountThrottle() {
      const {rateLimit = 0, burstLimit = 0} = (await send(new sdk.GetAccountCommand({}))).throttleSettings ?? {}
      return {rateLimit, burstLimit}
    },
  }
}
