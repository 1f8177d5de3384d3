import type {Role as SdkRole} from '@aws-sdk/client-iam'
import type {Role, RoleStore} from '../domain/account.js'
import {isMissing} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {configurationOf, lazily, sender} from './client.js'
import {needing} from './failure.js'

const API_GATEWAY = 'apigateway.amazonaws.com'

const TRUST = {
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Principal: {Service: API_GATEWAY}, Action: 'sts:AssumeRole'}],
}

/** IAM roles over the SDK, which is loaded with the first question. */
export function openRoles(session: Session): RoleStore {
  const iam = lazily(async () => {
    const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-iam'), configurationOf(session)])
    return {sdk, send: sender(new sdk.IAMClient(configuration), session)}
  })
  return {
    async find(RoleName) {
      const {sdk, send} = await iam()
      try {
        const {Role: role} = await needing('iam:GetRole', () => send(new sdk.GetRoleCommand({RoleName})))
        const attached = await needing('iam:ListAttachedRolePolicies', () =>
          all(async Marker => {
            const page = await send(new sdk.ListAttachedRolePoliciesCommand({RoleName, Marker}))
            return {items: page.AttachedPolicies, next: page.Marker}
          }),
        )
        const inline = await needing('iam:ListRolePolicies', () =>
          all(async Marker => {
            const page = await send(new sdk.ListRolePoliciesCommand({RoleName, Marker}))
            return {items: page.PolicyNames, next: page.Marker}
          }),
        )
        const attachedArns = attached.map(policy => policy.PolicyArn ?? '')
        return roleFrom(role ?? {}, attachedArns, inline)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },

    async create(RoleName) {
      const {sdk, send} = await iam()
      const Description = 'Lets API Gateway write logs to CloudWatch'
      const AssumeRolePolicyDocument = JSON.stringify(TRUST)
      const {Role: role} = await needing('iam:CreateRole', () =>
        send(new sdk.CreateRoleCommand({RoleName, AssumeRolePolicyDocument, Description})),
      )
      return role?.Arn ?? ''
    },

    async attachPolicy(RoleName, PolicyArn) {
      const {sdk, send} = await iam()
      await needing('iam:AttachRolePolicy', () => send(new sdk.AttachRolePolicyCommand({RoleName, PolicyArn})))
    },
  }
}

/** All pages of a list of IAM. The last one has no marker. */
async function all<Item>(
  read: (marker: string | undefined) => Promise<{items?: Item[] | undefined; next?: string | undefined}>,
): Promise<Item[]> {
  const found: Item[] = []
  let marker: string | undefined
  do {
    const page = await read(marker)
    found.push(...(page.items ?? []))
    marker = page.next
  } while (marker !== undefined)
  return found
}

function roleFrom(role: Partial<SdkRole>, attachedPolicies: string[], inlinePolicies: string[]): Role {
  return {
    name: role.RoleName ?? '',
    arn: role.Arn ?? '',
    trustsApiGateway: trusts(role.AssumeRolePolicyDocument),
    attachedPolicies,
    inlinePolicies,
  }
}

interface Statement {
  Effect?: string
  Action?: string | string[]
  Principal?: string | {Service?: string | string[]}
}

/** @param document as IAM gives it: JSON, percent-encoded */
function trusts(document: string | undefined): boolean {
  if (!document) return false
  const {Statement: statements = []} = JSON.parse(decodeURIComponent(document)) as {Statement?: Statement | Statement[]}
  return [statements].flat().some(({Effect, Action, Principal}) => {
    const services = typeof Principal === 'object' ? [Principal.Service ?? []].flat() : []
    const actions = [Action ?? []].flat()
    return (
      Effect === 'Allow' &&
      services.includes(API_GATEWAY) &&
      actions.some(action => /^(sts:(AssumeRole|\*)|\*)$/.test(action))
    )
  })
}
