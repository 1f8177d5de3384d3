import type {Stage} from '../domain/stages.js'
import type {View} from './view.js'

/** A list of stages: what one wants to know at a glance. */
export const stageView: View<Stage> = {
  columns: [
    {header: 'STAGE', value: stage => stage.name},
    {header: 'DEPLOYMENT', value: stage => stage.deploymentId},
    {header: 'UPDATED', value: stage => stage.lastUpdatedDate},
    {header: 'DESCRIPTION', value: stage => stage.description},
  ],
  id: stage => stage.name,
  empty: 'The API has no stages yet. Make one: apigw deploy --stage NAME',
}
