import {randomInt} from 'node:crypto'
import type {CreateRoleRequest, PutRolePolicyRequest, Role} from '@aws-sdk/client-iam'
import {
  AttachRolePolicy$,
  CreateRole$,
  DeleteRole$,
  DeleteRolePolicy$,
  DetachRolePolicy$,
  GetRole$,
  GetRolePolicy$,
  ListAttachedRolePolicies$,
  ListInstanceProfilesForRole$,
  ListRolePolicies$,
  PutRolePolicy$,
} from '@aws-sdk/client-iam'
import {ServiceError} from '../errors.js'
import {operationsOf} from '../protocol/operations.js'
import {withRequiredMembers} from '../protocol/required.js'
import type {Call, Handlers, Service} from '../service.js'
import {entryOf, type RoleRecord} from '../store.js'

interface PolicyAddress {
  RoleName: string
  PolicyName: string
}

interface Attachment {
  RoleName: string
  PolicyArn: string
}

interface PageRequest {
  RoleName: string
  Marker?: string
  MaxItems?: number
  PathPrefix?: string
}

/** The managed policies that the sandbox knows: the ones that setting up execution logging may meet. */
const MANAGED_POLICIES = new Set([
  'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  'arn:aws:iam::aws:policy/CloudWatchLogsFullAccess',
])

const operations = operationsOf({
  AttachRolePolicy$,
  CreateRole$,
  DeleteRole$,
  DeleteRolePolicy$,
  DetachRolePolicy$,
  GetRole$,
  GetRolePolicy$,
  ListAttachedRolePolicies$,
  ListInstanceProfilesForRole$,
  ListRolePolicies$,
  PutRolePolicy$,
})

const handlers: Handlers = {
  CreateRole(input: CreateRoleRequest, call) {
    const name = input.RoleName as string
    checkName('roleName', name, 64)
    checkDocument(input.AssumeRolePolicyDocument as string)
    const {roles} = call.store.global
    if (entryOf(roles, name))
      throw new ServiceError('EntityAlreadyExists', 409, `Role with name ${name} already exists.`)
    const path = input.Path ?? '/'
    const role: Role = {
      Path: path,
      RoleName: name,
      RoleId: `AROA${identifier(17)}`,
      Arn: `arn:aws:iam::${call.accountId}:role${path}${name}`,
      CreateDate: call.now(),
      AssumeRolePolicyDocument: encoded(input.AssumeRolePolicyDocument as string),
      Description: input.Description,
      MaxSessionDuration: input.MaxSessionDuration ?? 3600,
      Tags: input.Tags,
    }
    roles[name] = {role, attachedPolicies: [], inlinePolicies: {}}
    // The answer to CreateRole leaves out what GetRole shows besides the essentials.
    const {MaxSessionDuration, Description, ...shown} = role
    return {Role: shown}
  },

  GetRole: (input: {RoleName: string}, call) => ({Role: {...roleOf(call, input).role, RoleLastUsed: {}}}),

  DeleteRole(input: {RoleName: string}, call) {
    const record = roleOf(call, input)
    if (record.attachedPolicies.length > 0) {
      throw deleteConflict('Cannot delete entity, must detach all policies first.')
    }
    if (Object.keys(record.inlinePolicies).length > 0) {
      throw deleteConflict('Cannot delete entity, must delete policies first.')
    }
    delete call.store.global.roles[input.RoleName]
  },

  AttachRolePolicy(input: Attachment, call) {
    const {attachedPolicies} = roleOf(call, input)
    if (!MANAGED_POLICIES.has(input.PolicyArn)) {
      throw noSuchEntity(`Policy ${input.PolicyArn} does not exist or is not attachable.`)
    }
    if (!attachedPolicies.includes(input.PolicyArn)) attachedPolicies.push(input.PolicyArn)
  },

  DetachRolePolicy(input: Attachment, call) {
    const {attachedPolicies} = roleOf(call, input)
    const index = attachedPolicies.indexOf(input.PolicyArn)
    if (index < 0) throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`)
    attachedPolicies.splice(index, 1)
  },

  ListAttachedRolePolicies(input: PageRequest, call) {
    const arns = roleOf(call, input).attachedPolicies.filter(arn => pathOf(arn).startsWith(input.PathPrefix ?? '/'))
    const {items, ...rest} = page(arns, input)
    return {
      AttachedPolicies: items.map(arn => ({PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn})),
      ...rest,
    }
  },

  PutRolePolicy(input: PutRolePolicyRequest, call) {
    const {inlinePolicies} = roleOf(call, input as PolicyAddress)
    checkName('policyName', input.PolicyName as string, 128)
    checkDocument(input.PolicyDocument as string)
    inlinePolicies[input.PolicyName as string] = input.PolicyDocument as string
  },

  GetRolePolicy(input: PolicyAddress, call) {
    const {RoleName, PolicyName} = input
    return {RoleName, PolicyName, PolicyDocument: encoded(inlinePolicyOf(call, input))}
  },

  DeleteRolePolicy(input: PolicyAddress, call) {
    inlinePolicyOf(call, input)
    delete roleOf(call, input).inlinePolicies[input.PolicyName]
  },

  /** There are none, but Terraform asks before it deletes a role. */
  ListInstanceProfilesForRole(input: PageRequest, call) {
    roleOf(call, input)
    return {InstanceProfiles: [], IsTruncated: false}
  },

  ListRolePolicies(input: PageRequest, call) {
    const {items, ...rest} = page(Object.keys(roleOf(call, input).inlinePolicies).sort(), input)
    return {PolicyNames: items, ...rest}
  },
}

/** IAM, as much as setting up execution logging needs. Roles belong to the account, not to a Region. */
export const iam: Service = {
  operations,
  handlers: withRequiredMembers(operations, handlers, paths => {
    const violations = paths.map(path => {
      const parameter = `${path.charAt(0).toLowerCase()}${path.slice(1)}`
      return `Value null at '${parameter}' failed to satisfy constraint: Member must not be null`
    })
    const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`
    return new ServiceError('ValidationError', 400, `${count} detected: ${violations.join('; ')}`)
  }),
}

