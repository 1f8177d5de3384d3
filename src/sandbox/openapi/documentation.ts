import type {DocumentationPart, DocumentationPartLocation, DocumentationVersion} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import {shortId} from '../identifiers.js'
import {isoTime, isTree, listOf, present, type Tree, textOf, treeOf} from './document.js'
import type {Findings} from './findings.js'

const EXTENSION = 'x-amazon-apigateway-documentation'

type Field = 'path' | 'method' | 'statusCode' | 'name'

/** What locates a part of each type. Source: model of 2015-07-09, DocumentationPartLocation, as are the defaults. */
const LOCATIONS = new Map<string, readonly Field[]>([
  ['API', []],
  ['AUTHORIZER', ['name']],
  ['MODEL', ['name']],
  ['RESOURCE', ['path']],
  ['METHOD', ['path', 'method']],
  ['PATH_PARAMETER', ['path', 'method', 'name']],
  ['QUERY_PARAMETER', ['path', 'method', 'name']],
  ['REQUEST_HEADER', ['path', 'method', 'name']],
  ['REQUEST_BODY', ['path', 'method']],
  ['RESPONSE', ['path', 'method', 'statusCode']],
  ['RESPONSE_HEADER', ['path', 'method', 'statusCode', 'name']],
  ['RESPONSE_BODY', ['path', 'method', 'statusCode']],
])
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
    const id = known?.id ?? shortId(parts)
    parts[id] = {id, location, properties: JSON.stringify(properties)}
    ids.push(id)
  }
  return ids
}

function locationOf(location: Tree): DocumentationPartLocation {
  const type = textOf(location.type) ?? ''
  const fields = LOCATIONS.get(type)
  // Assumed wording.
  if (!fields) throw badRequest(`Invalid documentation part location type specified: ${type}`)
  return present({
    type: type as DocumentationPartLocation['type'],
    ...Object.fromEntries(fields.map(field => [field, textOf(location[field]) ?? DEFAULTS[field]])),
  })
}

const sameLocation = (a: DocumentationPartLocation | undefined, b: DocumentationPartLocation) =>
  a?.type === b.type && (LOCATIONS.get(b.type ?? '') ?? []).every(field => a?.[field] === b[field])

function propertiesOf(properties: unknown): Tree {
  if (typeof properties !== 'string') return treeOf(properties)
  try {
    const parsed: unknown = JSON.parse(properties)
    return isTree(parsed) ? parsed : {}
  } catch {
    return {}
  }
}

/** What OpenAPI itself has a place for, by the type of a part. Everything that starts with `x-` has a place too. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  METHOD: ['description', 'summary', 'tags'],
  PATH_PARAMETER: ['description'],
  QUERY_PARAMETER: ['description'],
  REQUEST_HEADER: ['description'],
  RESPONSE: ['description'],
}

/**
 * The documentation that a stage has published. It is exported twice: whole, in an extension, and attribute by attribute
 * with what it describes. Source: developer guide, Export API documentation.
 */
export class PublishedDocumentation {
  constructor(
    private readonly version: DocumentationVersion,
    private readonly parts: readonly DocumentationPart[],
  ) {}

  /** What OpenAPI says of the API as a whole in its `info`. */
  info(): Tree {
    return attributes(treeOf(this.#properties({type: 'API'}).info), ['description'])
  }

  /** What OpenAPI can say of the thing at a place. */
  of(location: DocumentationPartLocation): Tree {
    return attributes(this.#properties(location), ATTRIBUTES[location.type!] ?? [])
  }

  extension(): Tree {
    return {
      [EXTENSION]: {
        version: this.version.version,
        createdDate: isoTime(this.version.createdDate!),
        documentationParts: this.parts.map(({location, properties}) => ({
          location,
          properties: propertiesOf(properties),
        })),
      },
    }
  }

  #properties(location: DocumentationPartLocation): Tree {
    return propertiesOf(this.parts.find(part => sameLocation(part.location, location))?.properties)
  }
}

const attributes = (properties: Tree, known: readonly string[]): Tree =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => known.includes(name) || name.startsWith('x-')))
