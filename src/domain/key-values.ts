import {collect} from './apis.js'
import {checkKeyValue, type IssuedKey, type KeyStore, keyValueFrom, masked} from './keys.js'
import type {PlanStore} from './plans.js'
import {Problem} from './problem.js'

/** A value that somebody has, and the key whose value it is. */
export interface FoundByValue {
  /** As a header carries it: HTTP takes spaces at its ends away. */
  value: string
  key?: Awaited<ReturnType<KeyStore['withValue']>>
  /** There was more around it than the line break that most programs put at the end. */
  isPadded: boolean
  /** A key has it, if the quotes around it are left away. */
  isQuoted: boolean
}

/** Looks for the key that has a value, as it came on stdin. Where none has it, without quotes around it, too. */
export async function searchByValue(keys: Pick<KeyStore, 'withValue'>, text: string): Promise<FoundByValue> {
  const line = keyValueFrom(text)
  const value = line.trim()
  if (value === '') throw new Problem('usage', 'There is no value on stdin.')
  const isPadded = value !== line
  const key = await keys.withValue(value)
  if (key) return {value, key, isPadded, isQuoted: false}
  const [, , inner] = /^(["'])(.+)\1$/s.exec(value) ?? []
  const quotedKey = inner === undefined ? undefined : await keys.withValue(inner)
  if (inner !== undefined && quotedKey) return {value: inner, key: quotedKey, isPadded, isQuoted: true}
  return {value, isPadded, isQuoted: false}
}

/** What to say of spaces and line breaks around a value. */
export const PADDED =
  'There are spaces or line breaks around the value: they are left away here, but a client that has them too may not be able to send it.'

/** Why no key has a value, in sentences. Never quotes it. */
export function whyNone(value: string): string {
  const none = `No API key has this value (${masked(value)}).`
  const flaw = flawOf(value)
  return flaw === undefined ? none : `${none} None could have it: ${flaw}`
}

/** What keeps a value from being that of a key. */
export function flawOf(value: string): string | undefined {
  try {
    checkKeyValue(value)
    return undefined
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return `${error.message[0]?.toLowerCase()}${error.message.slice(1)}`
  }
}

/** A key by its value, with its plans, and what is to be said of the value. @throws Problem missing */
export async function findByValue(
  keys: Pick<KeyStore, 'withValue'>,
  plans: Pick<PlanStore, 'list'>,
  text: string,
): Promise<{key: IssuedKey; remarks: string[]}> {
  const {value, key, isPadded, isQuoted} = await searchByValue(keys, text)
  if (!key) throw new Problem('missing', whyNone(value), 'Keys are found in one account and Region: is --region right?')
  if (isQuoted) {
    const whose = `Without the quotes around it, it is that of ${key.name === undefined ? key.id : `"${key.name}" (${key.id})`}.`
    throw new Problem('missing', `No API key has this value. ${whose}`, `See it with: apigw keys get ${key.id}`)
  }
  return {key: {...key, plans: await collect(plans.list({keyId: key.id}))}, remarks: isPadded ? [PADDED] : []}
}
