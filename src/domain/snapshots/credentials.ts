import type {Json} from './snapshot.js'

/** What is shown instead of a credential. */
const HIDDEN = '[hidden]'

/**
 * A value of a snapshot without what looks like a credential: a difference ends up in pull requests and in logs of
 * builds. API Gateway stores such values in the open, in static parameters of integrations (`'Bearer …'` for
 * `integration.request.header.Authorization`), in templates, URIs and stage variables. References to what a request
 * brings along or to a stage variable are no credentials.
 * @param path of the value; its last part names it
 */
export function withoutCredentials(path: readonly string[], value: Json): Json {
  if (typeof value === 'string') return withoutCredentialsIn(path, value)
  if (Array.isArray(value)) return value.map(item => withoutCredentials(path, item))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([name, member]) => [name, withoutCredentials([...path, name], member)])
  return Object.fromEntries(entries)
}

function withoutCredentialsIn(path: readonly string[], text: string): string {
  const isVariable = path[0] === 'variables' && path.length === 2
  if (isVariable && SECRET_NAME.test(path.at(-1) ?? '')) return HIDDEN
  // Integrations write a static value between single quotes, and without them where to take it from.
  if (/^'.*'$/s.test(text) && SECRET_NAME.test(path.at(-1) ?? '')) return `'${HIDDEN}'`
  return PATTERNS.reduce((rest, pattern) => rest.replace(pattern, `$1${HIDDEN}`), text)
}

const NAMES = [
  '(?:proxy-)?authorization',
  'cookie',
  'x-amz-security-token',
  '[\\w-]{0,64}(?:api[-_]?key|access[-_]?key|secret|secret[-_]?key|token|password|passwd|credentials?)',
].join('|')

/** The last word of a name, as in `integration.request.header.X-Api-Key`; `key` and `code` as many query strings have it. */
const SECRET_NAME = new RegExp(`(?:^|\\.)(?:${NAMES})$|\\.querystring\\.(?:key|code|sig)$`, 'i')

/** Credentials inside of a text. A `$` begins a reference, in templates and in URIs. */
const PATTERNS = [
  /(\b(?:Bearer|Basic|Digest)\s+)[\w.~+/=-]{8,}/gi,
  /(\b\w+:\/\/)[^/\s@:${}]+:[^/\s@${}]+(?=@)/g,
  new RegExp(`([?&](?:${NAMES}|key|code|sig)=)[^&#\\s"'\${}]+`, 'gi'),
  new RegExp(`(["'](?:${NAMES})["']\\s*:\\s*["'])[^"'\${}\\\\]+(?=["'])`, 'gi'),
  /()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
]
