import type {DescribedDeployment, UsedDeployment} from '../domain/deployments/history.js'
import type {Route} from '../domain/routes.js'
import {printable} from './text.js'
import type {View} from './view.js'

/** The deployments of an API, and what serves them. */
export const historyView: View<UsedDeployment> = {
  columns: [
    {header: 'ID', value: ({id}) => id, text: ({id}, paint) => paint.name(printable(id)), isWhole: true},
    {header: 'CREATED', value: ({createdDate}) => createdDate},
    {
      header: 'STAGES',
      value: ({stages}) => stages.join(' '),
      text: ({stages, canaries}, paint) =>
        stages.length + canaries.length === 0 ? paint.dim('unused') : stages.map(printable).join(' '),
    },
    {header: 'CANARY OF', value: ({canaries}) => canaries.join(' ')},
    {header: 'DESCRIPTION', value: ({description}) => description},
  ],
  id: ({id}) => id,
  empty: 'The API has no deployments yet. Make one: apigw deploy --stage NAME',
}

/** All that is known of one deployment. */
export const deploymentDetails: View<DescribedDeployment> = {
  columns: [
    ...historyView.columns,
    {
      header: 'ROUTES',
      value: ({routes}) => (routes.length === 0 ? undefined : routes.map(routeName).join(', ')),
      text: ({routes}, paint) =>
        routes.length === 0 ? '' : [String(routes.length), ...routes.map(route => routeLine(route, paint))].join('\n'),
    },
  ],
  id: ({id}) => id,
}

const routeName = ({method, path}: Route) => [method, path].filter(Boolean).join(' ')

function routeLine(route: Route, paint: {dim(text: string): string}): string {
  const {authorization = 'NONE', apiKeyRequired} = route
  const remarks = [
    ...(authorization === 'NONE' ? [] : [authorization.toLowerCase()]),
    ...(apiKeyRequired ? ['key required'] : []),
  ]
  const name = printable(routeName(route))
  return remarks.length === 0 ? name : `${name}  ${paint.dim(remarks.join(', '))}`
}

/** What a pruning leaves, in a sentence. */
export function keptText({served, unused}: {served: number; unused: number}): string {
  const all = served + unused
  return `${all} ${all === 1 ? 'stays' : 'stay'}: ${served} served, ${unused} unused.`
}
