import {collect, type RestApi, refOf} from '../apis.js'
import {Problem} from '../problem.js'
import type {Canary} from '../stages.js'

/** A snapshot of an API, which stages serve. It never changes. */
export interface Deployment {
  id: string
  description?: string | undefined
  createdDate?: Date | undefined
}

export interface DeploymentStore {
  list(apiId: string): AsyncIterable<Deployment>
  /**
   * Takes a snapshot and, with `stage`, makes the stage serve it: one call, all or nothing. With `canary` only the
   * stage's canary serves it, which is set as given; without it the stage must be new.
   * @throws Problem as `refusal` words it
   */
  create(
    api: Pick<RestApi, 'id' | 'name'>,
    request: {
      description?: string | undefined
      stage?: {name: string; variables?: Record<string, string> | undefined; canary?: Canary | undefined} | undefined
    },
  ): Promise<Deployment>
  /** @throws Problem `missing` where it is not there */
  delete(apiId: string, id: string): Promise<void>
}

/**
 * One of the deployments of an API.
 * @param ref its id, or `latest`
 * @throws Problem missing
 */
export async function findDeployment(
  {deployments}: {deployments: Pick<DeploymentStore, 'list'>},
  api: Pick<RestApi, 'id' | 'name'>,
  ref: string,
): Promise<Deployment> {
  return deploymentCalled(await newestFirst(deployments.list(api.id)), api, ref)
}

/**
 * One of some deployments, which are the newest first.
 * @param ref its id, or `latest`
 * @throws Problem missing
 */
export function deploymentCalled<One extends Deployment>(
  all: readonly One[],
  api: Pick<RestApi, 'id' | 'name'>,
  ref: string,
): One {
  const found = ref === 'latest' ? all[0] : all.find(({id}) => id === ref)
  if (found) return found
  if (all.length === 0) {
    const text = `${api.name} has no deployments yet.`
    throw new Problem('missing', text, `Make one, and a stage with it: apigw deploy --api ${refOf(api)} --stage NAME`)
  }
  const ids = all.slice(0, 5).map(({id}) => id)
  throw new Problem('missing', `${api.name} has no deployment "${ref}".`, `The newest are: ${ids.join(', ')}`)
}

/** Times have whole seconds; of deployments made in the same one, those listed last count as newer. */
export async function newestFirst(deployments: AsyncIterable<Deployment>): Promise<Deployment[]> {
  const all = (await collect(deployments)).reverse()
  return all.sort((a, b) => (b.createdDate?.getTime() ?? 0) - (a.createdDate?.getTime() ?? 0))
}