const noSuchEntity = (message: string) => new ServiceError('NoSuchEntity', 404, message)
const deleteConflict = (message: string) => new ServiceError('DeleteConflict', 409, message)

/** @throws ServiceError NoSuchEntity */
function roleOf(call: Call, {RoleName: name}: {RoleName: string}): RoleRecord {
  const record = entryOf(call.store.global.roles, name)
  if (!record) throw noSuchEntity(`The role with name ${name} cannot be found.`)
  return record
}

/** @throws ServiceError NoSuchEntity */
function inlinePolicyOf(call: Call, {RoleName, PolicyName}: PolicyAddress): string {
  const document = entryOf(roleOf(call, {RoleName}).inlinePolicies, PolicyName)
  if (document === undefined) throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`)
  return document
}

/** IAM gives policy documents back percent-encoded by RFC 3986. */
function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** @throws ServiceError ValidationError */
function checkName(parameter: string, name: string, maxLength: number): void {
  const broken =
    name.length > maxLength
      ? `Member must have length less than or equal to ${maxLength}`
      : /^[\w+=,.@-]+$/.test(name)
        ? undefined
        : 'The specified value for %s is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-'
  if (broken === undefined) return
  const message = broken.startsWith('The')
    ? broken.replace('%s', parameter)
    : `1 validation error detected: Value '${name}' at '${parameter}' failed to satisfy constraint: ${broken}`
  throw new ServiceError('ValidationError', 400, message)
}

/**
 * Policies are read as far as telling JSON with statements from anything else; their grammar is not checked.
 * @throws ServiceError MalformedPolicyDocument
 */
function checkDocument(text: string): void {
  let document: {Statement?: unknown} | null
  try {
    document = JSON.parse(text) as {Statement?: unknown} | null
  } catch {
    throw malformed('This policy contains invalid Json')
  }
  if (document === null || typeof document !== 'object' || document.Statement === undefined) {
    throw malformed('Syntax errors in policy.')
  }
}

const malformed = (message: string) => new ServiceError('MalformedPolicyDocument', 400, message)

/** `arn:aws:iam::aws:policy/service-role/Name` has the path `/service-role/`. */
const pathOf = (arn: string) => arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1)

function page(items: readonly string[], {Marker, MaxItems = 100}: PageRequest) {
  const start = Marker === undefined ? 0 : items.indexOf(Marker) + 1
  const found = items.slice(start, start + MaxItems)
  const isTruncated = start + MaxItems < items.length
  return {items: found, IsTruncated: isTruncated, Marker: isTruncated ? found.at(-1) : undefined}
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function identifier(length: number): string {
  return Array.from({length}, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
