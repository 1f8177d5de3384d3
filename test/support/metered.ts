import {onTestFinished, vi} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {gold} from './gold.js'

/** A Wednesday. */
export const WEDNESDAY = Date.UTC(2026, 10, 18, 12)

/**
 * The stage of `gold`, on a plan with a quota, and requests to it on any day: the clock of the sandbox and that of the
 * commands are one, and stand still until they are moved.
 */
export async function metered(
  quota: {limit: number; period: 'DAY' | 'WEEK' | 'MONTH'; offset?: number},
  options: SandboxOptions = {},
) {
  vi.useFakeTimers({toFake: ['Date'], now: WEDNESDAY})
  onTestFinished(() => void vi.useRealTimers())
  const kit = await gold({millis: () => Date.now(), ...options})
  const {apigateway, sandbox, restApiId, planId} = kit
  const patchOperations = Object.entries({offset: 0, ...quota}).map(([name, value]) => ({
    op: 'replace' as const,
    path: `/quota/${name}`,
    value: String(value),
  }))
  await apigateway.updateUsagePlan({usagePlanId: planId, patchOperations})

  /** A key on the plan, or on another. */
  const issue = async (name: string, {plan = planId, customerId = '', enabled = true} = {}) => {
    const {id: keyId = '', value = ''} = await apigateway.createApiKey({
      name,
      enabled,
      ...(customerId && {customerId}),
    })
    await apigateway.createUsagePlanKey({usagePlanId: plan, keyId, keyType: 'API_KEY'})
    return {keyId, value}
  }

  /** Sends requests with a key, and returns the statuses of the answers. */
  const send = async ({value}: {value: string}, count = 1, stage = 'prod'): Promise<number[]> => {
    const url = `${sandbox.url}/execute-api/${restApiId}/${stage}/pets`
    const statuses: number[] = []
    for (let i = 0; i < count; i++) statuses.push((await fetch(url, {headers: {'x-api-key': value}})).status)
    return statuses
  }

  /** Moves the clock to a moment: `2026-11-22T12:00Z`. */
  const at = (moment: string) => void vi.setSystemTime(Date.parse(moment))

  return {...kit, issue, send, at}
}
