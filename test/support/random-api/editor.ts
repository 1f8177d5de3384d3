import type {APIGateway, Authorizer, Integration, Method, Resource} from '@aws-sdk/client-api-gateway'
import {invocationArn} from '../functions.js'
import {policy, SCHEMAS} from './definition.js'
import {type Access, answerWith, type BackEnd, type Edit, type Part, type Place} from './edits.js'

interface Address {
  restApiId: string
  resourceId: string
  httpMethod: string
}

type Action = (address: Address) => Promise<unknown>

/** Carries edits out, by the operations that people use. What the service refuses is left undone. */
export class Editor {
  constructor(
    private readonly client: APIGateway,
    private readonly restApiId: string,
    private readonly backEndUrl: string,
  ) {}

  async all(edits: readonly Edit[]): Promise<void> {
    for (const edit of edits) {
      try {
        await this.#apply(edit)
      } catch (error) {
        if (!/^(BadRequest|NotFound|Conflict)Exception$/.test((error as Error).name)) throw error
      }
    }
  }

  #apply(edit: Edit): Promise<unknown> {
    const {client, restApiId} = this
    switch (edit.edit) {
      case 'route':
        return this.#putRoute(edit.place, edit.backEnd)
      case 'no route':
        return this.#at(edit.place, address => client.deleteMethod(address))
      case 'no resource':
        return this.#deleteResource(edit.path)
      case 'access':
        return this.#near(edit.place, async address => this.#patchMethod(address, await this.#accessOf(edit.access)))
      case 'authorizer of':
        return this.#at({path: '/fixed/either', method: 'GET'}, async address =>
          this.#patchMethod(address, await this.#accessOf(edit.name)),
        )
      case 'scopes':
        return this.#at({path: '/fixed/pool', method: 'GET'}, address => this.#setScopes(address, edit.scopes))
      case 'key':
        return this.#at({path: '/fixed/keyed', method: 'GET'}, address =>
          this.#patchMethod(address, {'/apiKeyRequired': String(edit.required)}),
        )
      case 'part':
        return this.#patchPart(edit.place, edit.part, edit.value)
      case 'identity source':
        return this.#patchAuthorizer('alpha', {'/identitySource': `method.request.header.${edit.header}`})
      case 'validation expression':
        return this.#patchAuthorizer('beta', {'/identityValidationExpression': edit.expression})
      case 'model': {
        const schema = JSON.stringify(SCHEMAS[edit.name](restApiId, edit.variant))
        return this.#patchModel(edit.name, schema)
      }
      case 'schema again':
        return this.#rewriteSchema(edit.name)
      case 'model of':
        return this.#fixed('/fixed/checked', {'/requestModels/application~1json': edit.name})
      case 'parameter':
        return this.#parameter(edit.required)
      case 'validator of':
        return this.#validatorOf(edit.name)
      case 'validator':
        return this.#patchValidator(edit.parameters)
      case 'gateway response':
        return client.putGatewayResponse({
          restApiId,
          responseType: edit.type,
          statusCode: edit.status,
          responseTemplates: {'application/json': `{"type": "${edit.type}", "text": "${edit.text}"}`},
          ...(edit.header && {responseParameters: {'gatewayresponse.header.X-Set': `'${edit.header}'`}}),
        })
      case 'no gateway response':
        return client.deleteGatewayResponse({restApiId, responseType: edit.type})
      case 'policy':
        return this.#patchApi({'/policy': policy(edit.denied, edit.form, restApiId)})
      case 'binary':
        return this.#binary(edit.types)
      case 'compression':
        return this.#patchApi({'/minimumCompressionSize': edit.from === undefined ? undefined : String(edit.from)})
      case 'resource again':
        return this.#recreateResource(edit.path)
      case 'authorizer again':
        return this.#recreateAuthorizer(edit.name)
      case 'validator again':
        return this.#recreateValidator()
      case 'definition again':
        return this.#importAgain()
      case 'unused':
        return this.#unused(edit.what)
    }
  }

  async #resources(): Promise<Resource[]> {
    const {items = []} = await this.client.getResources({restApiId: this.restApiId, embed: ['methods'], limit: 500})
    return items
  }

  async #resource(path: string): Promise<Resource | undefined> {
    return (await this.#resources()).find(resource => resource.path === path)
  }

  /** The id of the resource at a path, made with its parents where it is missing. */
  async #ensure(path: string): Promise<string> {
    const known = await this.#resource(path)
    if (known) return known.id!
    const cut = path.lastIndexOf('/')
    const parentId = await this.#ensure(path.slice(0, cut) || '/')
    const {id} = await this.client.createResource({
      restApiId: this.restApiId,
      parentId,
      pathPart: path.slice(cut + 1),
    })
    return id!
  }

  /** Does something where there is a method. */
  async #at({path, method}: {path: string; method: string}, action: Action): Promise<void> {
    const {address} =
      (await this.#methods()).find(each => each.path === path && each.address.httpMethod === method) ?? {}
    if (address) await action(address)
  }

  /** The same, or else with the first method that is not of a fixed route and fits. */
  async #near({path, method}: Place, action: Action, fits: (method: Method) => boolean = () => true): Promise<void> {
    const fitting = (await this.#methods()).filter(each => !each.path.startsWith('/fixed') && fits(each.method))
    const here = fitting.find(each => each.path === path && each.address.httpMethod === method)
    const {address} = here ?? fitting[0] ?? {}
    if (address) await action(address)
  }

  async #methods(): Promise<{path: string; method: Method; address: Address}[]> {
    return (await this.#resources()).flatMap(({id = '', path = '', resourceMethods = {}}) =>
      Object.entries(resourceMethods).map(([httpMethod, method]) => ({
        ...{path, method},
        address: {restApiId: this.restApiId, resourceId: id, httpMethod},
      })),
    )
  }

  async #putRoute({path, method}: Place, backEnd: BackEnd): Promise<void> {
    const resourceId = await this.#ensure(path)
    const address = {restApiId: this.restApiId, resourceId, httpMethod: method}
    const existing = (await this.#resource(path))?.resourceMethods?.[method]
    if (existing) await this.client.deleteMethod(address)
    await this.#putMethod(resourceId, method, {
      authorizationType: existing?.authorizationType ?? 'NONE',
      authorizerId: existing?.authorizerId,
      authorizationScopes: existing?.authorizationScopes,
      apiKeyRequired: existing?.apiKeyRequired ?? false,
      requestParameters: {'method.request.header.X-Want': false},
      methodResponses: Object.fromEntries(
        ['200', '201', '400'].map(status => [status, {responseParameters: {'method.response.header.X-Set': false}}]),
      ),
      methodIntegration: this.#integrationOf(backEnd, method),
    })
  }

  async #patchPart(place: Place, {type, status, path}: Part, value: string): Promise<void> {
    // An entry that is not there yet is added.
    const op = /^\/(request|response)(Parameters|Templates)/.test(path) ? 'add' : 'replace'
    const isOwn = path === '/uri' || (type === 'MOCK' && path.includes('Templates'))
    const uri = (name: string) => (type === 'AWS_PROXY' ? invocationArn(name) : `${this.backEndUrl}/${name}`)
    await this.#near(
      place,
      address => {
        const said = isOwn ? ownOf(address.httpMethod)(value) : value
        const patchOperations = [{op, path, value: path === '/uri' ? uri(said) : said} as const]
        return status === undefined
          ? this.client.updateIntegration({...address, patchOperations})
          : this.client.updateIntegrationResponse({...address, statusCode: status, patchOperations})
      },
      ({methodIntegration: integration}) =>
        integration?.type === type &&
        (status === undefined || integration.integrationResponses?.[status] !== undefined),
    )
  }

  #integrationOf(backEnd: BackEnd, method: string): Integration {
    const own = ownOf(method)
    const http = {uri: `${this.backEndUrl}/${'path' in backEnd ? own(backEnd.path) : ''}`}
    switch (backEnd.kind) {
      case 'mock': {
        const {status, body, xml, header, strict} = backEnd
        return {
          type: 'MOCK',
          passthroughBehavior: strict ? 'NEVER' : 'WHEN_NO_MATCH',
          requestTemplates: {'application/json': '{"statusCode": 200}'},
          integrationResponses: {
            [status]: {
              responseTemplates: {'application/json': own(body), ...(xml && {'text/xml': own(xml)})},
              ...(header && {responseParameters: {'method.response.header.X-Set': `'${header}'`}}),
            },
          },
        }
      }
      case 'http': {
        const {header, template, answer, encoded, refuses, strict} = backEnd
        return {
          ...{type: 'HTTP', httpMethod: 'POST', ...http},
          passthroughBehavior: strict ? 'NEVER' : 'WHEN_NO_MATCH',
          requestParameters: {
            'integration.request.header.X-Want': 'method.request.header.X-Want',
            ...(header && {'integration.request.header.X-Set': `'${header}'`}),
          },
          requestTemplates: {'application/json': `{"sent": "${template}"}`},
          integrationResponses: {
            '200': {
              ...(answer && {responseTemplates: {'application/json': answerWith(answer)}}),
              ...(encoded && {contentHandling: 'CONVERT_TO_TEXT'}),
            },
            ...(refuses && {'400': {selectionPattern: '4\\d{2}'}}),
          },
        }
      }
      case 'proxy':
        return {type: 'HTTP_PROXY', httpMethod: backEnd.method, ...http}
      case 'lambda':
        return {type: 'AWS_PROXY', httpMethod: 'POST', uri: invocationArn(own(backEnd.name))}
    }
  }

  /** A method with all that is behind it, as it is read. */
  async #putMethod(resourceId: string, httpMethod: string, method: Method): Promise<void> {
    const {methodIntegration: integration, methodResponses, httpMethod: _, ...settings} = method
    const address = {restApiId: this.restApiId, resourceId, httpMethod}
    await this.client.putMethod({...address, ...settings, authorizationType: settings.authorizationType})
    for (const [statusCode, {responseParameters, responseModels}] of Object.entries(methodResponses ?? {})) {
      await this.client.putMethodResponse({...address, statusCode, responseParameters, responseModels})
    }
    if (!integration) return
    const {integrationResponses = {}, httpMethod: integrationHttpMethod, cacheNamespace, ...behind} = integration
    await this.client.putIntegration({...address, ...behind, type: behind.type, integrationHttpMethod})
    for (const [statusCode, response] of Object.entries(integrationResponses)) {
      await this.client.putIntegrationResponse({...address, ...response, statusCode})
    }
  }

  async #deleteResource(path: string): Promise<void> {
    const resource = await this.#resource(path)
    if (!resource) return
    const {restApiId} = this
    if (path !== '/') return void (await this.client.deleteResource({restApiId, resourceId: resource.id}))
    for (const httpMethod of Object.keys(resource.resourceMethods ?? {})) {
      await this.client.deleteMethod({restApiId, resourceId: resource.id, httpMethod})
    }
  }

  async #recreateResource(path: string): Promise<void> {
    const within = (other: string) => other === path || (path !== '/' && other.startsWith(`${path}/`))
    const doomed = (await this.#resources()).filter(resource => within(resource.path!))
    await this.#deleteResource(path)
    for (const {path: part, resourceMethods = {}} of doomed.sort((a, b) => a.path!.length - b.path!.length)) {
      const resourceId = await this.#ensure(part!)
      // In the other order.
      for (const [name, method] of Object.entries(resourceMethods).reverse()) {
        await this.#putMethod(resourceId, name, method)
      }
    }
  }

  async #accessOf(access: Access): Promise<Record<string, string | undefined>> {
    if (access === 'NONE' || access === 'AWS_IAM') return {'/authorizationType': access}
    const {id, type} = await this.#authorizer(access)
    return {'/authorizationType': type === 'TOKEN' ? 'CUSTOM' : 'COGNITO_USER_POOLS', '/authorizerId': id}
  }

  #patchMethod(address: Address, values: Record<string, string | undefined>): Promise<unknown> {
    return this.client.updateMethod({...address, patchOperations: replacing(values)})
  }

  async #setScopes(address: Address, scopes: readonly string[]): Promise<void> {
    const {authorizationScopes = []} = await this.client.getMethod(address)
    const path = '/authorizationScopes'
    const patchOperations = [
      ...authorizationScopes.map(value => ({op: 'remove' as const, path, value})),
      ...scopes.map(value => ({op: 'add' as const, path, value})),
    ]
    await this.client.updateMethod({...address, patchOperations})
  }

  async #authorizer(name: string): Promise<Authorizer> {
    const {items = []} = await this.client.getAuthorizers({restApiId: this.restApiId})
    return items.find(authorizer => authorizer.name === name)!
  }

  async #patchAuthorizer(name: string, values: Record<string, string>): Promise<void> {
    const {id: authorizerId} = await this.#authorizer(name)
    await this.client.updateAuthorizer({restApiId: this.restApiId, authorizerId, patchOperations: replacing(values)})
  }

  async #recreateAuthorizer(name: string): Promise<void> {
    const {id, ...settings} = await this.#authorizer(name)
    const {restApiId} = this
    const {id: authorizerId} = await this.client.createAuthorizer({
      ...{restApiId, ...settings, name: settings.name, type: settings.type},
    })
    for (const {id: resourceId, resourceMethods = {}} of await this.#resources()) {
      for (const [httpMethod, method] of Object.entries(resourceMethods)) {
        if (method.authorizerId !== id) continue
        const patchOperations = replacing({'/authorizerId': authorizerId!})
        await this.client.updateMethod({restApiId, resourceId, httpMethod, patchOperations})
      }
    }
    await this.client.deleteAuthorizer({restApiId, authorizerId: id})
  }

  #patchModel(modelName: string, schema: string): Promise<unknown> {
    return this.client.updateModel({
      restApiId: this.restApiId,
      modelName,
      patchOperations: replacing({'/schema': schema}),
    })
  }

  /** The same schema with its members in the other order, laid out, and with remarks. */
  async #rewriteSchema(modelName: string): Promise<void> {
    const {schema = '{}'} = await this.client.getModel({restApiId: this.restApiId, modelName})
    const {$schema: _, title: __, ...members} = JSON.parse(schema)
    const other = Object.fromEntries(Object.entries(members).reverse())
    const remarks = {$schema: 'http://json-schema.org/draft-04/schema#', title: 'The same'}
    await this.#patchModel(modelName, JSON.stringify({...other, ...remarks}, null, 4))
  }

  async #fixed(path: string, values: Record<string, string>): Promise<void> {
    await this.#at({path, method: 'POST'}, address =>
      this.client.updateMethod({...address, patchOperations: replacing(values)}),
    )
  }

  async #parameter(required: boolean | undefined): Promise<void> {
    const path = '/requestParameters/method.request.header.X-P'
    await this.#at({path: '/fixed/checked', method: 'POST'}, address =>
      this.client.updateMethod({
        ...address,
        patchOperations: [required ? {op: 'add', path, value: 'true'} : {op: 'remove', path}],
      }),
    )
  }

  async #validator(name: string): Promise<string> {
    const {items = []} = await this.client.getRequestValidators({restApiId: this.restApiId})
    return items.find(validator => validator.name === name)!.id!
  }

  async #validatorOf(name: string | undefined): Promise<void> {
    const value = name === undefined ? '' : await this.#validator(name)
    await this.#fixed('/fixed/guarded', {'/requestValidatorId': value})
  }

  async #patchValidator(parameters: boolean): Promise<void> {
    await this.client.updateRequestValidator({
      restApiId: this.restApiId,
      requestValidatorId: await this.#validator('body'),
      patchOperations: replacing({'/validateRequestParameters': String(parameters)}),
    })
  }

  async #recreateValidator(): Promise<void> {
    const {restApiId} = this
    const old = await this.#validator('body')
    const {validateRequestBody, validateRequestParameters} = await this.client.getRequestValidator({
      ...{restApiId, requestValidatorId: old},
    })
    const settings = {name: 'body', validateRequestBody, validateRequestParameters}
    const {id = ''} = await this.client.createRequestValidator({restApiId, ...settings})
    const guarded = await this.#resource('/fixed/guarded')
    if (guarded?.resourceMethods?.POST?.requestValidatorId === old) {
      await this.#fixed('/fixed/guarded', {'/requestValidatorId': id})
    }
    await this.client.deleteRequestValidator({restApiId, requestValidatorId: old})
  }

  #patchApi(values: Record<string, string | undefined>): Promise<unknown> {
    return this.client.updateRestApi({restApiId: this.restApiId, patchOperations: replacing(values)})
  }

  async #binary(types: readonly string[]): Promise<void> {
    const {binaryMediaTypes = []} = await this.client.getRestApi({restApiId: this.restApiId})
    const path = (type: string) => `/binaryMediaTypes/${type.replace('/', '~1')}`
    await this.client.updateRestApi({
      restApiId: this.restApiId,
      patchOperations: [
        ...binaryMediaTypes.map(type => ({op: 'remove' as const, path: path(type)})),
        ...types.map(type => ({op: 'add' as const, path: path(type)})),
      ],
    })
  }

  /** Deploys to a stage of its own, and imports what that exports. */
  async #importAgain(): Promise<void> {
    const {restApiId} = this
    const stageName = 'scratch'
    await this.client.createDeployment({restApiId, stageName})
    const parameters = {extensions: 'integrations,authorizers,apigateway'}
    const {body} = await this.client.getExport({restApiId, stageName, exportType: 'oas30', parameters})
    await this.client.putRestApi({restApiId, mode: 'overwrite', body: body!})
  }

  async #unused(what: 'model' | 'authorizer' | 'validator' | 'resource' | 'name'): Promise<void> {
    const {client, restApiId} = this
    if (what === 'model') await client.createModel({restApiId, name: 'Unused', contentType: 'text/xml', schema: '<x/>'})
    else if (what === 'validator') await client.createRequestValidator({restApiId, name: 'unused'})
    else if (what === 'resource') await this.#ensure('/unused/{x}')
    else if (what === 'name') await this.#patchApi({'/name': 'renamed', '/description': 'renamed'})
    else {
      await client.createAuthorizer({
        ...{restApiId, name: 'unused', type: 'TOKEN'},
        ...{authorizerUri: invocationArn('gate-b'), identitySource: 'method.request.header.X'},
      })
    }
  }
}

/** GET has other back ends than ANY: else it would make no difference whether it is there. */
const ownOf = (method: string) => (name: string) => (method === 'GET' ? `${name}-get` : name)

const replacing = (values: Record<string, string | undefined>) =>
  Object.entries(values).map(([path, value]) => ({op: 'replace' as const, path, value}))
