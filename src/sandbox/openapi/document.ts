import {isScalar, parseDocument} from 'yaml'

/** A JSON object of a definition, whose members nobody has checked yet. */
export type Tree = Record<string, unknown>

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const treeOf = (value: unknown): Tree => (isTree(value) ? value : {})

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Definitions write `200` or `true` where text is meant. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** What is left when the members without a value are gone. */
export function present<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members
}

/** A moment as definitions write it: `2024-04-15T21:43:25Z`. */
export const isoTime = (time: Date): string => `${time.toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss'.length)}Z`

/** The values of `${AWS::...}` in the definition that is imported. */
export interface AwsVariables {
  accountId: string
  region: string
}

/** What a definition may weigh. Source: developer guide, limits. */
const MAX_BYTES = 6 * 1024 * 1024

/**
 * Reads a definition, JSON or YAML. CloudFormation's short tags (`!Sub`, `!GetAtt`) count as the plain value behind them.
 * Undefined where the text is neither, is more than the service takes, or is no OpenAPI 3.0 or Swagger 2.0 document.
 * Source for the variables: developer guide, AWS variables for OpenAPI import.
 */
export function parseDefinition(body: Uint8Array | undefined, variables: AwsVariables): Tree | undefined {
  if (!body || body.length > MAX_BYTES) return undefined
  const text = Buffer.from(body)
    .toString()
    .replaceAll('${AWS::AccountId}', variables.accountId)
    .replaceAll('${AWS::Partition}', 'aws')
    .replaceAll('${AWS::Region}', variables.region)
  const root = parseJson(text) ?? parseYaml(text)
  return isTree(root) && (isSwagger(root) || isOpenApi(root)) ? root : undefined
}

export const isSwagger = (root: Tree): boolean => /^2(\.0)?$/.test(textOf(root.swagger) ?? '')

const isOpenApi = (root: Tree): boolean => /^3\.0(\.\d+)?$/.test(textOf(root.openapi) ?? '')

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text, {merge: true, uniqueKeys: false, logLevel: 'silent'})
  if (document.errors.length > 0) return undefined
  try {
    const root: unknown = document.toJS()
    // `version: 1.0` is the text 1.0, not the number 1.
    const version = document.getIn(['info', 'version'], true)
    if (isTree(root) && isScalar(version) && version.source) treeOf(root.info).version = version.source
    return root
  } catch {
    // More aliases than any definition has: a document made to blow up.
    return undefined
  }
}

/** Follows `$ref` within a definition, as far as it leads. A reference to nowhere, or in a circle, gives an empty tree. */
export function resolve(root: Tree, value: unknown): Tree {
  const followed = new Set<string>()
  let current = treeOf(value)
  while (typeof current.$ref === 'string') {
    if (followed.has(current.$ref)) return {}
    followed.add(current.$ref)
    current = treeOf(pointed(root, current.$ref))
  }
  return current
}

/** What `#/a/b~1c` points to; undefined for references to other files. */
export function pointed(root: Tree, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined
  let current: unknown = root
  for (const part of reference.slice(2).split('/')) {
    current = treeOf(current)[decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return current
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
