import {quotaText, stageKey, type UsagePlan} from '../domain/plans.js'
import {printable} from './text.js'
import type {View} from './view.js'

export const planView: View<UsagePlan> = {
  columns: [
    {header: 'ID', value: plan => plan.id},
    {header: 'NAME', value: plan => plan.name, text: (plan, paint) => paint.name(printable(plan.name))},
    {header: 'RATE', value: plan => plan.throttle?.rateLimit},
    {header: 'BURST', value: plan => plan.throttle?.burstLimit},
    {header: 'QUOTA', value: plan => plan.quota && quotaText(plan.quota)},
    {header: 'STAGES', value: plan => plan.apiStages.map(stageKey).join(', ')},
    {header: 'DESCRIPTION', value: plan => plan.description},
  ],
  id: plan => plan.id,
  empty: 'There are no usage plans here yet. Make one: apigw plans create NAME --stage API/STAGE',
}
