import {parse} from 'yaml'
import {badRequest} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {RestApiRecord} from '../store.js'

/** An OpenAPI document, read and ready to be written into an API. */
export interface Definition {
  name: string
  apply(record: RestApiRecord): void
}

/** @throws ServiceError BadRequestException */
export function readDefinition(text: string): Definition {
  // biome-ignore lint/suspicious/noExplicitAny: a foreign document
  let document: any
  try {
    document = parse(text)
  } catch {
    throw badRequest('Invalid OpenAPI input.')
  }
  if (!document?.paths) throw badRequest('Invalid OpenAPI input.')
  return {
    name: document.info?.title,
    apply(record) {
      for (const [path, item] of Object.entries<Record<string, Record<string, unknown>>>(document.paths)) {
        const resource = resourceAt(record, path)
        for (const [name, operation] of Object.entries(item)) {
          const integration = operation['x-amazon-apigateway-integration'] as Record<string, unknown>
          const security = (operation.security ?? []) as Record<string, unknown>[]
          const httpMethod = name.toUpperCase()
          resource.resourceMethods = {
            ...resource.resourceMethods,
            [httpMethod]: {
              httpMethod,
              authorizationType: 'NONE',
              apiKeyRequired: security.some(s => 'api_key' in s),
              methodIntegration: {
                ...integration,
                type: String(integration.type).toUpperCase() as 'MOCK',
                integrationResponses: Object.fromEntries(
                  Object.entries((integration.responses ?? {}) as Record<string, {statusCode: string}>).map(
                    ([pattern, response]) => [
                      response.statusCode,
                      {...response, selectionPattern: pattern === 'default' ? undefined : pattern},
                    ],
                  ),
                ),
              },
            },
          }
        }
      }
    },
  }
}

function resourceAt(record: RestApiRecord, path: string) {
  let current = record.resources[record.api.rootResourceId!]!
  for (const pathPart of path.split('/').filter(Boolean)) {
    const next: string = `${current.path === '/' ? '' : current.path}/${pathPart}`
    let child = Object.values(record.resources).find(resource => resource.path === next)
    if (!child) {
      child = {id: shortId(), parentId: current.id, pathPart, path: next}
      record.resources[child.id!] = child
    }
    current = child
  }
  return current
}
