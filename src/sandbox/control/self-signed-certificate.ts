import {generateKeyPairSync, randomBytes, sign} from 'node:crypto'

/**
 * A self-signed X.509 certificate for a key that nobody keeps: enough for a back end to be given, not for TLS with it.
 * @returns PEM
 */
export function selfSignedCertificate(commonName: string, notBefore: Date, notAfter: Date): string {
  const {publicKey, privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048})
  const name = sequence(set(sequence(COMMON_NAME, text(commonName))))
  const body = sequence(
    VERSION_3,
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    SHA256_WITH_RSA,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({type: 'spki', format: 'der'}),
  )
  const certificate = sequence(body, SHA256_WITH_RSA, bits(sign('sha256', body, privateKey)))
  const lines = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`
}

/** One DER element. Lengths of 128 and more carry the number of their bytes first. */
function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const hex = content.length.toString(16)
  const length = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}

const sequence = (...parts: Buffer[]) => element(0x30, ...parts)
const set = (...parts: Buffer[]) => element(0x31, ...parts)
const integer = (value: Buffer) => element(0x02, value)
const text = (value: string) => element(0x0c, Buffer.from(value))
const bits = (value: Buffer) => element(0x03, Buffer.from([0]), value)
/** UTCTime: `260102030405Z`. */
const time = (date: Date) =>
  element(
    0x17,
    Buffer.from(
      date
        .toISOString()
        .slice(2)
        .replace(/[-:T]|\.\d+/g, ''),
    ),
  )

const VERSION_3 = element(0xa0, integer(Buffer.from([2])))
/** 2.5.4.3 */
const COMMON_NAME = element(0x06, Buffer.from('550403', 'hex'))
/** 1.2.840.113549.1.1.11, without parameters */
const SHA256_WITH_RSA = sequence(element(0x06, Buffer.from('2a864886f70d01010b', 'hex')), element(0x05))
