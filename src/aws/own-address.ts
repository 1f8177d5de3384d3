import type {AddressLookup} from '../domain/logs/filters/wish.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openLocation} from './location.js'

/** A service of AWS that answers with the address that it was asked from, and nothing else. It is on IPv4 only. */
const CHECKIP = 'https://checkip.amazonaws.com'
const PATIENCE = 5_000

/**
 * From which address the requests of this machine come. API Gateway does not tell. Where the service is on this machine
 * itself, as a sandbox is, that is the address it sees; else it is asked of the internet, which sees the public address.
 * @param service asked for the public address
 */
export function openOwnAddress(session: Session, service = CHECKIP): AddressLookup {
  return {
    async own() {
      const {endpointUrl} = await openLocation(session)
      const isHere = endpointUrl !== undefined && isLoopback(new URL(endpointUrl).hostname)
      return isHere ? '127.0.0.1' : ask(service, session.signal)
    },
  }
}

const isLoopback = (host: string) => /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost)$/.test(host)

async function ask(service: string, signal: AbortSignal): Promise<string> {
  const hint = 'Say it instead: --ip ADDRESS'
  try {
    const response = await fetch(service, {signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])})
    const address = (await response.text()).trim()
    if (response.ok && /^[\d.]{7,15}$|^[\da-f:.]{2,45}$/i.test(address)) return address
  } catch {
    signal.throwIfAborted()
  }
  throw new Problem('unreachable', `${service} does not say from which address requests come.`, hint)
}
