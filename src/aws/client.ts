import type {APIGatewayClientConfig} from '@aws-sdk/client-api-gateway'
import type {OperationSchema, StaticOperationSchema} from '@smithy/types'
import {duration} from '../domain/duration.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {isBusy, isLost, isServerFault, isThrottle, problemOf, retryAfter} from './failure.js'
import {limitOf, Pacer} from './pacing.js'

// The SDK writes seven lines about its future plans for Node 20 to stderr of every command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

/** What all SDK clients have in common, as far as this program uses them. */
export interface SdkClient {
  // biome-ignore lint/suspicious/noExplicitAny: each client's `send` takes only the commands of its own package
  send(command: any, options: {abortSignal: AbortSignal}): Promise<any>
}

/**
 * Sends commands: paced, retried, and with errors in the user's words. A caller that spaces its calls by itself says what
 * to wait for before each further attempt.
 */
export type Send = <Output>(command: SdkCommand<Output>, again?: () => Promise<unknown>) => Promise<Output>

/** A command of any SDK client, by what it yields. */
export interface SdkCommand<Output> {
  input: object
  schema?: OperationSchema | StaticOperationSchema | undefined
  // biome-ignore lint/suspicious/noExplicitAny: only its output type is of use here
  resolveMiddleware(...args: any[]): (...args: any[]) => Promise<{output: Output}>
}

type Configuration = Pick<
  APIGatewayClientConfig,
  'region' | 'profile' | 'endpoint' | 'maxAttempts' | 'requestHandler' | 'logger'
>

/**
 * Milliseconds without a byte after which a connection counts as lost: a laptop that slept, or changed its network, is
 * not told, and the SDK by itself would wait for ever. The AWS CLI waits as long.
 */
const SILENCE = 60_000

/**
 * How every client is made: region, profile, endpoint and CA bundle as in the AWS CLI; retries are ours.
 * @param silence milliseconds without a byte after which a connection counts as lost
 */
export async function configurationOf(
  session: Session,
  {silence = SILENCE} = {},
): Promise<Configuration & {disableHostPrefix?: true}> {
  const endpoint = session.endpointUrl
  checkEndpoint('--endpoint-url', endpoint)
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('AWS_ENDPOINT_URL')) checkEndpoint(name, value)
  }
  return {
    ...(session.region ? {region: session.region} : {}),
    ...(session.profile ? {profile: session.profile} : {}),
    // StartLiveTail and others put a prefix before the host, which no local endpoint answers to.
    ...(endpoint ? {endpoint, disableHostPrefix: true} : process.env.AWS_ENDPOINT_URL ? {disableHostPrefix: true} : {}),
    requestHandler: {socketTimeout: silence, ...(await certificates())},
    logger: SILENT,
    maxAttempts: 1,
  }
}

