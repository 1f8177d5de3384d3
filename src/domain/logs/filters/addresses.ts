import {Problem} from '../../problem.js'

/** The addresses that begin with the same bits. */
export interface AddressRange {
  version: 4 | 6
  /** The first address, as a number. */
  first: bigint
  /** How many bits, of 32 or 128, all of them have in common. */
  bits: number
}

const WIDTH = {4: 32, 6: 128} as const

/**
 * An IPv4 or IPv6 address, or a range in CIDR notation, such as `203.0.113.0/24`.
 * @throws Problem usage
 */
export function addressesFrom(text: string): AddressRange {
  const [address = '', length, ...more] = text.split('/')
  const parsed = parseAddress(address)
  const width = parsed && WIDTH[parsed.version]
  const isWhole = length === undefined
  const bits = isWhole ? width : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  if (!parsed || !width || bits === undefined || !(bits <= width) || more.length > 0) {
    throw new Problem(
      'usage',
      `"${text}" is not an IP address or a range of them.`,
      'For instance: --ip 203.0.113.9, --ip 203.0.113.0/24, --ip 2001:db8::/32, --ip self',
    )
  }
  const rest = BigInt(width - bits)
  return {version: parsed.version, first: (parsed.number >> rest) << rest, bits}
}

/** Whether an address, as a log has it, is in the range; what is no address is in none. */
export function isWithin(address: string, range: AddressRange): boolean {
  const parsed = parseAddress(address)
  if (!parsed || parsed.version !== range.version) return false
  const rest = BigInt(WIDTH[range.version] - range.bits)
  return parsed.number >> rest === range.first >> rest
}

interface Address {
  version: 4 | 6
  number: bigint
}

function parseAddress(text: string): Address | undefined {
  const number = text.includes(':') ? parseIpv6(text) : parseIpv4(text)
  if (number === undefined) return undefined
  // A server that listens on both sees IPv4 clients as ::ffff:203.0.113.9.
  if (text.includes(':') && number >> 32n === 0xffffn) return {version: 4, number: number & 0xffffffffn}
  return {version: text.includes(':') ? 6 : 4, number}
}

function parseIpv4(text: string): bigint | undefined {
  const octets = text.split('.')
  const isRight = octets.length === 4 && octets.every(octet => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)
  return isRight ? joined(octets.map(BigInt), 8n) : undefined
}

/** Eight groups of four hexadecimal digits; `::` stands for as many zeros as are missing; an IPv4 address may end it. */
function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::').map(half => (half === '' ? [] : half.split(':').flatMap(groupsOf)))
  const [head = [], tail] = halves
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (halves.length > 2 || (tail ? missing < 1 : missing !== 0)) return undefined
  const groups = [...head, ...Array<string>(missing).fill('0'), ...(tail ?? [])]
  if (!groups.every(group => /^[\da-f]{1,4}$/i.test(group))) return undefined
  return joined(
    groups.map(group => BigInt(`0x${group}`)),
    16n,
  )
}

/** A part of an IPv6 address as groups; an embedded IPv4 address makes two. */
function groupsOf(part: string): string[] {
  const embedded = part.includes('.') ? parseIpv4(part) : undefined
  return embedded === undefined ? [part] : [(embedded >> 16n).toString(16), (embedded & 0xffffn).toString(16)]
}

const joined = (parts: readonly bigint[], bits: bigint) => parts.reduce((sum, part) => (sum << bits) | part, 0n)
