import {refOf} from '../domain/apis.js'
import type {Deployed, DeploymentPlan} from '../domain/deployments/deploy.js'
import type {Kept} from '../domain/deployments/kept.js'
import type {RolledBack} from '../domain/deployments/rollback.js'
import type {Change, Plan} from '../domain/plan.js'
import type {Difference, ItemDifference} from '../domain/snapshots/difference.js'
import {countsText, labelOf} from './differences.js'
import type {View} from './view.js'

/** What a deployment did. */
export const deployedView: View<Deployed> = {
  columns: [
    {header: 'STAGE', value: deployed => deployed.stage},
    {header: 'DEPLOYMENT', value: deployed => deployed.deploymentId},
    {header: 'PREVIOUS', value: deployed => deployed.previousDeploymentId},
    {header: 'CREATED', value: deployed => deployed.created, text: ({created}) => (created ? 'the stage is new' : '')},
    {header: 'URL', value: deployed => deployed.url, text: ({url}, paint) => paint.name(url)},
  ],
  id: deployed => deployed.deploymentId,
}

/** What is going to be deployed, in a few lines, with what is to be known before. */
export function planRemarks({changes, creates, gap, difference, remarks}: DeploymentPlan): string[] {
  const isDeployed = changes.some(({action}) => action === 'deploy')
  const told = creates ? [`everything is new: ${countsText(difference)}`] : changeLines(difference)
  return [...(isDeployed && gap === undefined ? told : []), ...remarks]
}

/** What a dry run would have done to the stage. */
export function dryRunRemarks({changes, nothing, remarks}: Plan<unknown> & {remarks: readonly string[]}): string[] {
  if (changes.length === 0) return nothing ? [nothing] : []
  return [...remarks, ...changes.map(change => `It would ${stepText(change)}.`)]
}

function stepText({action, kind, name, detail}: Change): string {
  return [`${action} ${kind} ${name}`, ...(detail === undefined ? [] : [detail])].join(': ')
}

/** How many changes are named before the others are only counted. */
const MANY = 10
const SIGNS = {added: '+', changed: '~', removed: '-'} as const

/** `2 added, 1 changed`, and each with a few words. */
export function changeLines(difference: Difference): string[] {
  const {items} = difference
  const rest = items.length - MANY
  return [
    countsText(difference),
    ...items.slice(0, MANY).map(item => `  ${SIGNS[item.change]} ${itemText(item)}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ]
}

function itemText({kind, name, change, fields}: ItemDifference): string {
  const label = kind === 'route' ? name : `${kind} ${name}`
  const names = fields.map(field => labelOf({kind}, field)).filter(Boolean)
  if (change !== 'changed' || names.length === 0) return label
  const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return `${label}  ${names.slice(0, 3).join(', ')}${more}`
}

/** What one should know besides, in sentences. */
export function deployedRemarks(deployed: Deployed): string[] {
  const {apiName, stage, previousDeploymentId, canaryPercent, kept} = deployed
  const on = `--api ${refOf({name: apiName})} --stage ${stage}`
  const keeping = kept ? [keptText(kept)] : []
  if (canaryPercent !== undefined) {
    const text = `Only the canary of ${stage} got it: ${canaryPercent} % of the requests. For all: apigw canary promote ${on}`
    return [...keeping, text]
  }
  return [
    ...keeping,
    ...(previousDeploymentId ? [`To go back: apigw rollback ${on} --to ${previousDeploymentId}`] : []),
  ]
}

/** `Kept: 12 settings, 2 usage plans.` */
export function keptText({settings, usagePlans}: Kept): string {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
  const parts = [count(settings, 'setting'), ...(usagePlans ? [count(usagePlans, 'usage plan')] : [])]
  return `Kept: ${parts.join(', ')}.`
}

/** What a rollback did. */
export const rolledBackView: View<RolledBack> = {
  columns: [
    {header: 'STAGE', value: rolledBack => rolledBack.stage},
    {header: 'DEPLOYMENT', value: rolledBack => rolledBack.deploymentId},
    {header: 'PREVIOUS', value: rolledBack => rolledBack.previousDeploymentId},
    {header: 'CREATED', value: rolledBack => rolledBack.createdDate},
    {header: 'DESCRIPTION', value: rolledBack => rolledBack.description},
    {header: 'URL', value: rolledBack => rolledBack.url, text: ({url}, paint) => paint.name(url)},
  ],
  id: rolledBack => rolledBack.deploymentId,
}

/** What one should know besides, in sentences. */
export function rolledBackRemarks({apiName, stage, previousDeploymentId, kept}: RolledBack): string[] {
  const undo = `apigw rollback --api ${refOf({name: apiName})} --stage ${stage} --to ${previousDeploymentId}`
  return [...(kept ? [keptText(kept)] : []), ...(previousDeploymentId ? [`To undo it: ${undo}`] : [])]
}
