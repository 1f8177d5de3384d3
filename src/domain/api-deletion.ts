import {type ApiStore, collect, type RestApi} from './apis.js'
import type {Plan} from './plan.js'
import type {PlanStore, UsagePlan} from './plans.js'
import {Problem} from './problem.js'
import type {StageStore} from './stages.js'

interface Ports {
  apis: Pick<ApiStore, 'delete'>
  stages: Pick<StageStore, 'list'>
  plans: Pick<PlanStore, 'list' | 'update'>
}

export interface ApiDeletion extends Plan<RestApi> {
  /** What a person is asked first. */
  question: string
}

/**
 * Plans the deletion of an API with its stages. The service takes deleted stages off their usage plans (issue threads;
 * not documented): that is looked after, and where it did not happen it is done here. Doing it before would lock out
 * the callers of an API that then cannot be deleted.
 */
export async function planApiDeletion(ports: Ports, api: RestApi): Promise<ApiDeletion> {
  const [stages, plans] = await Promise.all([ports.stages.list(api.id), plansWith(ports, api)])
  const names = stages.map(({name}) => name)
  const lost = plans.map(({name}) => name)
  const withStages = names.length > 0 ? ` with its ${names.length === 1 ? 'stage' : 'stages'} ${names.join(', ')}` : ''
  const fromPlans = lost.length > 0 ? ` It goes from the usage plans ${lost.join(', ')}.` : ''
  return {
    question: `This deletes the API ${api.name} (${api.id})${withStages}.${fromPlans}`,
    changes: [
      {action: 'delete', kind: 'API', name: api.name, detail: api.id},
      ...names.map(name => ({action: 'delete' as const, kind: 'stage', name})),
      ...lost.map(name => ({action: 'detach' as const, kind: 'usage plan', name, detail: `from ${api.name}`})),
    ],
    async apply() {
      await ports.apis.delete(api.id)
      if (plans.length > 0) await detach(ports, api)
      return api
    },
  }
}

async function plansWith({plans}: Ports, api: RestApi): Promise<UsagePlan[]> {
  return (await collect(plans.list({}))).filter(plan => plan.apiStages.some(({apiId}) => apiId === api.id))
}

async function detach(ports: Ports, api: RestApi): Promise<void> {
  const left = await plansWith(ports, api)
  for (const [i, plan] of left.entries()) {
    try {
      await ports.plans.update(plan.id, {removeStages: plan.apiStages.filter(({apiId}) => apiId === api.id)})
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const names = left.slice(i).map(({name}) => name)
      const text = `The API ${api.name} is deleted, but still named by the usage plans ${names.join(', ')}: ${error.message}`
      throw new Problem(error.kind, text, `Look: apigw plans get ${plan.id}`, error)
    }
  }
}
