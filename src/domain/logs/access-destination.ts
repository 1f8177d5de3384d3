import {Problem} from '../problem.js'
import type {Step} from '../steps.js'
import {accessLogGroup, defaultAccessGroup, type LogGroupStore} from './groups.js'
import {creatingStep, daysOf, groupNamed, keepingStep, type Retention} from './retention.js'
import type {LoggedStage} from './stages.js'

/** Where an access log is to go: a group of this account and Region, or another destination as it is. */
export interface Destination {
  group?: string
  /** As it was given; undefined for a group that is known by its name. */
  arn?: string
}

/**
 * Where the access log is to go: where it was asked to, else where it goes already, else to a group of its own.
 * @throws Problem usage for what the service would refuse
 */
export function destinationOf(stage: LoggedStage, wanted: string | undefined): Destination {
  const to = wanted ?? stage.accessLogArn ?? defaultAccessGroup(stage.apiId, stage.stage)
  if (/^arn:[^:]+:firehose:/.test(to)) {
    if (stage.kind !== 'REST') {
      throw new Problem('usage', `The access log of a ${stage.kind} API cannot go to Firehose.`, 'Name a log group.')
    }
    if (/:deliverystream\/amazon-apigateway-./.test(to)) return {arn: to}
    const hint = 'API Gateway writes only to streams whose name begins with amazon-apigateway-'
    throw new Problem('usage', `The access log cannot go to ${to}.`, hint)
  }
  const group = to.startsWith('arn:') ? accessLogGroup(to) : to
  if (group === undefined || !/^(?!aws\/)[\w./#-]{1,512}$/.test(group)) {
    const hint = 'Letters, digits and _ - / . #, at most 512 of them, and not aws/ at the beginning.'
    throw new Problem('usage', `"${to}" cannot be the name of a log group.`, hint)
  }
  return to.startsWith('arn:') ? {group, arn: to.replace(/:\*$/, '')} : {group}
}

/**
 * What it takes for the group of an access log to be there: API Gateway does not make it.
 * @returns the ARN that the stage is to have; it is known at the latest when the steps were taken
 */
export async function accessGroup(
  groups: LogGroupStore,
  {group, arn}: Destination,
  retention: Retention | undefined,
): Promise<{steps: Step[]; arn: () => string | undefined}> {
  if (group === undefined) return {steps: [], arn: () => arn}
  let found = await groupNamed(groups, group)
  if (found) {
    checkOwn(found.arn, arn)
    const isKept = retention === undefined || found.retentionDays === daysOf(retention)
    return {steps: isKept ? [] : [keepingStep(groups, group, retention)], arn: () => found?.arn}
  }
  const creating = creatingStep(groups, group)
  const making: Step = {
    ...creating,
    run: async () => {
      await creating.run()
      found = await groupNamed(groups, group)
      if (!found) throw new Problem('failed', `The log group ${group} was made and is not listed yet.`, 'Run it again.')
      checkOwn(found.arn, arn)
    },
  }
  return {
    steps: retention === undefined ? [making] : [making, keepingStep(groups, group, retention)],
    arn: () => found?.arn,
  }
}

/** @throws Problem usage for the ARN of a group that is somewhere else */
function checkOwn(own: string, wanted: string | undefined): void {
  if (wanted === undefined || wanted === own) return
  throw new Problem('usage', `${wanted} is not a log group of this account and Region.`, `Of that name there is ${own}`)
}
