import type {
  ExportResponse,
  GetExportRequest,
  ImportDocumentationPartsRequest,
  ImportRestApiRequest,
  PutRestApiRequest,
  RestApi,
} from '@aws-sdk/client-api-gateway'
import {stringify} from 'yaml'
import {restApiOf, stageOf} from '../control/lookup.js'
import {shownApi} from '../control/rest-apis.js'
import {badRequest, notFound} from '../errors.js'
import type {Handlers} from '../service.js'
import {readDefinition} from './definition.js'
import {parseDefinition, type Tree} from './document.js'
import {importDocumentation, PublishedDocumentation} from './documentation.js'
import {newDraft, updateDraft} from './drafts.js'
import {type DefinitionWriter, exportApi, versionOf} from './export.js'
import {Findings} from './findings.js'
import {type BasePathUse, DefinitionImport, type ImportOptions} from './import.js'
import {oas30} from './oas30.js'
import {swagger} from './swagger.js'

/**
 * Import and export of API definitions.
 * @param control the operations of the control plane, with which an import is carried out
 */
export const openapi = (control: Handlers): Handlers => ({
  ImportRestApi(input: ImportRestApiRequest, call): RestApi {
    const findings = new Findings()
    const definition = readDefinition(input.body, call, findings)
    const draft = newDraft(definition, input.parameters ?? {}, control, call)
    new DefinitionImport(definition, draft, control, findings, optionsOf(input.parameters)).run()
    findings.conclude(input.failOnWarnings)
    const {api} = draft.record
    call.state.restApis[api.id!] = draft.record
    return {...shownApi(api), warnings: findings.warnings}
  },

  PutRestApi(input: PutRestApiRequest, call): RestApi {
    const findings = new Findings()
    const definition = readDefinition(input.body, call, findings)
    const mode = input.mode ?? 'merge'
    const draft = updateDraft(restApiOf(call, input.restApiId), definition, mode, control, call)
    const building = new DefinitionImport(definition, draft, control, findings, optionsOf(input.parameters))
    if (mode === 'overwrite') building.clear()
    building.run()
    findings.conclude(input.failOnWarnings)
    const {api} = draft.record
    call.state.restApis[api.id!] = draft.record
    return {...shownApi(api), tags: api.tags ?? {}, warnings: findings.warnings}
  },

  ImportDocumentationParts(input: ImportDocumentationPartsRequest, call) {
    const root = parseDefinition(input.body, call)
    if (!root) throw badRequest('Unable to build importer with provided input.')
    const record = restApiOf(call, input.restApiId)
    const findings = new Findings()
    const parts = input.mode === 'overwrite' ? {} : structuredClone(record.documentationParts)
    const ids = importDocumentation(root, parts, findings)
    findings.conclude(input.failOnWarnings)
    record.documentationParts = parts
    return {ids, warnings: findings.warnings}
  },

  GetExport(input: GetExportRequest, call): ExportResponse {
    const record = restApiOf(call, input.restApiId)
    const stage = stageOf(record, input.stageName)
    const writer = writerOf(input.exportType)
    const snapshot = record.deployments[stage.deploymentId ?? '']?.snapshot
    if (!snapshot) throw notFound('Invalid Deployment identifier specified')
    const names = extensionsOf(input.parameters?.extensions)
    const published = record.documentationVersions[stage.documentationVersion ?? '']
    const documentation =
      published && isAsked('documentation', names)
        ? new PublishedDocumentation(published.version, published.parts)
        : undefined
    const source = {snapshot, stage: stage.stageName!, region: call.region, documentation}
    const document = exportApi(source, writer, {
      integrations: isAsked('integrations', names),
      authorizers: isAsked('authorizers', names),
      apigateway: isAsked('apigateway', names),
    })
    const format = input.accepts?.includes('yaml') ? 'yaml' : 'json'
    // A version may be any text, a header may not.
    const version = versionOf(snapshot).replace(/[^ -~]|["\\]/g, '_')
    return {
      // As recorded, whatever was asked for.
      contentType: 'application/octet-stream',
      contentDisposition: `attachment; filename="${input.exportType}_${version}.${format}"`,
      body: Buffer.from(format === 'yaml' ? yaml(document) : JSON.stringify(document, null, 2)),
    }
  },
})

const BASE_PATH_USES: readonly string[] = ['ignore', 'prepend', 'split']

function optionsOf(parameters: Record<string, string> = {}): ImportOptions {
  const basePath = parameters.basepath ?? 'ignore'
  // Assumed wording, here and for the export below.
  if (!BASE_PATH_USES.includes(basePath)) {
    throw badRequest(`Invalid basepath specified. Valid options are ${BASE_PATH_USES.join(',')}`)
  }
  return {basePath: basePath as BasePathUse, documentation: parameters.ignore !== 'documentation'}
}

function writerOf(exportType: string | undefined): DefinitionWriter {
  if (exportType === 'oas30') return oas30
  if (exportType === 'swagger') return swagger
  throw badRequest('Invalid export type specified. Valid options are oas30,swagger')
}

type Extension = 'documentation' | 'integrations' | 'authorizers' | 'apigateway' | 'postman'

const EXTENSIONS: readonly string[] = ['documentation', 'integrations', 'authorizers', 'apigateway', 'postman']

/**
 * Reads the comma list of an export, which is of the documentation by default. For `postman` the document stays as it is:
 * what the service adds for that program is not documented, and it reads the plain one.
 */
function extensionsOf(list = 'documentation'): string[] {
  const names = list.split(',').map(name => name.trim())
  const unknown = names.find(name => !EXTENSIONS.includes(name))
  if (unknown) throw badRequest(`Invalid extension specified: ${unknown}. Valid options are ${EXTENSIONS.join(',')}`)
  return names
}

/** `apigateway` is all of them, as recorded. */
const isAsked = (extension: Extension, names: readonly string[]) =>
  names.includes(extension) || names.includes('apigateway')

const yaml = (document: Tree) =>
  `---\n${stringify(document, {defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', aliasDuplicateObjects: false})}`
