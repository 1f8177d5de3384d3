import {type DependantPorts, type Dependants, dependantsOf, plansNaming} from './api-dependants.js'
import {type ApiStore, type RestApi, refOf} from './apis.js'
import type {DomainMapping, DomainStore} from './domains.js'
import type {LogGroup, LogGroupStore} from './logs/groups.js'
import type {Change, Plan} from './plan.js'
import type {PlanStore} from './plans.js'
import {isMissing, Problem} from './problem.js'
import {quoted} from './quoting.js'
import type {Session} from './session.js'
import {sizeText} from './size.js'
import {type Step, takeSteps} from './steps.js'

export interface DeletionPorts extends DependantPorts {
  apis: Pick<ApiStore, 'delete'>
  plans: Pick<PlanStore, 'list' | 'update'>
  domains: DomainStore
  groups: Pick<LogGroupStore, 'list' | 'delete'>
  session: Pick<Session, 'notice'>
}

/** What is to go with an API that could stay. */
export interface Company {
  mappings: boolean
  logs: boolean
}

export interface ApiDeletion extends Plan<RestApi> {
  /** What a person is asked first. */
  question: string
}

/**
 * Plans the deletion of an API with all that hangs on it.
 *
 * The mappings of custom domain names go first: the service deletes no API while one is left. All else comes after the
 * API: an API that then cannot be deleted still has its callers and its logs. The service takes deleted stages off their
 * usage plans (issue threads; not documented); that is looked after, and where it did not happen it is done here.
 * @throws Problem conflict while a mapping leads to the API that is not to go with it, denied where what is to go with it
 *   cannot be listed
 */
export async function planApiDeletion(ports: DeletionPorts, api: RestApi, company: Company): Promise<ApiDeletion> {
  const found = await dependantsOf(ports, api)
  const mappings = found.mappings instanceof Problem ? [] : found.mappings
  if (company.mappings && found.mappings instanceof Problem) throw found.mappings
  if (company.logs && found.logGroups instanceof Problem) throw found.logGroups
  if (mappings.length > 0 && !company.mappings) throw mapped(api, mappings)
  const groups = company.logs && !(found.logGroups instanceof Problem) ? found.logGroups : []
  const steps = [
    ...mappings.map(mapping => unmapping(ports, mapping)),
    deletion(ports, api, found),
    ...(found.plans.length > 0 ? [tidying(ports, api, found)] : []),
    ...groups.map((group, i) => forgetting(ports, api, group, groups.slice(i))),
  ]
  const changes = [...steps.flatMap(step => step.all), ...kept(found, company)]
  return {
    question: [`What goes with the API ${api.name}, and what stays:`, ...told(changes, found), FOR_GOOD].join('\n'),
    changes,
    async apply() {
      await takeSteps(steps, text => ports.session.notice(text))
      return api
    },
  }
}

const FOR_GOOD = 'What is deleted cannot be brought back.'

/** A step, and all that it changes. */
interface Deletion extends Step {
  all: Change[]
}

const addressOf = ({domain, basePath}: DomainMapping) => `${domain}/${basePath}`

function mapped(api: RestApi, mappings: readonly DomainMapping[]): Problem {
  const paths = mappings.map(addressOf).join(', ')
  const text = `${api.name} cannot be deleted while a custom domain name leads to it: ${paths}.`
  const command = `apigw apis delete ${refOf(api)} --with-mappings`
  return new Problem('conflict', text, `To take ${mappings.length === 1 ? 'it' : 'them'} away, too: ${command}`)
}

function unmapping({domains}: DeletionPorts, mapping: DomainMapping): Deletion {
  const address = addressOf(mapping)
  const detail = mapping.stage && `leads to the stage ${mapping.stage}`
  const change: Change = {action: 'delete', kind: 'base path mapping', name: address, detail}
  return {change, all: [change], done: `deleted base path mapping ${address}`, run: () => domains.remove(mapping)}
}

function deletion({apis}: DeletionPorts, api: RestApi, {stages, deployments}: Dependants): Deletion {
  const count = typeof deployments === 'number' && deployments > 0 ? deployments : undefined
  const detail = count === undefined ? api.id : `${api.id}, with ${count} deployment${count === 1 ? '' : 's'}`
  const change: Change = {action: 'delete', kind: 'API', name: api.name, detail}
  return {
    change,
    all: [change, ...stages.map(({name}): Change => ({action: 'delete', kind: 'stage', name}))],
    done: `deleted API ${api.name} (${api.id})`,
    run: () =>
      apis.delete(api.id).catch(error => {
        if (!isMissing(error)) throw error
      }),
  }
}

/** Takes the stages off the plans that the service has left them on. */
function tidying(ports: DeletionPorts, api: RestApi, {plans}: Dependants): Deletion {
  const names = plans.map(({name}) => name)
  const all = names.map((name): Change => ({action: 'detach', kind: 'usage plan', name, detail: `from ${api.name}`}))
  return {
    change: {action: 'detach', kind: names.length === 1 ? 'usage plan' : 'usage plans', name: names.join(', ')},
    all,
    done: `detached usage ${names.length === 1 ? 'plan' : 'plans'} ${names.join(', ')}`,
    async run() {
      const left = await plansNaming(ports, api)
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
    },
  }
}

/** @param left this group and those that come after it */
function forgetting({groups}: DeletionPorts, api: RestApi, group: LogGroup, left: readonly LogGroup[]): Deletion {
  const {name, storedBytes} = group
  const change: Change = {action: 'delete', kind: 'log group', name, detail: sizeText(storedBytes)}
  return {
    change,
    all: [change],
    done: `deleted log group ${name}`,
    run: () =>
      groups.delete(name).catch(error => {
        if (!(error instanceof Problem)) throw error
        const text = `The API ${api.name} is deleted, but not the log group ${name}: ${error.message}`
        const confirmed = left.length === 1 ? quoted(name) : String(left.length)
        const command = `apigw logs prune --orphans --api ${api.id} --confirm ${confirmed}`
        throw new Problem(error.kind, text, `What is left to do: ${command}`, error)
      }),
  }
}

/** What stays, in the same form. */
function kept({logGroups, neighbours}: Dependants, {logs}: Company): Change[] {
  const groups = logs || logGroups instanceof Problem ? [] : logGroups
  return [
    ...groups.map(({name, storedBytes}): Change => {
      const detail = `${sizeText(storedBytes)}; --with-logs deletes it`
      return {action: 'keep', kind: 'log group', name, detail}
    }),
    ...(neighbours instanceof Problem ? [] : neighbours.map((one): Change => ({action: 'keep', ...one}))),
  ]
}

/** The lines of the question: what goes and what stays, and what is not known. */
function told(changes: readonly Change[], {mappings, logGroups, neighbours}: Dependants): string[] {
  const lines = changes.map(
    ({action, kind, name, detail}) => `  ${action} ${kind} ${name}${detail === undefined ? '' : ` (${detail})`}`,
  )
  const unknown = Object.entries({
    'custom domain names': mappings,
    'log groups': logGroups,
    'what it calls': neighbours,
  })
  const refused = unknown.flatMap(([what, answer]) =>
    answer instanceof Problem ? [`${what} (${answer.message})`] : [],
  )
  return [...lines, ...(refused.length > 0 ? [`Not known: ${refused.join('; ')}`] : [])]
}
