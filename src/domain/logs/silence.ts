import {type AccountStore, accountRole, REPAIR, type RoleStore, troubleWith} from '../account.js'
import {Problem} from '../problem.js'
import {quoted} from '../quoting.js'
import type {LoggedStage} from './stages.js'

/** Why a stage writes no execution log, and the command that mends it. */
export interface Silence {
  reason: string
  hint?: string | undefined
}

/** What is said when nothing is wrong that could be seen from here. */
const noRequest = (isFiltered: boolean) =>
  `no request${isFiltered ? ' like that' : ''} was logged yet. A line comes about 20 s after its request, and a changed setting takes up to a minute. ` +
  'Requests that API Gateway refuses before it knows the stage, and 413, 431 and account-wide 429, are never logged.'

/** Finds out why there is nothing to show of a stage's execution log, or of those of its requests that are wanted. */
export async function explainSilence(
  stage: LoggedStage,
  account: AccountStore,
  roles: RoleStore,
  isFiltered = false,
): Promise<Silence> {
  const command = `apigw logs enable --api ${stage.apiId} --stage ${quoted(stage.stage)}`
  if (stage.setting.level === 'OFF' && stage.overrides.every(({level}) => level === 'OFF')) {
    const reason = `execution logging is off on stage ${stage.stage} of ${stage.api}.`
    return {reason, hint: `Switch it on: ${command}`}
  }
  try {
    const role = await accountRole(account, roles)
    const trouble = role.health === 'unknown' ? undefined : troubleWith(role, account.region)
    if (trouble) return {reason: trouble, hint: `Mend it: ${REPAIR}`}
  } catch (error) {
    // Not being able to see the account is no reason to stop waiting for its logs.
    if (!(error instanceof Problem) || error.kind === 'interrupted') throw error
  }
  return {reason: noRequest(isFiltered)}
}
