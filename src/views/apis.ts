import type {RestApi} from '../domain/apis.js'
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
