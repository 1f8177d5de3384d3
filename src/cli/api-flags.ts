import * as Flags from '@oclif/core/flags'
import type {ApiKeySource, CreateRequest} from '../domain/apis.js'
import {MAX_POLICY, readPolicy} from '../domain/policies.js'
import {pairsFlag, recordOf} from './flags.js'
import {inputName} from './input.js'

/** Settings of an API, as `apis create` and `apis update` take them. */
export const apiSettingFlags = {
  description: Flags.string({description: 'what the API is for', helpValue: 'TEXT'}),
  policy: Flags.string({description: 'resource policy: a JSON file, or - for stdin', helpValue: 'FILE'}),
  vpce: Flags.string({
    description: 'VPC endpoint that a private API is reached through; as often as wanted',
    helpValue: 'VPCE',
    multiple: true,
    default: [],
  }),
  tag: pairsFlag({description: 'tag; as often as wanted'}),
  'binary-type': Flags.string({
    description: 'media type that is passed on as bytes, such as image/png; as often as wanted',
    helpValue: 'TYPE',
    multiple: true,
    default: [],
  }),
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

interface SettingFlags {
  description?: string | undefined
  policy?: string | undefined
  vpce: string[]
  tag?: Parameters<typeof recordOf>[0]
  'binary-type': string[]
  'api-key-source'?: 'header' | 'authorizer' | undefined
  'min-compression'?: number | undefined
  'disable-default-endpoint': boolean
}

/** The settings that the flags say. The policy is read and checked, before any call is made. */
export async function apiSettingsFrom(
  flags: SettingFlags,
  readInput: (file: string, limit: number) => Promise<Buffer>,
): Promise<Omit<CreateRequest, 'name' | 'endpointType'>> {
  const {policy: file} = flags
  return {
    description: flags.description,
    policy:
      file === undefined ? undefined : readPolicy((await readInput(file, MAX_POLICY)).toString(), inputName(file)),
    vpcEndpointIds: flags.vpce,
    tags: recordOf(flags.tag),
    binaryMediaTypes: flags['binary-type'],
    apiKeySource: flags['api-key-source']?.toUpperCase() as ApiKeySource | undefined,
    minimumCompressionSize: flags['min-compression'],
    disableExecuteApiEndpoint: flags['disable-default-endpoint'],
  }
}
