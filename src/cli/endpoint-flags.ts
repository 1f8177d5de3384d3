import * as Flags from '@oclif/core/flags'
import {ENDPOINT_TYPES, type EndpointType} from '../domain/apis.js'
import type {Choose} from '../domain/choice.js'

const TYPES = ['regional', 'edge', 'private'] as const

/** Where an API can be reached from: `--type`, or the type as a flag of its own. */
export const endpointFlags = {
  type: Flags.option({
    options: TYPES,
    description: 'endpoint type: where the API can be called from',
    exclusive: [...TYPES],
  })(),
  regional: Flags.boolean({description: '--type regional', exclusive: ['type', 'edge', 'private']}),
  edge: Flags.boolean({description: '--type edge: through CloudFront', exclusive: ['type', 'regional', 'private']}),
  private: Flags.boolean({
    description: '--type private: only through VPC endpoints',
    exclusive: ['type', 'regional', 'edge'],
  }),
}

/** The endpoint type that the flags say; undefined when they say nothing. */
export function endpointTypeFrom(flags: {
  type?: (typeof TYPES)[number] | undefined
  regional: boolean
  edge: boolean
  private: boolean
}): EndpointType | undefined {
  const said = flags.type ?? TYPES.find(type => flags[type])
  return ENDPOINT_TYPES.find(type => type.toLowerCase() === said)
}

/** Asks a person for it. */
export async function askEndpointType(choose: Choose): Promise<EndpointType> {
  const choices = [
    {value: 'REGIONAL', name: 'regional: called in its Region'},
    {value: 'EDGE', name: 'edge: called through CloudFront, from all over the world'},
    {value: 'PRIVATE', name: 'private: called through VPC endpoints only'},
  ]
  return (await choose({message: 'Endpoint type?', flag: '--type TYPE', choices})) as EndpointType
}
