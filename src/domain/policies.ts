import {Problem} from './problem.js'

/** Bytes of the longest resource policy that makes sense to read: the quota of 8,192 can be raised. */
export const MAX_POLICY = 64 * 1024

/**
 * A resource policy as the service takes it: JSON, without the white space of the file.
 * @throws Problem `usage` for what is not a JSON object
 */
export function readPolicy(text: string, name: string): string {
  let policy: unknown
  try {
    policy = JSON.parse(text)
  } catch (error) {
    throw new Problem('usage', `${name} is not JSON: ${(error as Error).message}`)
  }
  if (policy === null || typeof policy !== 'object' || Array.isArray(policy)) {
    throw new Problem('usage', `${name} is not a policy: it must be a JSON object with "Statement".`)
  }
  return JSON.stringify(policy)
}
