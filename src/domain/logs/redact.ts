/** Headers, and fields of proxy events, whose values are credentials. */
const SECRETS = [
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'apikey',
  'cookie',
  'set-cookie',
  'x-amz-security-token',
]
const NAMES = SECRETS.join('|')
const REDACTED = '[redacted]'

/**
 * A header dump of the data trace, `{Host=x, Authorization=y}`: a value ends at the next `, name=`, at the closing brace
 * or where the service cut the event. A comma inside a value (AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…) is
 * followed by names that no header has.
 */
const DUMPED = new RegExp(
  `([{\\s](?:${NAMES})=)(?:(?!, (?!SignedHeaders=|Signature=)[\\w-]+=|\\}$|\\} | \\[TRUNCATED\\]$).)*`,
  'gis',
)

/** A field of a JSON body, such as the event of a proxy integration; JSON within JSON has escaped quotes. */
const FIELD = new RegExp(`((\\\\*")(?:${NAMES})\\2\\s*:\\s*)(\\[[^\\]]*\\]?|\\2(?:(?!\\2).)*(?:\\2)?)`, 'gis')

/**
 * A log line without the values of `Authorization`, `x-api-key`, cookies and the like. The service masks some of them
 * itself, in headers only, and leaves their last six characters.
 */
export function redacted(message: string): string {
  return message.replace(FIELD, `$1$2${REDACTED}$2`).replace(DUMPED, `$1${REDACTED}`)
}
