import type {ApiKeySource, ApiStore, EndpointType, RestApi} from './apis.js'
import type {Plan} from './plan.js'
import {Problem} from './problem.js'
import {type Step, takeSteps} from './steps.js'
import {changedTags, type TagChange, tagChangeFor, tagChangeText} from './tags.js'

/** What an update is to change; what is undefined stays as it is. */
export interface ApiChanges {
  name?: string | undefined
  /** Empty to have none. */
  description?: string | undefined
  endpointType?: EndpointType | undefined
  vpcEndpointIds?: ListChange | undefined
  /** The resource policy, as JSON text; empty to have none. */
  policy?: string | undefined
  binaryMediaTypes?: ListChange | undefined
  apiKeySource?: ApiKeySource | undefined
  /** Bytes from which on a response is compressed; `off` for never. */
  minimumCompressionSize?: number | 'off' | undefined
  disableExecuteApiEndpoint?: boolean | undefined
}

export interface ListChange {
  add: readonly string[]
  remove: readonly string[]
}

/** Source: "Change a public or private API endpoint type", API Gateway Developer Guide. */
const TYPE_CHANGES: Readonly<Record<EndpointType, readonly EndpointType[]>> = {
  EDGE: ['REGIONAL', 'PRIVATE'],
  REGIONAL: ['EDGE', 'PRIVATE'],
  PRIVATE: ['REGIONAL'],
}

export interface Updated {
  api: RestApi
  /** Whether something was changed that callers notice only after a deployment. */
  needsDeployment: boolean
  /** Whether stages tell of all that was changed. Not of the endpoint type. Source: "Export a REST API", Developer Guide. */
  isTold: boolean
}

/**
 * Plans what of the wanted changes is not so already. All settings go in one call, which is all or nothing; tags are
 * another.
 * @throws Problem `usage` for changes that the service would not make
 */
export function planApiUpdate(
  apis: Pick<ApiStore, 'update' | 'changeTags'>,
  api: RestApi,
  wanted: ApiChanges,
  tags: TagChange,
): Plan<Updated> {
  checkAnything(wanted, tags)
  checkTypeChange(api, wanted)
  const changes = outstanding(api, wanted)
  const tagChange = tagChangeFor(api.tags, tags)
  let updated = api
  const steps: Step[] = []
  const change = (kind: string, detail: string) => ({action: 'update' as const, kind, name: api.name, detail})
  if (Object.keys(changes).length > 0) {
    steps.push({
      change: change('API', describe(api, changes)),
      done: `changed the settings of ${api.name}`,
      run: async () => {
        updated = await apis.update(api, changes)
      },
    })
  }
  if (tagChange) {
    steps.push({
      change: change('tags', tagChangeText(tagChange)),
      done: `changed the tags of ${api.name}`,
      run: async () => {
        await apis.changeTags(api.id, tagChange)
        updated = {...updated, tags: changedTags(api.tags, tagChange)}
      },
    })
  }
  return {
    changes: steps.map(step => step.change),
    apply: async () => {
      await takeSteps(steps, () => {})
      const isTold = changes.endpointType === undefined
      return {api: updated, needsDeployment: needsDeployment(changes), isTold}
    },
  }
}

function checkAnything(wanted: ApiChanges, {set, remove}: TagChange): void {
  if (Object.values(wanted).some(value => value !== undefined)) return
  if (Object.keys(set).length + remove.length > 0) return
  throw new Problem('usage', 'What is to be changed?', 'The settings: apigw apis update --help')
}

function checkTypeChange(api: RestApi, {endpointType: type = api.endpointType, vpcEndpointIds}: ApiChanges): void {
  if (type !== api.endpointType && !TYPE_CHANGES[api.endpointType].includes(type)) {
    const text = 'A private API cannot become edge-optimized in one step.'
    throw new Problem('usage', text, `First: apigw apis update ${api.id} --type regional`)
  }
  if (type !== 'PRIVATE' && vpcEndpointIds && vpcEndpointIds.add.length > 0) {
    throw new Problem(
      'usage',
      'Only a private API is reached through VPC endpoints.',
      'Pass --type private with --vpce.',
    )
  }
}

/** The changes that are left when those that are so already are taken away. */
function outstanding(api: RestApi, wanted: ApiChanges): ApiChanges {
  const current: ApiChanges = {
    ...api,
    description: api.description ?? '',
    policy: api.policy ?? '',
    apiKeySource: (api.apiKeySource ?? 'HEADER') as ApiKeySource,
    minimumCompressionSize: api.minimumCompressionSize ?? 'off',
    vpcEndpointIds: undefined,
    binaryMediaTypes: undefined,
  }
  const {vpcEndpointIds, binaryMediaTypes, ...settings} = wanted
  const changed = Object.entries(settings).filter(([key, value]) => {
    return value !== undefined && value !== current[key as keyof ApiChanges]
  })
  const endpoints = outstandingOf(api.vpcEndpointIds, vpcEndpointIds)
  const types = outstandingOf(api.binaryMediaTypes, binaryMediaTypes)
  return {
    ...Object.fromEntries(changed),
    ...(endpoints && {vpcEndpointIds: endpoints}),
    ...(types && {binaryMediaTypes: types}),
  }
}

function outstandingOf(current: readonly string[], change: ListChange | undefined): ListChange | undefined {
  const add = change?.add.filter(item => !current.includes(item)) ?? []
  const remove = change?.remove.filter(item => current.includes(item)) ?? []
  return add.length + remove.length === 0 ? undefined : {add, remove}
}

/**
 * Everything but the name and the description. Sources: "Redeploy a REST API", "Disable the default endpoint", "Private
 * REST APIs" and "Change a public or private API endpoint type", Developer Guide.
 */
function needsDeployment({name, description, ...others}: ApiChanges): boolean {
  return Object.keys(others).length > 0
}

function describe(api: RestApi, changes: ApiChanges): string {
  const {vpcEndpointIds: endpoints, binaryMediaTypes: types, minimumCompressionSize: compression} = changes
  return [
    changes.name !== undefined && `name ${changes.name}`,
    changes.description !== undefined && (changes.description === '' ? 'no description' : 'description'),
    changes.endpointType && `${api.endpointType.toLowerCase()} to ${changes.endpointType.toLowerCase()}`,
    ...(endpoints?.add.map(id => `with ${id}`) ?? []),
    ...(endpoints?.remove.map(id => `without ${id}`) ?? []),
    changes.policy !== undefined && (changes.policy === '' ? 'no resource policy' : 'resource policy'),
    ...(types?.add.map(type => `binary ${type}`) ?? []),
    ...(types?.remove.map(type => `no longer binary ${type}`) ?? []),
    changes.apiKeySource && `API key from ${changes.apiKeySource.toLowerCase()}`,
    compression !== undefined && (compression === 'off' ? 'not compressed' : `compressed from ${compression} bytes on`),
    changes.disableExecuteApiEndpoint !== undefined &&
      `default endpoint ${changes.disableExecuteApiEndpoint ? 'off' : 'on'}`,
  ]
    .filter(Boolean)
    .join(', ')
}
