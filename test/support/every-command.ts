import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw, type CommandClass, ROOT, type RunOptions, type RunResult} from './apigw.js'
import {gold} from './gold.js'
import {giveLoggingRole} from './logging-role.js'
import {PETSTORE} from './petstore.js'
import {clientsOn} from './sandbox.js'

/** The least that a command can be called with so that it does its job in the `world`. */
export interface Call {
  argv: readonly string[]
  /** What comes on stdin. */
  input?: string
  /** Whether it asks the service to read, to change something, or not at all. */
  does: 'reads' | 'changes' | 'asks nothing'
}

const reads = (...argv: string[]): Call => ({argv, does: 'reads'})
const changes = (...argv: string[]): Call => ({argv, does: 'changes'})
const asksNothing = (...argv: string[]): Call => ({argv, does: 'asks nothing'})

const ON_PETSTORE = ['--api', 'petstore']
const ON_PROD = [...ON_PETSTORE, '--stage', 'prod']
const ON_BETA = [...ON_PETSTORE, '--stage', 'beta']

/** A request of the world whose id is known beforehand. */
const REQUEST_ID = '1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01'

/** A log group whose API is gone. */
const ORPHAN = 'API-Gateway-Execution-Logs_gone000001/prod'

/** The value of the key `mobile`. */
const KEY_VALUE = `${'m'.repeat(34)}bMZHBg`

/** A key that is still to be made, with all that takes calls of its own. */
const KEY_FILE = 'Name,Key,UsagePlans,Tags\ntablet,a-value-of-at-least-20-characters-42,gold,team=shop\n'

/** Stands in the calls below for the id of the deployment that no stage serves. */
const UNUSED_DEPLOYMENT = 'an unused deployment'

/** One call of every command of the program, by the id of the command. */
export const EVERY_COMMAND: Readonly<Record<string, Call>> = {
  'apis:clone': changes('petstore', 'petstore-next'),
  'apis:create': changes('orders'),
  'apis:delete': changes('petstore', '--confirm', 'petstore'),
  'apis:export': reads('petstore', '--stage', 'prod'),
  'apis:get': reads('petstore'),
  'apis:import': {...changes('-', '--name', 'pets'), input: PETSTORE},
  'apis:list': reads(),
  'apis:update': changes('petstore', '--description', 'All pets'),
  'apis:url': reads('petstore', '--stage', 'prod'),
  'cache:flush': changes(...ON_PROD, '--authorizers'),
  'canary:abort': changes(...ON_BETA),
  'canary:promote': changes(...ON_BETA),
  'canary:set': changes(...ON_BETA, '--percent', '25'),
  'canary:start': changes(...ON_PROD, '--percent', '10'),
  'canary:status': reads(...ON_BETA),
  completion: asksNothing('bash'),
  deploy: changes(...ON_PROD, '--force'),
  'deployments:delete': changes(UNUSED_DEPLOYMENT, ...ON_PETSTORE, '--confirm', UNUSED_DEPLOYMENT),
  'deployments:diff': reads('latest', ...ON_PETSTORE),
  'deployments:get': reads('latest', ...ON_PETSTORE),
  'deployments:list': reads(...ON_PETSTORE),
  'deployments:prune': changes(...ON_PETSTORE, '--keep', '0', '--yes'),
  'deployments:update': changes('latest', ...ON_PETSTORE, '--description', 'release 1'),
  help: asksNothing('exit-codes'),
  'keys:attach': changes('retired', '--plan', 'gold'),
  'keys:create': changes('tablet', '--plan', 'gold'),
  'keys:delete': changes('mobile', '--confirm', 'mobile'),
  'keys:detach': changes('mobile', '--plan', 'gold'),
  'keys:disable': changes('mobile'),
  'keys:enable': changes('retired'),
  'keys:explain': reads('mobile', ...ON_PROD),
  'keys:find': {...reads('--value-stdin'), input: KEY_VALUE},
  'keys:export': reads(),
  'keys:get': reads('mobile'),
  'keys:import': {...changes('-'), input: KEY_FILE},
  'keys:list': reads(),
  'keys:rotate': changes('mobile'),
  'keys:tag': changes('mobile', '--tag', 'team=shop'),
  'keys:update': changes('mobile', '--description', 'The app'),
  'logs:disable': changes(...ON_PROD),
  'logs:enable': changes('--api', 'petstore', '--stage', 'beta', '--yes'),
  'logs:groups': reads('--api', 'petstore'),
  'logs:prune': changes('--orphans', '--confirm', ORPHAN),
  'logs:query': reads('stats count(*) as lines', ...ON_PROD),
  'logs:request': reads(REQUEST_ID, ...ON_PROD),
  'logs:retention': changes('14d', ...ON_PROD, '--yes'),
  'logs:search': reads(...ON_PROD),
  'logs:status': reads(...ON_PROD),
  'logs:tail': reads(...ON_PROD),
  'logs:top': reads('--by', 'path', ...ON_PROD),
  'plans:apply': {...changes('-f', '-'), input: 'plans: {iron: {rate: 1, burst: 2}}'},
  'plans:attach': changes('gold', '--key', 'retired'),
  'plans:create': changes('copper', '--stage', 'petstore/prod', '--rate', '5', '--burst', '10'),
  'plans:delete': changes('gold', '--detach', '--confirm', 'gold'),
  'plans:detach': changes('gold', '--key', 'mobile'),
  'plans:export': reads('gold'),
  'plans:get': reads('gold'),
  'plans:keys': reads('gold'),
  'plans:list': reads(),
  'plans:schema': asksNothing(),
  'plans:update': changes('gold', '--quota', '1000/day'),
  rollback: changes(...ON_PROD, '--to', 'latest', '--yes'),
  'routes:add': changes('POST', '/pets/{id}/photos', ...ON_PETSTORE, '--mock'),
  'routes:list': reads(...ON_PETSTORE),
  'routes:remove': changes('GET', '/pets', ...ON_PETSTORE, '--yes'),
  'sandbox:env': asksNothing(),
  'sandbox:exec': asksNothing('--', 'true'),
  'sandbox:reset': asksNothing('--yes'),
  'sandbox:start': asksNothing('--port', '0'),
  'stages:copy': changes('prod', 'gamma', ...ON_PETSTORE, '--with-plans'),
  'stages:create': changes('gamma', ...ON_PETSTORE),
  'stages:delete': changes('beta', ...ON_PETSTORE, '--confirm', 'beta'),
  'stages:diff': reads('prod', ...ON_PETSTORE),
  'stages:get': reads('prod', ...ON_PETSTORE),
  'stages:list': reads(...ON_PETSTORE),
  'stages:update': changes('prod', ...ON_PETSTORE, '--var', 'table=pets'),
  'stages:url': reads('prod', ...ON_PETSTORE),
  status: reads('petstore'),
  'usage:extend': changes('watch', '--remaining', '500'),
  'usage:report': reads('--plan', 'metered'),
  'usage:top': reads('--plan', 'metered'),
}

