import {type RestApi, refOf} from '../apis.js'
import {Problem} from '../problem.js'
import type {Canary, Stage} from '../stages.js'

/** An API as commands are told of it. */
export type Api = Pick<RestApi, 'id' | 'name'>

/** A stage that has a canary. */
export type StageWithCanary = Stage & {canary: Canary}

/** A command on the canary of a stage: `apigw canary set --api pets --stage prod`. */
export const canaryCommand = (verb: string, api: Api, stage: string) =>
  `apigw canary ${verb} --api ${refOf(api)} --stage ${stage}`

/** What can be done with a canary, in a line each. */
export const waysOut = (api: Api, stage: string) => [
  `To let it serve all: ${canaryCommand('promote', api, stage)}`,
  `To take it back: ${canaryCommand('abort', api, stage)}`,
]

/** @throws Problem missing for a stage that has no canary, with the command that starts one */
export function withCanary(api: Api, stage: Stage): StageWithCanary {
  const {canary} = stage
  if (canary) return {...stage, canary}
  const hint = `To start one: ${canaryCommand('start', api, stage.name)} --percent 10`
  throw new Problem('missing', `The stage ${stage.name} of ${api.name} has no canary.`, hint)
}

/**
 * Whether a canary was promoted and only its settings are left, as they are behind a promotion by the console: it gets
 * no requests, and the stage has all that it had.
 */
export function isPromoted({deploymentId, variables, canary}: StageWithCanary): boolean {
  return (
    canary.percentTraffic === 0 &&
    canary.deploymentId === deploymentId &&
    Object.entries(canary.variables).every(([name, value]) => variables[name] === value)
  )
}

/**
 * Percent of the requests, from what somebody wrote: `10`, `0.5`, `10%`.
 * @throws Problem usage
 */
export function percentFrom(text: string, flag: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text.trim()) ?? []
  const percent = Number(number)
  if (number !== undefined && percent <= 100) return percent
  throw new Problem('usage', `"${text}" is not a percentage from 0 to 100.`, `Such as ${flag} 10, or 0.5%`)
}
