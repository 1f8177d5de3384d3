import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import type {WebAclStore} from '../domain/web-acls.js'
import {configurationOf, lazily, sender} from './client.js'
import {stageArn} from './stages.js'

/** How long to wait before WAF is asked again for what it does not know yet. */
const INTERVAL = 5_000

/**
 * The web ACLs of stages over the SDK of WAF, which is loaded with the first change: it is 100 kB of the program that
 * hardly any run needs. API Gateway only shows what a stage has.
 */
export function openWebAcls(session: Session): WebAclStore {
  const waf = lazily(async () => {
    const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-wafv2'), configurationOf(session)])
    return {sdk, send: sender(new sdk.WAFV2Client(configuration), session)}
  })
  return {
    async associate(apiId, stage, WebACLArn) {
      const [{sdk, send}, ResourceArn] = await Promise.all([waf(), stageArn(session, apiId, stage)])
      await onceKnown(session, () => send(new sdk.AssociateWebACLCommand({WebACLArn, ResourceArn})))
    },
    async disassociate(apiId, stage) {
      const [{sdk, send}, ResourceArn] = await Promise.all([waf(), stageArn(session, apiId, stage)])
      await send(new sdk.DisassociateWebACLCommand({ResourceArn}))
    },
  }
}

/**
 * Makes a call until WAF knows what it is about: of a web ACL or a stage that was just made it learns within "a few
 * seconds to a number of minutes", and until then calls it unavailable (AssociateWebACL, WAF API reference).
 */
async function onceKnown({clock, signal, maxWait, notice}: Session, call: () => Promise<unknown>): Promise<void> {
  const started = clock.now()
  for (;;) {
    try {
      await call()
      return
    } catch (error) {
      const isUnknownYet = error instanceof Problem && error.code === 'WAFUnavailableEntityException'
      if (!isUnknownYet || clock.now() - started + INTERVAL > maxWait) throw error
      notice('waiting 5 s: WAF does not know the web ACL or the stage yet')
      await clock.sleep(INTERVAL, signal)
    }
  }
}
