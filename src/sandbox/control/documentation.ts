import type {
  CreateDocumentationPartRequest,
  CreateDocumentationVersionRequest,
  DocumentationPart,
  DocumentationPartLocation,
  DocumentationVersion,
  GetDocumentationPartsRequest,
  UpdateDocumentationPartRequest,
  UpdateDocumentationVersionRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {checkRoom} from './limits.js'
import {partOf, restApiOf, stageOf} from './lookup.js'
import {type PageRequest, page} from './paging.js'
import {PatchTable, setText} from './patch.js'

type PartAddress = {restApiId: string; documentationPartId: string}
type VersionAddress = {restApiId: string; documentationVersion: string}

export const documentation: Handlers = {
  CreateDocumentationPart(input: CreateDocumentationPartRequest, call) {
    const {documentationParts} = restApiOf(call, input.restApiId)
    const {location, properties} = input
    const part = checkedPart({id: shortId(documentationParts), location, properties})
    if (Object.values(documentationParts).some(each => placeOf(each.location) === placeOf(location))) {
      // The wording is an assumption.
      throw conflict(`Documentation part already exists for the specified location: ${placeOf(location)}.`)
    }
    checkRoom('Documentation parts', Object.keys(documentationParts).length)
    documentationParts[part.id!] = part
    return part
  },

  GetDocumentationPart: (input: PartAddress, call) => documentationPartOf(call, input),

  GetDocumentationParts(input: GetDocumentationPartsRequest, call) {
    const {type, nameQuery, path, locationStatus} = input
    const {documentationParts} = restApiOf(call, input.restApiId)
    // UNDOCUMENTED asks for places without a part, of which there are none to show.
    const parts = locationStatus === 'UNDOCUMENTED' ? [] : Object.values(documentationParts)
    const found = parts.filter(
      ({location}) =>
        (!type || location?.type === type) &&
        (!nameQuery || location?.name?.includes(nameQuery)) &&
        (!path || location?.path?.startsWith(path)),
    )
    return page(found, input)
  },

  UpdateDocumentationPart(input: UpdateDocumentationPartRequest, call) {
    const address = input as PartAddress
    const next = checkedPart(PART_PATCHES.apply(documentationPartOf(call, address), input.patchOperations))
    restApiOf(call, address.restApiId).documentationParts[address.documentationPartId] = next
    return next
  },

  DeleteDocumentationPart(input: PartAddress, call) {
    documentationPartOf(call, input)
    delete restApiOf(call, input.restApiId).documentationParts[input.documentationPartId]
  },

  CreateDocumentationVersion(input: CreateDocumentationVersionRequest, call) {
    const record = restApiOf(call, input.restApiId)
    const {documentationVersion: version = '', description, stageName} = input
    // The wordings are assumptions.
    if (version === '') throw badRequest('Documentation version must be non-empty')
    if (entryOf(record.documentationVersions, version))
      throw conflict(`Documentation version already exists: ${version}`)
    const stage = stageName ? stageOf(record, stageName) : undefined
    const created: DocumentationVersion = {version, createdDate: call.now(), description: description || undefined}
    const parts = structuredClone(Object.values(record.documentationParts))
    record.documentationVersions[version] = {version: created, parts}
    if (stage) stage.documentationVersion = version
    return created
  },

  GetDocumentationVersion: (input: VersionAddress, call) => versionOf(call, input),

  GetDocumentationVersions: (input: {restApiId: string} & PageRequest, call) =>
    page(
      Object.values(restApiOf(call, input.restApiId).documentationVersions).map(({version}) => version),
      input,
    ),

  UpdateDocumentationVersion(input: UpdateDocumentationVersionRequest, call) {
    const address = input as VersionAddress
    const next = VERSION_PATCHES.apply(versionOf(call, address), input.patchOperations)
    restApiOf(call, address.restApiId).documentationVersions[address.documentationVersion]!.version = next
    return next
  },

  DeleteDocumentationVersion(input: VersionAddress, call) {
    versionOf(call, input)
    delete restApiOf(call, input.restApiId).documentationVersions[input.documentationVersion]
  },
}

const PART_PATCHES = new PatchTable<DocumentationPart>([{path: '/properties', replace: setText('properties')}])
const VERSION_PATCHES = new PatchTable<DocumentationVersion>([{path: '/description', replace: setText('description')}])

/** The wording is an assumption. */
function checkedPart(part: DocumentationPart): DocumentationPart {
  if (!part.properties) throw badRequest('Documentation part properties must be non-empty')
  return part
}

/** A location in words: `type 'METHOD', path '/pets', method 'GET'`. */
function placeOf(location: Partial<DocumentationPartLocation> = {}): string {
  const {type, path, method, statusCode, name} = location
  return Object.entries({type, path, method, statusCode, name})
    .filter(([, value]) => value !== undefined)
    .map(([member, value]) => `${member} '${value}'`)
    .join(', ')
}

/** An unknown API is answered as an unknown part is, as recorded. */
function documentationPartOf(call: Call, {restApiId, documentationPartId}: PartAddress): DocumentationPart {
  const part = partOf(call, restApiId, 'documentationParts', documentationPartId)
  if (!part) throw notFound('Invalid Documentation part identifier specified')
  return part
}

function versionOf(call: Call, {restApiId, documentationVersion}: VersionAddress): DocumentationVersion {
  const found = partOf(call, restApiId, 'documentationVersions', documentationVersion)
  if (!found) throw notFound('Invalid Documentation version identifier specified')
  return found.version
}
