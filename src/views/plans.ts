import type {Attachment} from '../domain/attachments.js'
import {quotaText} from '../domain/limits.js'
import {methodLimitText} from '../domain/method-limits.js'
import {stageKey, stageText} from '../domain/plan-stages.js'
import type {DeletedPlan, PlanKey, PlanStage, UsagePlan} from '../domain/plans.js'
import {tagsText} from './tags.js'
import {printable} from './text.js'
import type {Column, View} from './view.js'

const columns: readonly Column<UsagePlan>[] = [
  {header: 'ID', value: plan => plan.id},
  {header: 'NAME', value: plan => plan.name, text: (plan, paint) => paint.name(printable(plan.name))},
  {header: 'RATE', value: plan => plan.throttle?.rateLimit},
  {header: 'BURST', value: plan => plan.throttle?.burstLimit},
  {header: 'QUOTA', value: plan => plan.quota && quotaText(plan.quota)},
  {
    header: 'STAGES',
    value: plan => plan.apiStages.map(stageKey).join(', '),
    text: plan => plan.apiStages.map(stage => printable(stageText(stage))).join(', '),
  },
  {header: 'DESCRIPTION', value: plan => plan.description},
]

export const planView: View<UsagePlan> = {
  columns,
  id: plan => plan.id,
  empty: 'There are no usage plans here yet. Make one: apigw plans create NAME --stage API/STAGE',
}

/** Limits of single methods, as they are typed. */
function methodLimits({apiStages}: UsagePlan, stageName: (stage: PlanStage) => string): string[] {
  return apiStages.flatMap(stage =>
    Object.entries(stage.throttle).map(([key, limit]) => `${stageName(stage)} ${methodLimitText(key, limit)}`),
  )
}

/** One plan. */
export const planDetailView: View<UsagePlan> = {
  columns: [
    ...columns,
    {header: 'TAGS', value: plan => tagsText(plan.tags)},
    {
      header: 'METHODS',
      value: plan => methodLimits(plan, stageKey).join(', '),
      text: plan => methodLimits(plan, stageText).map(printable).join('\n'),
    },
  ],
  id: plan => plan.id,
}

/** What is gone, with the keys that lost it. */
export const deletedPlanView: View<DeletedPlan> = {
  columns: [...columns.slice(0, 2), {header: 'KEYS', value: plan => plan.keys.join(', ')}],
  id: plan => plan.id,
}

/** The keys of a plan. The service always sends their values; they turn up masked. */
export const planKeyView: View<PlanKey> = {
  columns: [
    {header: 'ID', value: key => key.id},
    {header: 'NAME', value: key => key.name, text: (key, paint) => paint.name(printable(key.name ?? ''))},
    {header: 'VALUE', value: key => String(key.value)},
  ],
  id: key => key.id,
  empty: 'The plan has no keys. Put one on it: apigw plans attach PLAN --key KEY',
}

export const attachmentView: View<Attachment> = {
  columns: [
    {header: 'KIND', value: attachment => attachment.kind},
    {header: 'NAME', value: ({name}) => name, text: ({name}, paint) => paint.name(printable(name))},
    {header: 'ID', value: attachment => attachment.id},
    {header: 'PLAN', value: attachment => attachment.plan},
  ],
  id: attachment => attachment.id,
}
