/** Headers, and fields of the events that functions get, whose values are credentials. */
const NAMES = [
  'authorization',
  'authorizationtoken',
  'proxy-authorization',
  'x-api-key',
  'apikey',
  'cookie',
  'set-cookie',
  'x-amz-security-token',
].join('|')

const REDACTED = '[redacted]'

/**
 * A log line without the values of `Authorization`, `x-api-key`, cookies and the like. The service masks some of them
 * itself, in headers only, and leaves their last six characters.
 */
export function redacted(message: string): string {
  if (!SUSPICIOUS.test(message)) return message
  const rest = message.includes('"') ? withoutFields(message) : message
  const dumped = rest.includes('=') ? rest.replace(DUMPED, `$1${REDACTED}`) : rest
  return dumped.includes(':') ? dumped.replace(PRINTED, `$1${REDACTED}`) : dumped
}

/** A part of each name: most lines have none of them, and to look for that is several times as cheap. */
const SUSPICIOUS = /authorization|api-?key|cookie|security-token/i

/**
 * A header dump of the data trace, `{Host=x, Authorization=y}`: a value ends at the next `, name=`, at the brace that
 * ends the line, or where the service cut it. What follows a comma inside of a signature (`AWS4-HMAC-SHA256
 * Credential=…, SignedHeaders=…, Signature=…`) is not a header.
 */
const DUMPED = new RegExp(
  `((?:\\{|, )(?:${NAMES})=)(?:(?!, (?!SignedHeaders=|Signature=)[\\w-]{1,128}=|\\}$| \\[TRUNCATED\\]$).)*`,
  'gis',
)

/**
 * What a function prints of its event or of a request: `'x-api-key': 'y'` as Node.js and Python write objects, or
 * `Authorization: Bearer y` as in HTTP. Without quotes a word counts from 16 characters on, as it may be one of a
 * sentence otherwise.
 */
const PRINTED = new RegExp(
  [
    `((?<![\\w-])(?:${NAMES})'?:\\s*)`,
    "(?:\\[?\\s*'(?:[^'\\\\]|\\\\.)*'(?:,\\s*'(?:[^'\\\\]|\\\\.)*'(?!:))*\\s*\\]?",
    '|AWS4-HMAC-SHA256 [^\\r\\n]*',
    '|(?:Bearer|Basic|Digest) [^\\s,"\']+',
    '|[^\\s,"\'{}[\\]]{16,}(?:[ \\t][^\\s,"\'{}[\\]]+=[^\\s,"\'{}[\\]]+)*)',
  ].join(''),
  'gi',
)

/** The name of a JSON field. JSON in a string of JSON has its quotes escaped, once or several times. */
const FIELD = new RegExp(`(\\\\{0,7})"(?:${NAMES})\\1"\\s*:\\s*`, 'gi')

/** Replaces fields of JSON bodies, such as the event of a proxy integration, also where the body was cut off. */
function withoutFields(message: string): string {
  let result = ''
  let at = 0
  for (const match of message.matchAll(FIELD)) {
    const start = match.index + match[0].length
    const quote = `${match[1]}"`
    // A match inside of a value that is gone already is none.
    const end = match.index < at ? start : endOfValue(message, start, quote)
    if (end === start) continue
    result += `${message.slice(at, start)}${quote}${REDACTED}${quote}`
    at = end
  }
  return result + message.slice(at)
}

/** Where a text, or a list of texts, ends; `start` for anything else. */
function endOfValue(message: string, start: number, quote: string): number {
  if (message.startsWith(quote, start)) return endOfText(message, start, quote)
  if (message[start] !== '[') return start
  let at = start + 1
  while (at < message.length && message[at] !== ']') {
    at = message.startsWith(quote, at) ? endOfText(message, at, quote) : at + 1
  }
  return Math.min(at + 1, message.length)
}

/**
 * Where a text that begins with a quote ends. Written within `quote.length - 1` backslashes, a quote ends the text when
 * an even number of escaped backslashes is before it.
 */
function endOfText(message: string, start: number, quote: string): number {
  const escapes = quote.length - 1
  let backslashes = 0
  for (let at = start + quote.length; at < message.length; at++) {
    const character = message[at]
    if (character === '"' && ((backslashes - escapes) / (escapes + 1)) % 2 === 0) return at + 1
    backslashes = character === '\\' ? backslashes + 1 : 0
  }
  return message.length
}
