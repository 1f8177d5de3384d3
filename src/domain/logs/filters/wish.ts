import {findKey, type KeyStore} from '../../keys.js'
import {Problem} from '../../problem.js'
import {type AddressRange, addressesFrom} from './addresses.js'
import type {KeyRef, RequestFilter} from './filter.js'

/** What somebody asks for, before it is known which key and which address that is. */
export interface FilterWish extends Omit<RequestFilter, 'key' | 'addresses'> {
  /** Name or id. */
  key?: string | undefined
  addresses?: readonly (AddressRange | 'self')[] | undefined
}

/** Finds out from which address the requests of this machine come. */
export interface AddressLookup {
  /** @throws Problem unreachable */
  own(): Promise<string>
}

/** Who is asked, and only if it has to be. */
export interface FilterLookup {
  keys(): Promise<Pick<KeyStore, 'get' | 'list'>>
  addresses(): AddressLookup
}

/**
 * Looks up what is said by name.
 * @throws Problem missing, or usage, for the key; unreachable where the own address cannot be found out
 */
export async function resolveFilter(
  {key, addresses, ...filter}: FilterWish,
  lookup: FilterLookup,
): Promise<RequestFilter> {
  return {
    ...filter,
    key: key === undefined ? undefined : await keyRef(await lookup.keys(), key),
    addresses: addresses && (await Promise.all(addresses.map(range => resolved(range, lookup)))),
  }
}

async function keyRef(keys: Pick<KeyStore, 'get' | 'list'>, ref: string): Promise<KeyRef> {
  const {id, name = id} = await findKey(keys, ref)
  const {value} = await keys.get(id)
  if (!value) throw new Problem('denied', `The value of API key "${ref}" may not be read, by which the log knows it.`)
  return {id, name, ending: value.reveal().slice(-6)}
}

async function resolved(range: AddressRange | 'self', lookup: FilterLookup): Promise<AddressRange> {
  return range === 'self' ? addressesFrom(await lookup.addresses().own()) : range
}
