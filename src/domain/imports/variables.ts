import type {Caller} from '../integrations.js'
import {unlessRefused} from '../problem.js'

/**
 * A definition with the values of its AWS variables, as the service imports it. Who the caller is, is asked only where
 * there are some; where that cannot be told they stay.
 * Source: developer guide, AWS variables for OpenAPI import.
 */
export async function withVariables(document: unknown, caller: () => Promise<Caller>): Promise<unknown> {
  const text = JSON.stringify(document)
  if (!text.includes('${AWS::')) return document
  const known = await unlessRefused<Caller | undefined>(caller(), undefined)
  if (!known) return document
  const {accountId, location} = known
  const filled = text
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Partition}', location.partition)
    .replaceAll('${AWS::Region}', location.region)
  return JSON.parse(filled)
}
