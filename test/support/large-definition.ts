/** Where the public figures are from: "Corpus Analysis: 10 Real-World OpenAPI Specs", erraggy.github.io/oastools. */
const SHAPE = {
  /** Methods of 1,622 operations of DigitalOcean's and GitHub's definitions, which have 1,076 paths. */
  collection: {get: 0.85, post: 0.38},
  item: {get: 0.75, put: 0.25, patch: 0.12, delete: 0.4},
  /** Of those two as well: schemas an operation. */
  schemasPerOperation: 0.96,
}

type Tree = Record<string, unknown>

/** A definition as somebody would write it, and what it has. */
export interface LargeDefinition {
  document: Tree
  /** The document as JSON. */
  body: Buffer
  operations: number
  /** With the root and those without methods. */
  resources: number
}

export interface Size {
  operations: number
  /** Another seed, another definition. */
  seed?: number
  form?: 'oas30' | 'swagger'
  /** Adds descriptions until the document has about this many bytes. */
  bytes?: number
}

/**
 * A definition with the shape of a large public one: as many paths, methods and schemas an operation, paths of one to
 * eight parts with variables in between, parameters, bodies, references among schemas, an authorizer, keys, validators,
 * gateway responses and a few greedy paths. Every GET is answered by a mock with its own path, so that requests show
 * what a stage serves. The same size is the same definition every time.
 */
export function largeDefinition({operations, seed = 1, form = 'oas30', bytes = 0}: Size): LargeDefinition {
  const chance = generator(seed)
  const count = Math.round(operations * SHAPE.schemasPerOperation)
  const schemas = Array.from({length: count}, (_, i) => schemaName(i))
  const writer = form === 'oas30' ? new Oas30(chance, schemas) : new Swagger(chance, schemas)
  const paths: Record<string, Tree> = {}
  let left = operations
  for (const path of treeOfPaths(chance)) {
    const methods = methodsOf(path, chance).slice(0, left)
    if (methods.length > 0) {
      paths[path] = Object.fromEntries(methods.map(method => [method, writer.operation(path, method)]))
    }
    left -= methods.length
    if (left === 0) break
  }
  const document = writer.document(paths, count)
  if (bytes > 0) pad(document, paths, bytes)
  return {document, body: Buffer.from(JSON.stringify(document)), operations, resources: resourcesOf(paths)}
}

/**
 * A definition that somebody wrote, as many times over under a path of its own as it takes to have that many operations.
 * What has no integration gets a mock: without one nothing could be deployed.
 */
export function copiesOf(document: Tree, operations: number): LargeDefinition {
  const original = Object.entries(document.paths as Record<string, Tree>)
  const paths: Record<string, Tree> = {}
  let made = 0
  for (let copy = 1; made < operations; copy++) {
    for (const [path, item] of original) {
      const copied = structuredClone(item)
      for (const [key, operation] of Object.entries(copied) as [string, Tree][]) {
        if (!/^(get|put|post|delete|options|head|patch|x-amazon-apigateway-any-method)$/.test(key)) continue
        made++
        operation['x-amazon-apigateway-integration'] ??= mock(path)
        if (operation.operationId) operation.operationId = `${operation.operationId}${copy}`
      }
      paths[`/copy${copy}${path}`] = copied
    }
  }
  const large = {...document, paths}
  return {document: large, body: Buffer.from(JSON.stringify(large)), operations: made, resources: resourcesOf(paths)}
}

/** Numbers from 0 to 1 that are the same every time (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const NOUNS = [
  'repos',
  'teams',
  'issues',
  'droplets',
  'images',
  'members',
  'keys',
  'volumes',
  'runs',
  'labels',
  'hooks',
]

/** Paths that grow from one another; never two variables beside each other, which the service refuses. */
function* treeOfPaths(chance: () => number): Generator<string> {
  const open = ['']
  const variables = new Set<string>()
  yield '/'
  for (let i = 0; ; i++) {
    const parent = open[Math.floor(chance() ** 2.5 * open.length)] ?? ''
    const depth = parent.split('/').length - 1
    const isAfterVariable = parent.endsWith('}')
    const wantsVariable = depth > 0 && !isAfterVariable && !variables.has(parent) && chance() < 0.75
    const noun = `${NOUNS[i % NOUNS.length]}${i.toString(36)}`
    if (wantsVariable) variables.add(parent)
    const path = `${parent}/${wantsVariable ? (chance() < 0.03 ? '{proxy+}' : `{${noun}Id}`) : noun}`
    if (depth < 7 && !path.endsWith('+}')) open.push(path)
    // One in eight has no methods of its own.
    if (chance() < 0.88) yield path
  }
}

function methodsOf(path: string, chance: () => number): string[] {
  if (path.endsWith('{proxy+}')) return ['x-amazon-apigateway-any-method']
  const odds = path.endsWith('}') ? SHAPE.item : SHAPE.collection
  return Object.entries(odds).flatMap(([method, share]) => (chance() < share ? [method] : []))
}

const resourcesOf = (paths: Tree) =>
  new Set(
    Object.keys(paths).flatMap(path => {
      const parts = path.split('/').filter(Boolean)
      return ['/', ...parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)]
    }),
  ).size

const schemaName = (i: number) => `Model${i.toString(36)}`

const mock = (path: string) => ({
  type: 'mock',
  requestTemplates: {'application/json': '{"statusCode": 200}'},
  responses: {default: {statusCode: '200', responseTemplates: {'application/json': JSON.stringify({path})}}},
})

