import type {DocumentationPart, DocumentationPartLocation} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import {shortId} from '../identifiers.js'
import {isTree, listOf, present, type Tree, textOf, treeOf} from './document.js'
import type {Findings} from './findings.js'

const EXTENSION = 'x-amazon-apigateway-documentation'

type Field = 'path' | 'method' | 'statusCode' | 'name'

/** What locates a part of each type. Source: model of 2015-07-09, DocumentationPartLocation, as are the defaults. */
const LOCATIONS: Readonly<Record<string, readonly Field[]>> = {
  API: [],
  AUTHORIZER: ['name'],
  MODEL: ['name'],
  RESOURCE: ['path'],
  METHOD: ['path', 'method'],
  PATH_PARAMETER: ['path', 'method', 'name'],
  QUERY_PARAMETER: ['path', 'method', 'name'],
  REQUEST_HEADER: ['path', 'method', 'name'],
  REQUEST_BODY: ['path', 'method'],
  RESPONSE: ['path', 'method', 'statusCode'],
  RESPONSE_HEADER: ['path', 'method', 'statusCode', 'name'],
  RESPONSE_BODY: ['path', 'method', 'statusCode'],
}
const DEFAULTS: Readonly<Record<Field, string | undefined>> = {
  path: '/',
  method: '*',
  statusCode: '*',
  name: undefined,
}

/**
 * Adds the documentation parts of a definition. Where there is a part for a place already, the new properties join its own.
 * Source: developer guide, Import API documentation.
 * @returns the ids of the imported parts
 */
export function importDocumentation(
  root: Tree,
  parts: Record<string, DocumentationPart>,
  findings: Findings,
): string[] {
  const ids: string[] = []
  for (const value of listOf(treeOf(root[EXTENSION]).documentationParts)) {
    const part = treeOf(value)
    const location = findings.attempt('create documentation part', () => locationOf(treeOf(part.location)))
    if (!location) continue
    const known = Object.values(parts).find(other => sameLocation(other.location, location))
    const properties = {...propertiesOf(known?.properties), ...propertiesOf(part.properties)}
    const id = known?.id ?? shortId()
    parts[id] = {id, location, properties: JSON.stringify(properties)}
    ids.push(id)
  }
  return ids
}

function locationOf(location: Tree): DocumentationPartLocation {
  const type = textOf(location.type) ?? ''
  const fields = LOCATIONS[type]
  // Assumed wording.
  if (!fields) throw badRequest(`Invalid documentation part location type specified: ${type}`)
  return present({
    type: type as DocumentationPartLocation['type'],
    ...Object.fromEntries(fields.map(field => [field, textOf(location[field]) ?? DEFAULTS[field]])),
  })
}

const sameLocation = (a: DocumentationPartLocation | undefined, b: DocumentationPartLocation) =>
  a?.type === b.type && (LOCATIONS[b.type ?? ''] ?? []).every(field => a?.[field] === b[field])

function propertiesOf(properties: unknown): Tree {
  if (typeof properties !== 'string') return treeOf(properties)
  try {
    const parsed: unknown = JSON.parse(properties)
    return isTree(parsed) ? parsed : {}
  } catch {
    return {}
  }
}

/** Writes the extension, with the version that was published. */
export function exportDocumentation(parts: readonly DocumentationPart[], version: string): Tree {
  return {
    [EXTENSION]: {
      version,
      documentationParts: parts.map(({location, properties}) => ({location, properties: propertiesOf(properties)})),
    },
  }
}
