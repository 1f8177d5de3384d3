import type {DefinitionReader} from './definition.js'
import {listOf, resolve, type Tree, textOf, treeOf} from './document.js'
import type {DefinitionWriter} from './export.js'

const SCHEMAS = '#/components/schemas/'

/** OpenAPI 3.0. */
export const oas30: DefinitionReader & DefinitionWriter = {
  basePath(root, findings) {
    const servers = listOf(root.servers)
    if (servers.length > 1) {
      findings.warn('More than one server provided. Ignoring all but the first for defining endpoint configuration')
    }
    return basePathOf(treeOf(servers[0]))
  },

  // It belongs to the server; at the top, where Swagger has it, it is understood too.
  endpointConfiguration: root => ({
    ...treeOf(root['x-amazon-apigateway-endpoint-configuration']),
    ...treeOf(treeOf(listOf(root.servers)[0])['x-amazon-apigateway-endpoint-configuration']),
  }),

  schemas: root => treeOf(treeOf(root.components).schemas),
  securitySchemes: root => treeOf(treeOf(root.components).securitySchemes),
  body: (root, operation) => schemasOf(resolve(root, operation.requestBody)),
  content: (_root, _operation, response) => schemasOf(response),

  schemaPath: SCHEMAS,

  document: ({info, server, paths, schemas, securitySchemes, endpointConfiguration, extensions}) => ({
    openapi: '3.0.1',
    info: {title: info.title, description: info.description, version: info.version, ...info.documentation},
    servers: [
      {
        url: `https://${server.host}/{basePath}`,
        variables: {basePath: {default: server.stage}},
        'x-amazon-apigateway-endpoint-configuration': endpointConfiguration,
      },
    ],
    paths,
    components: {schemas, securitySchemes},
    ...extensions,
  }),

  operation: ({operationId, parameters, body, responses, extensions, documentation}) => ({
    ...documentation,
    operationId,
    parameters:
      parameters.length > 0
        ? parameters.map(({name, in: place, required, documentation: described}) => ({
            name,
            in: place,
            ...described,
            required: required || undefined,
            schema: {type: 'string'},
          }))
        : undefined,
    requestBody: Object.keys(body).length > 0 ? {content: contentOf(body), required: true} : undefined,
    responses,
    ...extensions,
  }),

  response: ({description, headers, content, documentation}) => ({
    description,
    ...documentation,
    headers:
      headers.length > 0 ? Object.fromEntries(headers.map(name => [name, {schema: {type: 'string'}}])) : undefined,
    content: contentOf(content),
  }),
}

/**
 * The path of the server's address, or the variable `basePath`, even where the address does not refer to it.
 * Source: developer guide, Set the OpenAPI basePath property.
 */
function basePathOf(server: Tree): string {
  const variables = treeOf(server.variables)
  const defaultOf = (name: string) => textOf(treeOf(variables[name]).default) ?? ''
  const url = (textOf(server.url) ?? '').replace(/\{([^}]+)\}/g, (_, name: string) => defaultOf(name))
  const path = /^(?:[a-z][a-z\d+.-]*:)?\/\/[^/]*(.*)$/i.exec(url)?.[1] ?? url
  return path.replace(/^\/+$/, '') || defaultOf('basePath')
}

const schemasOf = (holder: Tree): Tree =>
  Object.fromEntries(
    Object.entries(treeOf(holder.content)).flatMap(([contentType, media]) => {
      const {schema} = treeOf(media)
      return schema === undefined ? [] : [[contentType, schema]]
    }),
  )

const contentOf = (models: Record<string, string>): Tree =>
  Object.fromEntries(Object.entries(models).map(([type, model]) => [type, {schema: {$ref: SCHEMAS + model}}]))
