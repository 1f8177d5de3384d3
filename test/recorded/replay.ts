import * as apigateway from '@aws-sdk/client-api-gateway'
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as sts from '@aws-sdk/client-sts'
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js'
import {ACCOUNT_ID} from '../../src/sandbox/service.js'
import {type Bindings, Comparison} from './comparison.js'
import {type Case, type Expectation, type HttpStep, type OperationStep, operationOf} from './recording.js'

/** How one expectation came out. */
export interface Result {
  test: string
  key: string
  operation: string
  /** Undefined where the sandbox answers as recorded. */
  difference: string | undefined
}

/** What came back: a value, or the error that the service names. */
interface Answer {
  status: number
  value?: unknown
  error?: {name: string; message: string}
}

type Refusal = Error & {$metadata?: {httpStatusCode?: number}; Error?: {Code?: string}}

interface Client {
  send(command: unknown): Promise<{$metadata: {httpStatusCode?: number}}>
}

type Commands = Record<string, new (params: unknown) => unknown>

const ACCOUNT_MASK = '${account}'

/** Sends the steps of a case to a fresh, empty sandbox and compares every answer that was recorded. */
export async function replay(recording: Case): Promise<Result[]> {
  const sandbox = await startSandbox()
  try {
    return await new Replay(sandbox, recording).run()
  } finally {
    await sandbox.stop()
  }
}

class Replay {
  readonly #clients: Record<string, {client: Client; commands: Commands}>
  readonly #answers: Answer[] = []
  readonly #comparison = new Comparison(ACCOUNT_ID)
  readonly #shift: number
  #bindings: Bindings = new Map()

  constructor(
    private readonly sandbox: Sandbox,
    private readonly recording: Case,
  ) {
    const configuration = {
      endpoint: sandbox.url,
      region: 'us-east-1',
      credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
      maxAttempts: 1,
      disableHostPrefix: true,
    }
    this.#clients = {
      apigateway: entry(new apigateway.APIGatewayClient(configuration), apigateway),
      cloudwatch: entry(new cloudwatch.CloudWatchClient(configuration), cloudwatch),
      logs: entry(new logs.CloudWatchLogsClient(configuration), logs),
      sts: entry(new sts.STSClient(configuration), sts),
    }
    this.#shift = Math.round((Date.now() - recording.clockBase) / 60_000) * 60_000
  }

  async run(): Promise<Result[]> {
    const results: Result[] = []
    for (const step of this.recording.steps) {
      const answer = 'note' in step ? {status: 0} : await this.#send(step)
      this.#answers.push(answer)
      if ('note' in step) continue
      for (const expectation of step.expect ?? []) {
        const {test} = this.recording
        const difference = this.#compare(expectation, answer)
        results.push({test, key: expectation.key, operation: operationOf(step)!, difference})
      }
    }
    return results
  }

  async #send(step: OperationStep | HttpStep): Promise<Answer> {
    if ('http' in step) return this.#invoke(step)
    const target = this.#clients[step.service]
    const Command = target?.commands[`${step.operation}Command`]
    if (!target || !Command) return refused('NoClient', `no client for ${operationOf(step)}`)
    try {
      const {$metadata, ...value} = await target.client.send(new Command(this.#fill(step.params)))
      return {status: $metadata.httpStatusCode ?? 0, value: plain(value)}
    } catch (error) {
      const {name, message, $metadata, ...refusal} = error as Refusal
      // Services that once spoke the query protocol have a second name for an error; clients of then, as the recorded
      // one, show that.
      return {...refused(refusal.Error?.Code ?? name, message), status: $metadata?.httpStatusCode ?? 0}
    }
  }

  /** Recorded on an emulator's addresses; the same API and stage are addressed by the sandbox's path form. */
  async #invoke({http}: HttpStep): Promise<Answer> {
    const url = new URL(String(this.#fill(http.url)).replaceAll('_user_request_/', ''))
    const byHost = /^([a-z0-9]+)\.execute-api\./.exec(url.hostname)
    const path = byHost ? `/${byHost[1]}${url.pathname}` : url.pathname.replace(/^\/restapis/, '')
    const response = await fetch(`${this.sandbox.url}/execute-api${path}${url.search}`, {
      method: http.method,
      headers: http.headers,
      body: http.body === null ? undefined : (this.#fill(http.body) as Uint8Array<ArrayBuffer> | string),
    })
    return {status: response.status, value: await response.text()}
  }

  #compare({how, aws}: Expectation, answer: Answer): string | undefined {
    if (how === 'http-json') return this.#match(aws, answer.value)
    const {ResponseMetadata, Error: refusal, ...members} = aws as Record<string, unknown>
    const status = (ResponseMetadata as {HTTPStatusCode?: number} | undefined)?.HTTPStatusCode
    const expected = refusal
      ? {status, name: (refusal as {Code: string}).Code, message: (refusal as {Message: string}).Message}
      : {status, value: members}
    if (how.startsWith('field:')) {
      return this.#match(aws, (answer.value as Record<string, unknown> | undefined)?.[how.slice('field:'.length)])
    }
    return this.#match(expected, {status: answer.status, value: answer.value, ...answer.error})
  }

  #match(expected: unknown, actual: unknown): string | undefined {
    const match = this.#comparison.match(expected, actual, this.#bindings)
    if ('difference' in match) return match.difference
    this.#bindings = match.bindings
    return undefined
  }

  /** Puts earlier answers, the account and today's times into what is sent. */
  #fill(value: unknown): unknown {
    if (typeof value === 'string') {
      return value.replaceAll(ACCOUNT_MASK, ACCOUNT_ID).replace(/\$\{(\d+)\.([^}]+)\}/g, (_, step, field) => {
        let found: unknown = this.#answers[Number(step)]?.value
        for (const name of String(field).split('.')) found = (found as Record<string, unknown> | undefined)?.[name]
        return String(found)
      })
    }
    if (typeof value === 'number') return this.#shifted(value)
    if (Array.isArray(value)) return value.map(item => this.#fill(item))
    if (value === null || typeof value !== 'object') return value
    const tagged = value as {$bytes?: string; $time?: string}
    if (tagged.$bytes !== undefined) return new Uint8Array(Buffer.from(tagged.$bytes, 'base64'))
    if (tagged.$time !== undefined) return new Date(Date.parse(tagged.$time) + this.#shift)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#fill(item)]))
  }

  /** Times are plain numbers in CloudWatch Logs: milliseconds, or seconds in its queries. */
  #shifted(value: number): number {
    const near = (base: number, span: number) => Math.abs(value - base) < span
    const {clockBase} = this.recording
    if (near(clockBase, YEAR)) return value + this.#shift
    return near(clockBase / 1000, YEAR / 1000) ? value + this.#shift / 1000 : value
  }
}

const YEAR = 366 * 24 * 3_600_000

function entry(client: unknown, commands: unknown): {client: Client; commands: Commands} {
  return {client: client as Client, commands: commands as Commands}
}

function refused(name: string, message: string): Answer {
  return {status: 0, error: {name, message}}
}

/** Bodies come as bytes and are compared as text. */
function plain(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      member instanceof Uint8Array ? Buffer.from(member).toString() : member,
    ]),
  )
}
