import type {Session} from '../domain/session.js'
import type {ComparisonPorts} from '../domain/snapshots/comparison.js'
import {openDeployments} from './deployments.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'

/** What comparing snapshots takes. */
export async function openComparison(session: Session): Promise<ComparisonPorts> {
  const [snapshots, deployments, stages] = await Promise.all([
    openSnapshots(session),
    openDeployments(session),
    openStages(session),
  ])
  return {snapshots, deployments, stages}
}
