import type {DefinitionReader} from './definition.js'
import {listOf, type Tree, textOf, treeOf} from './document.js'
import type {DefinitionWriter} from './export.js'

const SCHEMAS = '#/definitions/'
const JSON_TYPE = 'application/json'

/** Swagger 2.0. */
export const swagger: DefinitionReader & DefinitionWriter = {
  basePath: root => textOf(root.basePath) ?? '',
  endpointConfiguration: root => treeOf(root['x-amazon-apigateway-endpoint-configuration']),
  schemas: root => treeOf(root.definitions),
  securitySchemes: root => treeOf(root.securityDefinitions),

  body(root, operation, parameters) {
    const body = parameters.find(parameter => parameter.in === 'body')
    return body ? byContentType(operation.consumes ?? root.consumes, body.schema) : {}
  },

  content: (root, operation, response) =>
    response.schema === undefined ? {} : byContentType(operation.produces ?? root.produces, response.schema),

  schemaPath: SCHEMAS,

  document: ({info, server, paths, schemas, securitySchemes, endpointConfiguration, extensions}) => ({
    swagger: '2.0',
    info: {description: info.description, version: info.version, title: info.title, ...info.documentation},
    host: server.host,
    basePath: `/${server.stage}`,
    schemes: ['https'],
    paths,
    securityDefinitions: securitySchemes,
    definitions: schemas,
    'x-amazon-apigateway-endpoint-configuration': endpointConfiguration,
    ...extensions,
  }),

  operation: ({operationId, consumes, produces, parameters, body, responses, extensions, documentation}) => ({
    ...documentation,
    operationId,
    consumes: filled(consumes),
    produces: filled(produces),
    parameters: filled([
      ...parameters.map(({name, in: place, required, documentation: described}) => ({
        ...{name, in: place, ...described, required, type: 'string'},
      })),
      ...Object.entries(body)
        .filter(([contentType]) => contentType === JSON_TYPE)
        .map(([, model]) => ({in: 'body', name: model, required: true, schema: {$ref: SCHEMAS + model}})),
    ]),
    responses,
    ...extensions,
  }),

  response: ({description, headers, content, documentation}) => ({
    description,
    ...documentation,
    schema: content[JSON_TYPE] && {$ref: SCHEMAS + content[JSON_TYPE]},
    headers: headers.length > 0 ? Object.fromEntries(headers.map(name => [name, {type: 'string'}])) : undefined,
  }),
}

function byContentType(contentTypes: unknown, schema: unknown): Tree {
  const named = listOf(contentTypes).map(String)
  return Object.fromEntries((named.length > 0 ? named : [JSON_TYPE]).map(contentType => [contentType, schema]))
}

const filled = <Item>(list: Item[]) => (list.length > 0 ? list : undefined)
