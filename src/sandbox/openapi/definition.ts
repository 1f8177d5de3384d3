import {badRequest} from '../errors.js'
import {type AwsVariables, isSwagger, listOf, parseDefinition, resolve, type Tree, textOf, treeOf} from './document.js'
import type {Findings} from './findings.js'
import {isMalformed} from './integrations.js'
import {oas30} from './oas30.js'
import {swagger} from './swagger.js'

/** An API definition, the same for OpenAPI 3.0 and Swagger 2.0. */
export interface Definition {
  root: Tree
  title: string
  description: string | undefined
  version: string | undefined
  /** Where the paths start, such as `/v1`; empty where the definition names no base path. */
  basePath: string
  /** `x-amazon-apigateway-endpoint-configuration`. */
  endpointConfiguration: Tree
  schemas: Tree
  securitySchemes: Tree
  paths: {path: string; operations: Operation[]}[]
}

export interface Operation {
  /** In capitals; ANY for `x-amazon-apigateway-any-method`. */
  method: string
  parameters: Parameter[]
  /** Schemas of the request body by content type. */
  body: Tree
  responses: {status: string; headers: string[]; content: Tree}[]
  /** Requirements of the operation, or else of the whole definition. */
  security: unknown[]
  /** Other members, among them the extensions. */
  members: Tree
}

export interface Parameter {
  in: string
  name: string
  required: boolean
}

/** What differs between the two forms of a definition when it is read. */
export interface DefinitionReader {
  basePath(root: Tree, findings: Findings): string
  endpointConfiguration(root: Tree): Tree
  schemas(root: Tree): Tree
  securitySchemes(root: Tree): Tree
  /** Schemas of the request body by content type. */
  body(root: Tree, operation: Tree, parameters: readonly Tree[]): Tree
  /** Schemas of a response by content type. */
  content(root: Tree, operation: Tree, response: Tree): Tree
}

const METHODS = new Map([
  ['get', 'GET'],
  ['put', 'PUT'],
  ['post', 'POST'],
  ['delete', 'DELETE'],
  ['patch', 'PATCH'],
  ['options', 'OPTIONS'],
  ['head', 'HEAD'],
  ['x-amazon-apigateway-any-method', 'ANY'],
])

/**
 * Reads the body of an import.
 * @throws ServiceError BadRequestException for anything that is no definition with a title, and for integrations that
 *   cannot be read
 */
export function readDefinition(body: Uint8Array | undefined, variables: AwsVariables, findings: Findings): Definition {
  const root = parseDefinition(body, variables)
  const info = treeOf(root?.info)
  const title = textOf(info.title)
  // That a title must be there is assumed: every API has a name.
  if (!root || !title) throw badRequest('Invalid OpenAPI input.')
  const reader: DefinitionReader = isSwagger(root) ? swagger : oas30
  return {
    root,
    title,
    description: textOf(info.description) || undefined,
    version: textOf(info.version),
    basePath: reader.basePath(root, findings),
    endpointConfiguration: reader.endpointConfiguration(root),
    schemas: reader.schemas(root),
    securitySchemes: reader.securitySchemes(root),
    paths: Object.entries(treeOf(root.paths)).flatMap(([path, item]) => {
      if (path.startsWith('x-')) return []
      if (!path.startsWith('/')) {
        findings.warn(`Parse issue: attribute paths. Resource ${path} should start with /`)
        return []
      }
      const operations = readOperations(root, resolve(root, item), reader)
      if (operations.some(({members}) => isMalformed(root, members['x-amazon-apigateway-integration']))) {
        // Source: public reports of imports with CloudFormation's functions in the place of addresses.
        throw badRequest(`Unable to parse API definition because of a malformed integration at path ${path}.`)
      }
      return [{path, operations}]
    }),
  }
}

function readOperations(root: Tree, item: Tree, reader: DefinitionReader): Operation[] {
  return Object.entries(item).flatMap(([key, value]) => {
    const method = METHODS.get(key)
    return method ? [readOperation(root, item, method, treeOf(value), reader)] : []
  })
}

function readOperation(root: Tree, item: Tree, method: string, members: Tree, reader: DefinitionReader): Operation {
  const parameters = parametersOf(root, item, members)
  return {
    method,
    parameters: parameters.map(parameter => ({
      in: textOf(parameter.in) ?? '',
      name: textOf(parameter.name) ?? '',
      required: parameter.required === true,
    })),
    body: reader.body(root, members, parameters),
    responses: Object.entries(treeOf(members.responses))
      .filter(([status]) => !status.startsWith('x-'))
      .map(([status, value]) => {
        const response = resolve(root, value)
        return {
          status,
          headers: Object.keys(treeOf(response.headers)),
          content: reader.content(root, members, response),
        }
      }),
    security: listOf(members.security ?? root.security),
    members,
  }
}

/** Parameters of the path hold for all its operations, unless an operation has its own of the same place and name. */
function parametersOf(root: Tree, item: Tree, operation: Tree): Tree[] {
  const byPlace = new Map<string, Tree>()
  for (const value of [...listOf(item.parameters), ...listOf(operation.parameters)]) {
    const parameter = resolve(root, value)
    byPlace.set(`${parameter.in} ${parameter.name}`, parameter)
  }
  return [...byPlace.values()]
}