const proxy = (path: string, method: string) => ({
  type: 'http_proxy',
  httpMethod: method === 'x-amazon-apigateway-any-method' ? 'ANY' : method.toUpperCase(),
  uri: `https://backend.example.com${path.replaceAll('+}', '}')}`,
  passthroughBehavior: 'when_no_match',
  requestParameters: Object.fromEntries(
    variablesOf(path).map(name => [`integration.request.path.${name}`, `method.request.path.${name}`]),
  ),
})

const variablesOf = (path: string) => [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => name ?? '')

const AUTHORIZER = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'custom',
  'x-amazon-apigateway-authorizer': {
    type: 'token',
    authorizerUri:
      'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:judge/invocations',
    authorizerResultTtlInSeconds: 60,
  },
}

/** What both forms have in common. */
abstract class Writer {
  constructor(
    protected readonly chance: () => number,
    private readonly schemas: readonly string[],
  ) {}

  abstract operation(path: string, method: string): Tree
  abstract document(paths: Tree, schemas: number): Tree
  protected abstract readonly schemaPath: string

  protected reference(): Tree {
    return {$ref: `${this.schemaPath}${this.schemas[Math.floor(this.chance() * this.schemas.length)]}`}
  }

  protected schemaTree(count: number): Tree {
    return Object.fromEntries(
      Array.from({length: count}, (_, i) => [
        schemaName(i),
        {
          type: 'object',
          required: ['id'],
          properties: {
            id: {type: 'string'},
            ...Object.fromEntries(
              Array.from({length: 1 + Math.floor(this.chance() * 6)}, (_, k) => [`field${k}`, {type: 'string'}]),
            ),
            // Towards those that were made before, so that there are chains and no circles.
            ...(i > 0 && this.chance() < 0.4
              ? {part: {$ref: `${this.schemaPath}${schemaName(Math.floor(this.chance() * i))}`}}
              : {}),
          },
        },
      ]),
    )
  }

  protected common(path: string, method: string): Tree {
    const isGet = method === 'get'
    return {
      ...(method.startsWith('x-') ? {} : {operationId: `${method}${path.replace(/[^A-Za-z0-9]+/g, '_')}`}),
      ...(isGet ? {} : {security: this.chance() < 0.5 ? [{judge: []}] : [{key: []}]}),
      ...(this.chance() < 0.2 ? {'x-amazon-apigateway-request-validator': 'parameters'} : {}),
      'x-amazon-apigateway-integration': isGet ? mock(path) : proxy(path, method),
    }
  }

  protected queries(): string[] {
    return Array.from({length: Math.floor(this.chance() * 4)}, (_, i) => ['page', 'per_page', 'sort'][i] ?? '')
  }

  protected get extensions(): Tree {
    return {
      'x-amazon-apigateway-request-validators': {
        parameters: {validateRequestBody: false, validateRequestParameters: true},
      },
      'x-amazon-apigateway-gateway-responses': {
        DEFAULT_4XX: {responseTemplates: {'application/json': '{"error": $context.error.messageString}'}},
      },
    }
  }
}

const HAS_BODY = /^(post|put|patch)$/

class Oas30 extends Writer {
  protected readonly schemaPath = '#/components/schemas/'

  operation(path: string, method: string): Tree {
    const content = () => ({'application/json': {schema: this.reference()}})
    return {
      parameters: [
        ...variablesOf(path).map(name => ({name, in: 'path', required: true, schema: {type: 'string'}})),
        ...this.queries().map(name => ({name, in: 'query', schema: {type: 'string'}})),
      ],
      ...(HAS_BODY.test(method) ? {requestBody: {required: true, content: content()}} : {}),
      responses: {
        '200': {description: 'ok', content: content()},
        ...(this.chance() < 0.6 ? {'404': {description: 'not there'}} : {}),
      },
      ...this.common(path, method),
    }
  }

  document(paths: Tree, schemas: number): Tree {
    return {
      openapi: '3.0.1',
      info: {title: 'large', version: '1'},
      paths,
      components: {
        schemas: this.schemaTree(schemas),
        securitySchemes: {judge: AUTHORIZER, key: {type: 'apiKey', name: 'x-api-key', in: 'header'}},
      },
      ...this.extensions,
    }
  }
}

class Swagger extends Writer {
  protected readonly schemaPath = '#/definitions/'

  operation(path: string, method: string): Tree {
    return {
      produces: ['application/json'],
      ...(HAS_BODY.test(method) ? {consumes: ['application/json']} : {}),
      parameters: [
        ...variablesOf(path).map(name => ({name, in: 'path', required: true, type: 'string'})),
        ...this.queries().map(name => ({name, in: 'query', required: false, type: 'string'})),
        ...(HAS_BODY.test(method) ? [{name: 'body', in: 'body', required: true, schema: this.reference()}] : []),
      ],
      responses: {
        '200': {description: 'ok', schema: this.reference()},
        ...(this.chance() < 0.6 ? {'404': {description: 'not there'}} : {}),
      },
      ...this.common(path, method),
    }
  }

  document(paths: Tree, schemas: number): Tree {
    return {
      swagger: '2.0',
      info: {title: 'large', version: '1'},
      paths,
      definitions: this.schemaTree(schemas),
      securityDefinitions: {judge: AUTHORIZER, key: {type: 'apiKey', name: 'x-api-key', in: 'header'}},
      ...this.extensions,
    }
  }
}

/** Operations have most of the text of a large definition: what they do. */
function pad(document: Tree, paths: Record<string, Tree>, bytes: number): void {
  const operations = Object.values(paths).flatMap(item => Object.values(item) as Tree[])
  const missing = bytes - JSON.stringify(document).length
  const each = Math.floor(missing / operations.length) - '"description":"",'.length
  if (each <= 0) return
  for (const operation of operations) operation.description = 'What it does. '.repeat(each / 14 + 1).slice(0, each)
}
