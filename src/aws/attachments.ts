import type {AttachmentStores} from '../domain/attachments.js'
import type {Session} from '../domain/session.js'
import {openKeys} from './keys.js'
import {openStageLookup} from './plan-stages.js'
import {openPlans} from './plans.js'

/** All that putting keys and stages on plans is about. */
export async function openAttachmentStores(session: Session): Promise<AttachmentStores> {
  const [plans, keys, lookup] = await Promise.all([openPlans(session), openKeys(session), openStageLookup(session)])
  return {plans, keys, lookup}
}