/** The ids of the commands that do something of a kind. */
export const commandsThat = (...kinds: readonly Call['does'][]) =>
  Object.keys(EVERY_COMMAND).filter(id => kinds.includes(EVERY_COMMAND[id]!.does))

/**
 * What those calls are about: an API on two stages, one of which logs and the other has a canary, a change to it that is on neither, a deployment
 * that none serves, a plan, a key on it and one that is retired, a plan with a quota and its key, and the log group of an
 * API that is gone.
 */
export async function world(options: SandboxOptions = {}) {
  const kit = await gold(options)
  const {apigateway, restApiId, planId, sandbox} = kit
  await apigateway.createDeployment({restApiId})
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  await apigateway.updateStage({
    restApiId,
    stageName: 'beta',
    patchOperations: [{op: 'replace', path: '/canarySettings/percentTraffic', value: '100'}],
  })
  const {id: keyId = '', value = ''} = await apigateway.createApiKey({name: 'mobile', value: KEY_VALUE, enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
  await apigateway.createApiKey({name: 'retired', enabled: false})
  const limited = await apigateway.createUsagePlan({name: 'metered', quota: {limit: 100, period: 'DAY'}})
  const watch = await apigateway.createApiKey({name: 'watch', enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId: limited.id, keyId: watch.id, keyType: 'API_KEY'})
  await giveLoggingRole(kit)
  await kit.logs.createLogGroup({logGroupName: ORPHAN})
  await apigateway.updateStage({
    restApiId,
    stageName: 'prod',
    patchOperations: [{op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO'}],
  })
  for (const stage of ['prod', 'beta']) {
    await fetch(`${sandbox.url}/execute-api/${restApiId}/${stage}/pets`, {headers: {'x-api-key': value}})
  }
  const stream = {logGroupName: `API-Gateway-Execution-Logs_${restApiId}/prod`, logStreamName: 'known'}
  await kit.logs.createLogStream(stream)
  const message = `(${REQUEST_ID}) Method completed with status: 200`
  await kit.logs.putLogEvents({...stream, logEvents: [{timestamp: Date.now(), message}]})
  await apigateway.putGatewayResponse({restApiId, responseType: 'DEFAULT_4XX', statusCode: '418'})
  return {...kit, keyId, keyValue: value}
}

/** Runs a command, by its id, in this process. */
export async function runCommand(id: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const file = join(ROOT, 'src', 'commands', `${id.replaceAll(':', '/')}.ts`)
  const {default: command} = (await import(pathToFileURL(file).href)) as {default: CommandClass}
  // As the program does; else the command takes the name of its class for its id.
  return apigw(Object.assign(command, {id}), [...argv], options)
}

/** What the tests of every command do with a call of it. */
export async function runCall(id: string, {argv, input}: Call, more: readonly string[] = [], options: RunOptions = {}) {
  const unused = argv.includes(UNUSED_DEPLOYMENT) ? await unusedDeployment(options.on) : ''
  const words = argv.map(word => (word === UNUSED_DEPLOYMENT ? unused : word))
  return runCommand(id, [...words, ...more], {...(input === undefined ? {} : {stdin: input}), ...options})
}

/** The id of the deployment of the world that no stage serves; any id where there is no world, or nobody who answers. */
async function unusedDeployment(on: RunOptions['on']): Promise<string> {
  try {
    const {apigateway} = clientsOn(on ?? {url: 'http://127.0.0.1:1'})
    const [api] = (await apigateway.getRestApis({})).items ?? []
    const of = {restApiId: api?.id}
    const served = (await apigateway.getStages(of)).item?.map(({deploymentId}) => deploymentId)
    const unused = (await apigateway.getDeployments(of)).items?.find(({id}) => !served?.includes(id))
    return unused?.id ?? 'a1b2c3'
  } catch {
    return 'a1b2c3'
  }
}
