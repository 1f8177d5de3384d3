import type {ApiStage, PatchOperation, ThrottleSettings, UsagePlan} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import {unescapePointer} from './patch.js'

type CheckStage = (stage: ApiStage) => void

const SET_PATHS = [
  '/productCode',
  '/throttle/rateLimit',
  '/throttle/burstLimit',
  '/quota/limit',
  '/quota/offset',
  '/quota/period',
  '/apiStages/<apidId:stageName>/throttle',
  '/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/rateLimit',
  '/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/burstLimit',
]

/**
 * What may be done, by operation. The list for `remove` is the service's (from a public report, misspelt `apidId`
 * included); the others follow its form.
 */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  add: ['/apiStages', ...SET_PATHS],
  replace: ['/name', '/description', ...SET_PATHS],
  remove: [
    '/apiStages',
    '/quota',
    '/throttle',
    '/productCode',
    '/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>',
    '/apiStages/<apidId:stageName>/throttle',
  ],
}

/**
 * A patched copy of a usage plan.
 * @param checkStage throws where an API or stage is not there
 * @throws ServiceError BadRequestException; nothing is changed then
 */
export function patchedPlan(
  plan: UsagePlan,
  operations: readonly PatchOperation[] | undefined,
  checkStage: CheckStage,
): UsagePlan {
  const next = structuredClone(plan)
  for (const operation of operations ?? []) change(next, operation, checkStage)
  return next
}

function change(plan: UsagePlan, operation: PatchOperation, checkStage: CheckStage): void {
  const {op, path, value = ''} = operation
  if (path === undefined) throw badRequest('Invalid patch path null')
  const stageThrottle = STAGE_THROTTLE.exec(path)
  if (stageThrottle) changeStageThrottle(plan, operation, stageThrottle)
  else if (path === '/apiStages' && (op === 'add' || op === 'remove')) changeStages(plan, op, value, checkStage)
  else if (op === 'remove') remove(plan, operation)
  else if (op === 'add' || op === 'replace') set(plan, operation, value)
  else throw unsupported(operation)
}

function unsupported({op, path}: PatchOperation) {
  const paths = PATHS[op ?? '']
  const hint = paths ? `Must be one of: [${paths.join(', ')}]` : 'Please choose supported operations'
  return badRequest(`Invalid patch path  '${path}' specified for op '${op}'. ${hint}`)
}

function changeStages(plan: UsagePlan, op: 'add' | 'remove', value: string, checkStage: CheckStage): void {
  const [, apiId, stage] = /^([^:]+):([^:]+)$/.exec(value) ?? []
  if (apiId === undefined) throw badRequest('Invalid API Stage specified')
  checkStage({apiId, stage})
  const others = (plan.apiStages ?? []).filter(each => each.apiId !== apiId || each.stage !== stage)
  const attached = others.length < (plan.apiStages?.length ?? 0)
  if (op === 'remove') plan.apiStages = others
  else if (!attached) plan.apiStages = [...others, {apiId, stage}]
}

function remove(plan: UsagePlan, operation: PatchOperation): void {
  if (operation.path === '/quota') plan.quota = undefined
  else if (operation.path === '/throttle') plan.throttle = undefined
  else if (operation.path === '/productCode') plan.productCode = undefined
  else throw unsupported(operation)
}

function set(plan: UsagePlan, operation: PatchOperation, value: string): void {
  const {op, path} = operation
  switch (path) {
    case '/throttle/rateLimit':
      plan.throttle = {...plan.throttle, rateLimit: Number(value)}
      return
    case '/throttle/burstLimit':
      plan.throttle = {...plan.throttle, burstLimit: Number(value)}
      return
    case '/quota/limit':
      plan.quota = {offset: 0, ...plan.quota, limit: Number(value)}
      return
    case '/quota/offset':
      plan.quota = {...plan.quota, offset: Number(value)}
      return
    case '/quota/period':
      plan.quota = {offset: 0, ...plan.quota, period: value as 'DAY'}
      return
    case '/productCode':
      plan.productCode = value || undefined
      return
  }
  if (op === 'replace' && path === '/name') plan.name = value
  else if (op === 'replace' && path === '/description') plan.description = value || undefined
  else throw unsupported(operation)
}

/** `/apiStages/{api}:{stage}/throttle`, or below it one method and one of its limits; the resource path has slashes. */
const STAGE_THROTTLE = /^\/apiStages\/([^:/]+):([^/]+)\/throttle(?:\/(.*)\/([A-Z]+|\*)(?:\/(rateLimit|burstLimit))?)?$/

function changeStageThrottle(plan: UsagePlan, operation: PatchOperation, found: RegExpExecArray): void {
  const {op, value = ''} = operation
  const [, apiId, stageName, resourcePath, httpMethod, limit] = found
  const stage = plan.apiStages?.find(each => each.apiId === apiId && each.stage === stageName)
  if (!stage) throw badRequest('Invalid API Stage specified')
  // `probe`, `/probe` and `~1probe` are the same resource, kept as `/probe/GET`; the root is `//GET`.
  const key = `/${unescapePointer(resourcePath ?? '').replace(/^\/+/, '')}/${httpMethod}`
  if (op === 'remove' && !limit) {
    if (httpMethod === undefined) stage.throttle = undefined
    else {
      const {[key]: _, ...rest} = stage.throttle ?? {}
      stage.throttle = Object.keys(rest).length > 0 ? rest : undefined
    }
  } else if ((op === 'add' || op === 'replace') && httpMethod === undefined) stage.throttle = readThrottles(value)
  else if ((op === 'add' || op === 'replace') && limit) {
    stage.throttle = {...stage.throttle, [key]: {...stage.throttle?.[key], [limit]: Number(value)}}
  } else throw unsupported(operation)
}

/** The wording is an assumption. */
function readThrottles(text: string): Record<string, ThrottleSettings> {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, ThrottleSettings>)
    return Object.fromEntries(entries.map(([key, {rateLimit, burstLimit}]) => [key, {rateLimit, burstLimit}]))
  } catch {
    throw badRequest(`Invalid throttle settings specified: ${text}`)
  }
}
