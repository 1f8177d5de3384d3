import {randomBytes, randomInt} from 'node:crypto'

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789'
const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function letters(alphabet: string, length: number): string {
  let out = ''
  for (let i = 0; i < length; i++) out += alphabet[randomInt(alphabet.length)]
  return out
}

/**
 * Ids are keys of plain objects, which put keys that look like numbers before all others: an id has at least one letter,
 * so that lists stay in the order of creation.
 */
function id(length: number): string {
  const drawn = letters(LOWER, length)
  return /[a-z]/.test(drawn) ? drawn : id(length)
}

/** Ids of APIs, keys and root resources: 10 lower-case alphanumerics. */
export const longId = () => id(10)

/**
 * Ids of resources, deployments, plans, authorizers, validators and models: 6 lower-case alphanumerics.
 * @param taken what is kept by such ids already: among hundreds of things one draw in some thousands would replace another
 */
export function shortId(taken: object = {}): string {
  const drawn = id(6)
  return Object.hasOwn(taken, drawn) ? shortId(taken) : drawn
}

/** A generated API key value: 40 mixed-case alphanumerics. */
export const keyValue = () => letters(MIXED, 40)

/** The `x-amz-apigw-id` of a response, also a request's extended id: base64-like, 16 characters ending in `=`. */
export const extendedRequestId = () => `${letters(MIXED, 15)}=`

/** Names of execution-log streams: 32 hex digits. */
export const streamName = () => randomBytes(16).toString('hex')
