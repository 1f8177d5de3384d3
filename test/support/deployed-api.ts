import type {
  APIGateway,
  PutIntegrationRequest,
  PutIntegrationResponseRequest,
  PutMethodRequest,
} from '@aws-sdk/client-api-gateway'
import type {CloudWatch} from '@aws-sdk/client-cloudwatch'
import type {CloudWatchLogs} from '@aws-sdk/client-cloudwatch-logs'
import type {IAM} from '@aws-sdk/client-iam'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {giveLoggingRole} from './logging-role.js'
import {sandboxForTest} from './sandbox.js'

export interface MethodSpec {
  method?: Omit<Partial<PutMethodRequest>, 'restApiId' | 'resourceId' | 'httpMethod'>
  integration?: Omit<Partial<PutIntegrationRequest>, 'restApiId' | 'resourceId' | 'httpMethod'>
  /** One per status code; a 200 that returns nothing if left out. */
  responses?: Omit<Partial<PutIntegrationResponseRequest>, 'restApiId' | 'resourceId' | 'httpMethod'>[]
}

/** A mock that answers 200 with the rendered template. */
export const mock = (template?: string, method: MethodSpec['method'] = {}): MethodSpec => ({
  method,
  responses: [{statusCode: '200', ...(template && {responseTemplates: {'application/json': template}})}],
})

/** A sandbox with one API of the given methods (`'GET /pets/{id}'`), deployed to `prod`. */
export async function deployedApi(methods: Record<string, MethodSpec>, options: SandboxOptions = {}) {
  const {sandbox, apigateway, logs, iam, cloudwatch} = await sandboxForTest(options)
  const {id: restApiId, rootResourceId} = await apigateway.createRestApi({
    name: 'pets',
    endpointConfiguration: {types: ['REGIONAL']},
  })
  const api = new DeployedApi(sandbox.url, sandbox.port, apigateway, logs, iam, cloudwatch, restApiId!, rootResourceId!)
  for (const [route, spec] of Object.entries(methods)) await api.put(route, spec)
  if (Object.keys(methods).length > 0) await api.deploy()
  return api
}

export interface Answer {
  status: number
  type: string | null
  headers: Headers
  body: string
}

export class DeployedApi {
  readonly resources: Record<string, string>

  constructor(
    readonly url: string,
    readonly port: number,
    readonly apigateway: APIGateway,
    readonly logs: CloudWatchLogs,
    readonly iam: IAM,
    readonly cloudwatch: CloudWatch,
    readonly restApiId: string,
    rootResourceId: string,
  ) {
    this.resources = {'/': rootResourceId}
  }

  /** Makes the resources of a path that are not there yet. */
  async resource(path: string): Promise<string> {
    const known = this.resources[path]
    if (known) return known
    const cut = path.lastIndexOf('/')
    const parentId = await this.resource(path.slice(0, cut) || '/')
    const {id} = await this.apigateway.createResource({
      restApiId: this.restApiId,
      parentId,
      pathPart: path.slice(cut + 1),
    })
    this.resources[path] = id!
    return id!
  }

  async put(route: string, {method, integration, responses = [{}]}: MethodSpec): Promise<void> {
    const [httpMethod, path] = route.split(' ') as [string, string]
    const key = {restApiId: this.restApiId, resourceId: await this.resource(path), httpMethod}
    await this.apigateway.putMethod({authorizationType: 'NONE', ...method, ...key})
    await this.apigateway.putIntegration({
      type: 'MOCK',
      requestTemplates: {'application/json': '{"statusCode": 200}'},
      ...integration,
      ...key,
    })
    if (integration?.type?.endsWith('_PROXY')) return
    for (const response of responses) {
      const statusCode = response.statusCode ?? '200'
      const responseParameters = Object.keys(response.responseParameters ?? {}).map(name => [name, false])
      await this.apigateway.putMethodResponse({
        ...key,
        statusCode,
        responseParameters: Object.fromEntries(responseParameters),
      })
      await this.apigateway.putIntegrationResponse({...response, ...key, statusCode})
    }
  }

  async deploy(stageName = 'prod'): Promise<string> {
    const {id} = await this.apigateway.createDeployment({restApiId: this.restApiId, stageName})
    return id!
  }

  /** Changes the stage: patch path to value. */
  async patchStage(changes: Record<string, string>, stageName = 'prod'): Promise<void> {
    await this.apigateway.updateStage({
      restApiId: this.restApiId,
      stageName,
      patchOperations: Object.entries(changes).map(([path, value]) => ({op: 'replace', path, value})),
    })
  }

  /** Gives the account a role and the stage a level. */
  async logAt(level: 'ERROR' | 'INFO' | 'OFF', dataTrace = false): Promise<void> {
    await giveLoggingRole(this)
    await this.patchStage({'/*/*/logging/loglevel': level, '/*/*/logging/dataTrace': String(dataTrace)})
  }

  /** A body goes as JSON unless the headers say otherwise. */
  async call(
    route: string,
    init: {headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer>} = {},
    stage = 'prod',
  ): Promise<Answer> {
    const [method, path] = route.split(' ') as [string, string]
    const response = await fetch(`${this.url}/execute-api/${this.restApiId}/${stage}${path}`, {
      method,
      headers: {...(init.body !== undefined && {'content-type': 'application/json'}), ...init.headers},
      body: init.body,
    })
    return {
      status: response.status,
      type: response.headers.get('x-amzn-errortype'),
      headers: response.headers,
      body: await response.text(),
    }
  }

  /** The messages of a log group, oldest first; by default of the execution logs of `prod`. */
  async logged(logGroupName = `API-Gateway-Execution-Logs_${this.restApiId}/prod`): Promise<string[]> {
    const {events = []} = await this.logs.filterLogEvents({logGroupName})
    return events.map(event => event.message!)
  }

  /** The execution log of the only request so far, without the `({requestId}) ` prefix, ids replaced by their names. */
  async lines(requestId: string | null): Promise<string[]> {
    const messages = await this.logged()
    return messages
      .filter(message => message.startsWith(`(${requestId}) `))
      .map(message =>
        message.slice(`(${requestId}) `.length).replaceAll(requestId!, '{id}').replaceAll(this.restApiId, '{api}'),
      )
  }
}
