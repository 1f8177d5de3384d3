import type {APIGateway, Method, Model} from '@aws-sdk/client-api-gateway'

/** An API as its administrators see it, with names and paths in the place of the ids that an import makes anew. */
export interface Picture {
  api: object
  /** By path; those without methods are null. */
  resources: Record<string, Record<string, Method> | null>
  models: Record<string, Model>
  validators: unknown[]
  authorizers: unknown[]
  gatewayResponses: unknown[]
}

/**
 * Looks at an API through the control plane.
 * @param earlier the API that this one was exported from: an export tells its ids in cache namespaces and the policy
 */
export async function pictureOf(client: APIGateway, restApiId: string, earlier?: string): Promise<Picture> {
  const [api, resources, models, validators, authorizers, responses] = await Promise.all([
    client.getRestApi({restApiId}),
    client.getResources({restApiId, embed: ['methods'], limit: 500}),
    client.getModels({restApiId, limit: 500}),
    client.getRequestValidators({restApiId, limit: 500}),
    client.getAuthorizers({restApiId, limit: 500}),
    client.getGatewayResponses({restApiId, limit: 500}),
  ])
  const names = new Map([[restApiId, 'the API']])
  for (const {id, path} of resources.items ?? []) names.set(id!, `the id of ${path}`)
  for (const {id, name} of [...(validators.items ?? []), ...(authorizers.items ?? [])]) names.set(id!, name!)
  if (earlier !== undefined) {
    const {items = []} = await client.getResources({restApiId: earlier, limit: 500})
    for (const {id, path} of items) names.set(id!, `the id of ${path}`)
    names.set(earlier, 'the API')
  }
  const {name, description, version, binaryMediaTypes, minimumCompressionSize, apiKeySource, policy} = api
  const picture: Picture = {
    api: {
      ...{name, description, version, binaryMediaTypes, minimumCompressionSize, apiKeySource, policy},
      ...{securityPolicy: api.securityPolicy, endpointAccessMode: api.endpointAccessMode},
      disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    },
    resources: Object.fromEntries(
      sorted((resources.items ?? []).map(each => [each.path!, each.resourceMethods ?? null])),
    ),
    models: Object.fromEntries(sorted((models.items ?? []).map(({id: _, ...model}) => [model.name!, model]))),
    validators: anonymous(validators.items),
    authorizers: anonymous(authorizers.items),
    gatewayResponses: (responses.items ?? []).filter(response => !response.defaultResponse),
  }
  let text = JSON.stringify(picture)
  for (const [id, label] of names) text = text.replaceAll(id, label)
  return JSON.parse(text) as Picture
}

/** The models that methods name, and those that these refer to. */
export function usedModels({resources, models}: Picture): Record<string, Model> {
  const used = new Set<string>()
  const visit = (name: string) => {
    if (used.has(name) || !models[name]) return
    used.add(name)
    for (const [, referred] of models[name].schema!.matchAll(/\/models\/([A-Za-z0-9]+)"/g)) visit(referred!)
  }
  for (const method of Object.values(resources).flatMap(methods => Object.values(methods ?? {}))) {
    const responses = Object.values(method.methodResponses ?? {})
    for (const map of [method.requestModels, ...responses.map(each => each.responseModels)]) {
      for (const name of Object.values(map ?? {})) visit(name)
    }
  }
  return Object.fromEntries(Object.entries(models).filter(([name]) => used.has(name)))
}

const sorted = <Value>(entries: [string, Value][]) => entries.sort(([a], [b]) => (a < b ? -1 : 1))

const anonymous = (items: readonly {id?: string; name?: string}[] = []) =>
  items.map(({id: _, ...item}) => item).sort((a, b) => (a.name! < b.name! ? -1 : 1))
