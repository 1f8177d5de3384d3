import type {BakePorts} from '../domain/canary/bake.js'
import type {CanaryPorts} from '../domain/canary/changes.js'
import type {FigurePorts} from '../domain/canary/figures.js'
import {noStatistics} from '../domain/logs/statistics.js'
import type {Session} from '../domain/session.js'
import {openDeployments} from './deployments.js'
import {openLogSource} from './logs.js'
import {openMetrics} from './metrics.js'
import {openPlans} from './plans.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'

/** What tells how the requests of a canary went; what is not asked is not loaded. */
export function openFigures(session: Session): FigurePorts {
  return {
    metrics: openMetrics(session),
    logs: openLogSource(session),
    watch: {...session, random: Math.random, statistics: noStatistics()},
  }
}

/** What changes a canary that there is. */
export async function openCanary(session: Session): Promise<CanaryPorts & BakePorts> {
  const [stages, plans] = await Promise.all([openStages(session), openPlans(session)])
  return {stages, plans, session, ...openFigures(session)}
}

/** What starts a canary. */
export async function openCanaryStart(session: Session) {
  const [deployments, snapshots, stages, plans] = await Promise.all([
    openDeployments(session),
    openSnapshots(session),
    openStages(session),
    openPlans(session),
  ])
  return {deployments, snapshots, stages, plans, session}
}
