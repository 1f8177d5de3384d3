import {lastValues} from './fields.js'
import type {Invocation} from './invocation.js'
import {queryJson} from './json-path.js'
import {render} from './velocity.js'

/**
 * Renders a mapping template as the service does.
 * @param body what `$input` reads: the client's body for a request template, the back end's for a response template
 * @throws Error where the template or one of its expressions is broken
 */
export function renderTemplate(template: string, body: string, invocation: Invocation): string {
  return render(template, {
    context: invocation.context,
    stageVariables: invocation.variables,
    input: inputOf(body, invocation),
    util,
  })
}

function inputOf(body: string, {request}: Invocation) {
  const {pathParameters: path} = request
  const querystring = lastValues(request.query)
  const header = lastValues(request.headers)
  const document = once(() => (body.trim() === '' ? {} : (JSON.parse(body) as unknown)))
  return {
    body,
    path: (jsonPath: string) => queryJson(document(), jsonPath),
    // Absent is an empty JSON string here, as reported for the service.
    json: (jsonPath: string) => JSON.stringify(queryJson(document(), jsonPath) ?? ''),
    params(name?: string): unknown {
      if (name === undefined) return {path, querystring, header}
      const lower = name.toLowerCase()
      const headerName = Object.keys(header).find(key => key.toLowerCase() === lower)
      const found = [path, querystring].find(values => Object.hasOwn(values, name))
      return found?.[name] ?? (headerName === undefined ? '' : header[headerName])
    },
  }
}

function once<T>(compute: () => T): () => T {
  let made: {value: T} | undefined
  return () => {
    made ??= {value: compute()}
    return made.value
  }
}

const util = {
  escapeJavaScript: (text: unknown) => escapeJavaScript(String(text ?? '')),
  parseJson: (text: unknown) => JSON.parse(String(text)) as unknown,
  urlEncode: (text: unknown) => urlEncode(String(text ?? '')),
  urlDecode: (text: unknown) => decodeURIComponent(String(text ?? '').replaceAll('+', ' ')),
  base64Encode: (text: unknown) => Buffer.from(String(text ?? '')).toString('base64'),
  base64Decode: (text: unknown) => Buffer.from(String(text ?? ''), 'base64').toString(),
}

const NAMED: Record<string, string> = {
  '\b': '\\b',
  '\n': '\\n',
  '\t': '\\t',
  '\f': '\\f',
  '\r': '\\r',
  "'": "\\'",
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
}

/** Apache commons-lang's escapeJavaScript, which the documentation describes. */
function escapeJavaScript(text: string): string {
  return text.replace(
    /['"\\/]|[^ -~]/g,
    char => NAMED[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}

/** Java's URLEncoder: a space is `+`; `*` stays, `!'()~` do not. */
function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