/** Else the SDK fails at the first call, with an error that has no words. @throws Problem usage, naming the setting */
function checkEndpoint(setting: string, endpoint: string | undefined): void {
  if (!endpoint || /^https?:\/\//i.test(endpoint)) return
  throw new Problem('usage', `${setting}: "${endpoint}" is not the URL of an endpoint.`, NEEDS_SCHEME)
}

const NEEDS_SCHEME = 'It begins with http:// or https://, such as http://127.0.0.1:4599'

/**
 * The SDK would remark on keys in the environment beside a profile. The profile wins, as in the AWS CLI; there is nothing
 * to remark on. It has no `info`: for that the SDK copies each answer, member by member, to cover up what is secret.
 */
const SILENT = {debug() {}, warn() {}, error() {}} as unknown as NonNullable<Configuration['logger']>

/** AWS_CA_BUNDLE, which the AWS CLI reads and the JavaScript SDK does not. */
async function certificates(): Promise<{httpsAgent?: {ca: string[]}}> {
  const path = process.env.AWS_CA_BUNDLE
  if (!path) return {}
  const [{readFile}, {rootCertificates}] = await Promise.all([import('node:fs/promises'), import('node:tls')])
  const bundle = await readFile(path, 'utf8').catch(error => {
    throw new Problem('usage', `AWS_CA_BUNDLE cannot be read: ${(error as Error).message}`)
  })
  return {httpsAgent: {ca: [...rootCertificates, bundle]}}
}

/** One pacer per run: the rates are the account's, whichever adapter makes the call. */
const pacers = new WeakMap<Session, Pacer>()

/** Attempts at a call whose connection was lost or that the service failed at. */
const MAX_ATTEMPTS = 4

/**
 * Binds a client to the session's patience. Every adapter sends through the function that this returns.
 * @param outwaitsThrottles false for a caller that spaces its calls by itself and wants to hear of throttles at once
 */
export function sender(client: SdkClient, session: Session, {outwaitsThrottles = true} = {}): Send {
  let pacer = pacers.get(session)
  if (!pacer) {
    pacer = new Pacer(session)
    pacers.set(session, pacer)
  }
  const paced = pacer
  return async (command, again) => {
    const operation = operationOf(command)
    const started = session.clock.now()
    for (let attempt = 1; ; attempt++) {
      await paced.turn(operation)
      try {
        return await client.send(command, {abortSignal: session.signal})
      } catch (error) {
        const wait = waitFor(error, operation, attempt, session)
        if (wait === undefined || (isThrottle(error) && !outwaitsThrottles)) throw problemOf(error, operation, session)
        const waited = session.clock.now() - started
        if (waited + wait > session.maxWait) throw gaveUp(error, operation, session)
        if (wait >= 1_000) session.notice(`waiting ${duration(wait)}: ${reason(error, operation)}`)
        await session.clock.sleep(wait, session.signal)
        await again?.()
      }
    }
  }
}

/** The operation's name, from its schema: a bundler may rename the command's class. */
function operationOf({schema}: SdkCommand<unknown>): string {
  if (!schema) return 'the call'
  return 'name' in schema ? schema.name : schema[2]
}

/**
 * Milliseconds until the next attempt; undefined when there should be none. A throttle is waited for as long as the
 * session allows, as is another change that is in the way; a lost connection or a failing service only a few times, and
 * never where a second attempt could make a second thing: a key is on a plan once, and an imported one is there once, by its
 * value, whatever comes.
 */
function waitFor(error: unknown, operation: string, attempt: number, session: Session): number | undefined {
  if (session.signal.aborted) return undefined
  if (isThrottle(error)) return Math.max(retryAfter(error, session.clock.now()) ?? 0, backoff(attempt, 20_000))
  if (isBusy(error)) return backoff(attempt, 20_000)
  if (attempt >= MAX_ATTEMPTS || !(isLost(error) || isServerFault(error))) return undefined
  if (/^(Create(?!UsagePlanKey$)|Import(?!ApiKeys$)|Generate|StartQuery)/.test(operation)) return undefined
  return backoff(attempt, 2_000)
}

/** Exponential with equal jitter, so that many runs of this program do not return in step. */
function backoff(attempt: number, cap: number): number {
  const full = Math.min(cap, 250 * 2 ** (attempt - 1))
  return full / 2 + Math.random() * (full / 2)
}

function reason(error: unknown, operation: string): string {
  if (isThrottle(error)) return `throttled; ${limitOf(operation)}`
  return isBusy(error) ? 'another change is in the way' : `${operation} failed, trying again`
}

function gaveUp(error: unknown, operation: string, session: Session): Problem {
  const problem = problemOf(error, operation, session)
  if (!isThrottle(error)) return problem
  const text = `Gave up on ${operation}: the service throttled it for ${duration(session.maxWait)}.`
  return new Problem('gave-up', text, problem.hint, {code: problem.code, requestId: problem.requestId, cause: error})
}

/** Makes something at the first call and keeps it: a client that a command may turn out not to need. */
export function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
