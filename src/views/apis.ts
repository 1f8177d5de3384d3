import type {Clone} from '../domain/api-clone.js'
import {type RestApi, refOf} from '../domain/apis.js'
import type {StageUrl} from '../domain/urls.js'
import {printable} from './text.js'
import type {View} from './view.js'

export const apiView: View<RestApi> = {
  columns: [
    {header: 'ID', value: api => api.id},
    {header: 'NAME', value: api => api.name},
    {header: 'TYPE', value: api => api.endpointType.toLowerCase()},
    {header: 'CREATED', value: api => api.createdDate},
    {header: 'DESCRIPTION', value: api => api.description},
  ],
  id: api => api.id,
  empty: 'There are no REST APIs here yet. Make one: apigw apis create NAME, or apigw apis import FILE',
}

/** All that is known about one API. */
export const apiDetails: View<RestApi> = {
  columns: [
    ...apiView.columns,
    {header: 'VERSION', value: api => api.version},
    {header: 'VPC ENDPOINTS', value: api => api.vpcEndpointIds.join(' ')},
    {header: 'DEFAULT ENDPOINT', value: api => (api.disableExecuteApiEndpoint ? 'off' : 'on')},
    {header: 'API KEY FROM', value: api => api.apiKeySource?.toLowerCase()},
    {header: 'BINARY TYPES', value: api => api.binaryMediaTypes.join(' ')},
    {
      header: 'COMPRESSED FROM',
      value: ({minimumCompressionSize: size}) => (size === undefined ? undefined : `${size} bytes`),
    },
    {header: 'TAGS', value: ({tags}) => pairs(tags)},
    {header: 'POLICY', value: api => api.policy},
  ],
  id: api => api.id,
}

/** What the service remarked on at an import, each remark once. */
export function warningTexts(warnings: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const warning of warnings) counts.set(warning, (counts.get(warning) ?? 0) + 1)
  return [...counts].map(([text, count]) => `Warning: ${printable(text)}${count > 1 ? ` (${count} times)` : ''}`)
}

/** What one should know of a clone: what it lacks, and the commands that bring it. */
export function cloneRemarks({api, source, isNew, stage, left, permissions, variableFunctions}: Clone): string[] {
  const ref = refOf(api)
  const stages = left.stages.map(({name}) => name)
  const deployed = `apigw deploy --api ${ref} --stage ${stages[0] ?? 'NAME'}`
  const plans = left.plans.map(plan => {
    const of = plan.apiStages.filter(({apiId}) => apiId === source.id).map(({stage}) => stage)
    return `Not on usage plan ${plan.name}, as ${source.name}/${of.join(', ')} is: apigw plans attach ${plan.id} --stage ${ref}/${stage ?? of[0]}`
  })
  const policy = api.policy?.includes('aws:SourceVpc') && api.endpointType !== 'PRIVATE'
  return [
    ...(isNew && stages.length > 0
      ? [`Not copied: the stages of ${source.name} with their settings: ${stages.join(', ')}`]
      : []),
    ...(stage === undefined && isNew ? [`Not live yet: ${deployed}`] : []),
    ...plans,
    ...left.mappings.map(({domain, basePath}) => `${domain}/${basePath} still leads to ${source.name}.`),
    ...(source.securityPolicy?.startsWith('SecurityPolicy_') && !api.securityPolicy?.startsWith('SecurityPolicy_')
      ? [`Not copied, because the endpoint type is another: the security policy ${source.securityPolicy}`]
      : []),
    ...(policy ? ['Its resource policy speaks of VPCs, which requests from elsewhere do not come by.'] : []),
    ...permissions.map(command => `On AWS, it answers 500 until you run: ${command}`),
    ...variableFunctions.map(name => `On AWS, the function that ${name} stands for has to be told to let it in, too.`),
  ]
}

const pairs = (tags: Record<string, string>) =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')

/** URLs and nothing else, so that a pipe can use them. */
export const urlView: View<StageUrl> = {
  columns: [{header: 'URL', value: ({url}) => url}],
  id: ({url}) => url,
  empty: 'The API has no stages yet, so it has no URL. Make one: apigw deploy --stage NAME',
}
