import * as Flags from '@oclif/core/flags'
import type {ApiChanges, ListChange} from '../domain/api-changes.js'
import type {ApiKeySource, CreateRequest} from '../domain/apis.js'
import {MAX_POLICY, readPolicy} from '../domain/policies.js'
import {pairsFlag, recordOf} from './flags.js'
import {inputName} from './input.js'

const manyFlag = (description: string, helpValue: string) => Flags.string({description, helpValue, multiple: true})

const commonFlags = {
  description: Flags.string({description: 'what the API is for', helpValue: 'TEXT'}),
  policy: Flags.string({description: 'resource policy: a JSON file, or - for stdin', helpValue: 'FILE'}),
  vpce: manyFlag('VPC endpoint that a private API is reached through', 'VPCE'),
  'binary-type': manyFlag('media type that is passed on as bytes, such as image/png', 'TYPE'),
  'api-key-source': Flags.option({
    options: ['header', 'authorizer'] as const,
    description: 'where a request carries its API key: in x-api-key, or in what the authorizer returns',
  })(),
  'min-compression': Flags.integer({
    description: 'compress responses from this size on',
    helpValue: 'BYTES',
    min: 0,
    max: 10 * 1024 * 1024,
  }),
  'disable-default-endpoint': Flags.boolean({
    description: 'no execute-api URL: only custom domain names lead to the API',
  }),
}

/** Settings of a new API. */
export const apiSettingFlags = {...commonFlags, tag: pairsFlag({description: 'set a tag'})}

/** Changes to the settings of an API. */
export const apiChangeFlags = {
  ...commonFlags,
  'no-policy': Flags.boolean({description: 'take the resource policy away', exclusive: ['policy']}),
  'remove-vpce': manyFlag('VPC endpoint to be dissociated', 'VPCE'),
  'remove-binary-type': manyFlag('media type that is text again', 'TYPE'),
  'no-compression': Flags.boolean({description: 'never compress responses', exclusive: ['min-compression']}),
  'enable-default-endpoint': Flags.boolean({
    description: 'have an execute-api URL again',
    exclusive: ['disable-default-endpoint'],
  }),
}

interface CommonFlags {
  description?: string | undefined
  policy?: string | undefined
  vpce?: string[] | undefined
  'binary-type'?: string[] | undefined
  'api-key-source'?: 'header' | 'authorizer' | undefined
  'min-compression'?: number | undefined
  'disable-default-endpoint': boolean
}

interface SettingFlags extends CommonFlags {
  tag?: Parameters<typeof recordOf>[0]
}

interface ChangeFlags extends CommonFlags {
  'no-policy': boolean
  'remove-vpce'?: string[] | undefined
  'remove-binary-type'?: string[] | undefined
  'no-compression': boolean
  'enable-default-endpoint': boolean
}

type ReadInput = (file: string, limit: number) => Promise<Buffer>

/** What the flags say of a new API. The policy is read and checked, before any call is made. */
export async function apiSettingsFrom(
  flags: SettingFlags,
  readInput: ReadInput,
): Promise<Omit<CreateRequest, 'name' | 'endpointType'>> {
  return {
    description: flags.description || undefined,
    policy: await policyFrom(flags.policy, readInput),
    vpcEndpointIds: flags.vpce ?? [],
    tags: recordOf(flags.tag),
    binaryMediaTypes: flags['binary-type'] ?? [],
    apiKeySource: apiKeySourceFrom(flags),
    minimumCompressionSize: flags['min-compression'],
    disableExecuteApiEndpoint: flags['disable-default-endpoint'],
  }
}

/** What the flags want changed. The policy is read and checked, before any call is made. */
export async function apiChangesFrom(flags: ChangeFlags, readInput: ReadInput): Promise<ApiChanges> {
  return {
    description: flags.description,
    policy: flags['no-policy'] ? '' : await policyFrom(flags.policy, readInput),
    vpcEndpointIds: listChange(flags.vpce, flags['remove-vpce']),
    binaryMediaTypes: listChange(flags['binary-type'], flags['remove-binary-type']),
    apiKeySource: apiKeySourceFrom(flags),
    minimumCompressionSize: flags['no-compression'] ? 'off' : flags['min-compression'],
    disableExecuteApiEndpoint:
      flags['disable-default-endpoint'] || (flags['enable-default-endpoint'] ? false : undefined),
  }
}

const listChange = (add: string[] = [], remove: string[] = []): ListChange | undefined =>
  add.length + remove.length === 0 ? undefined : {add, remove}

const apiKeySourceFrom = (flags: CommonFlags) => flags['api-key-source']?.toUpperCase() as ApiKeySource | undefined

async function policyFrom(file: string | undefined, readInput: ReadInput): Promise<string | undefined> {
  if (file === undefined) return undefined
  return readPolicy((await readInput(file, MAX_POLICY)).toString(), inputName(file))
}
