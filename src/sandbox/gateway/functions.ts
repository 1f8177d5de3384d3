import {randomBytes, randomUUID} from 'node:crypto'
import {stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import {Worker} from 'node:worker_threads'
import {type FunctionError, FunctionLog, type InvocationReport} from '../logs/function-log.js'
import type {LogWriter} from '../logs/log-writer.js'
import {ACCOUNT_ID} from '../service.js'

/** What an invocation came to. Payloads are JSON texts. */
export type FunctionResult =
  | {kind: 'returned'; payload: string; requestId: string}
  /** The function threw, could not be loaded, or ended its process; the payload is Lambda's error object. */
  | {kind: 'failed'; payload: string; message: string; requestId: string}
  | {kind: 'timedOut'}

/** A function's name and version or alias, as an invocation names it. */
export interface FunctionName {
  region: string
  name: string
  qualifier: string | undefined
}

/** Environments per function; what comes beyond waits for one, and its time runs. Lambda would start more. */
const MAX_ENVIRONMENTS = 16

interface Environment {
  worker: Worker
  /** When the module that it has loaded was last written. */
  version: number
  logStream: string
  log: FunctionLog
}

/** What a worker says: something that the function printed, or what became of the invocation. */
type Message =
  | {logged: {level: string; text: string}}
  | {wrote: string}
  | ({initDuration: number | undefined; memoryUsed: number} & ({payload: string} | {error: FunctionError}))

type Outcome = Exclude<Message, {logged: unknown} | {wrote: unknown}>

/**
 * Runs local modules in the place of Lambda functions. Each invocation has a worker thread to itself, as each on Lambda
 * has an execution environment: a function that hangs or exits takes nothing else down. Idle threads are used again
 * until their module's file changes (what that module imports is not watched).
 */
export class Functions {
  readonly #idle = new Map<string, Environment[]>()
  readonly #waiting = new Map<string, (() => void)[]>()
  readonly #running = new Map<string, number>()
  readonly #workers = new Set<Worker>()

  /** @param modules files that export `handler`, by function name or `name:alias` */
  constructor(
    private readonly modules: Readonly<Record<string, string>>,
    private readonly logs: LogWriter,
    private readonly millis: () => number,
  ) {}

  /** The name under which a function is known here, or undefined. */
  find({name, qualifier}: FunctionName): string | undefined {
    return [`${name}:${qualifier}`, name].find(known => Object.hasOwn(this.modules, known))
  }

  /**
   * @param known from `find`
   * @param event a JSON text
   * @param timeout milliseconds
   */
  async invoke(known: string, called: FunctionName, event: string, timeout: number): Promise<FunctionResult> {
    const deadline = Date.now() + timeout
    if (!(await this.#enter(known, timeout))) return {kind: 'timedOut'}
    try {
      const environment = await this.#environment(known, called)
      const result = await this.#run(environment, called, event, deadline)
      if (result !== undefined) {
        this.#idleOf(known).push(environment)
        return result
      }
      return {kind: 'timedOut'}
    } catch (error) {
      const {requestId, errorType, errorMessage} = error as ExitError
      return {kind: 'failed', requestId, message: errorMessage, payload: JSON.stringify({errorType, errorMessage})}
    } finally {
      this.#leave(known)
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#workers].map(worker => worker.terminate()))
  }

  /** Waits for one of the function's places; false if none was free in time. */
  async #enter(known: string, timeout: number): Promise<boolean> {
    const running = this.#running.get(known) ?? 0
    if (running < MAX_ENVIRONMENTS) {
      this.#running.set(known, running + 1)
      return true
    }
    const queue = this.#waiting.get(known) ?? []
    this.#waiting.set(known, queue)
    return new Promise(decide => {
      const enter = () => {
        clearTimeout(timer)
        decide(true)
      }
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(enter), 1)
        decide(false)
      }, timeout)
      queue.push(enter)
    })
  }

  /** Hands the place to who waits longest. */
  #leave(known: string): void {
    const next = this.#waiting.get(known)?.shift()
    if (next) next()
    else this.#running.set(known, (this.#running.get(known) ?? 1) - 1)
  }

  #idleOf(known: string): Environment[] {
    const idle = this.#idle.get(known) ?? []
    this.#idle.set(known, idle)
    return idle
  }

  async #environment(known: string, called: FunctionName): Promise<Environment> {
    const file = resolve(this.modules[known]!)
    const version = await stat(file).then(
      ({mtimeMs}) => mtimeMs,
      () => 0,
    )
    const idle = this.#idleOf(known)
    for (let environment = idle.pop(); environment; environment = idle.pop()) {
      if (environment.version === version && this.#workers.has(environment.worker)) return environment
      void environment.worker.terminate()
    }
    const worker = new Worker(WORKER, {
      eval: true,
      execArgv: [],
      workerData: {file},
      env: {...process.env, AWS_REGION: called.region, AWS_LAMBDA_FUNCTION_NAME: called.name},
      stdout: true,
      stderr: true,
    })
    // An idle function must not keep the sandbox's process alive.
    worker.unref()
    this.#workers.add(worker)
    worker.once('exit', () => this.#workers.delete(worker))
    // An idle worker may die, too; whoever waits for it learns of it by its exit.
    worker.on('error', () => {})
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
    const logStream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`
    const log = new FunctionLog(text => this.logs.printed(called.region, called.name, logStream, text), this.millis)
    // What goes past `write`, which nothing should, must not get to the sandbox's own output.
    for (const output of [worker.stdout, worker.stderr]) output.on('data', chunk => log.wrote(String(chunk)))
    worker.on('message', (message: Message) => {
      if ('logged' in message) log.logged(message.logged.level, message.logged.text)
      if ('wrote' in message) log.wrote(message.wrote)
    })
    return {worker, version, logStream, log}
  }

  /** Undefined when the time was up; the worker is then gone. @throws ExitError */
  #run(
    environment: Environment,
    called: FunctionName,
    event: string,
    deadline: number,
  ): Promise<FunctionResult | undefined> {
    const {worker, log, logStream} = environment
    const requestId = randomUUID()
    const started = performance.now()
    const report = (status: InvocationReport['status'], {memoryUsed = 0, initDuration}: Partial<Outcome> = {}) => ({
      duration: performance.now() - started - (initDuration ?? 0),
      initDuration,
      memoryUsed,
      status,
    })
    log.started(requestId)
    return new Promise((decide, fail) => {
      let uncaught: Error | undefined
      const settle = (act: () => void) => {
        clearTimeout(timer)
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        act()
      }
      const onMessage = (message: Message) => {
        if ('logged' in message || 'wrote' in message) return
        if ('error' in message) log.failed(message.error)
        log.ended(report('success', message))
        settle(() => decide(resultOf(message, requestId)))
      }
      const onError = (error: Error) => {
        uncaught = error
      }
      const onExit = (code: number) => {
        log.ended(report('error'), code)
        settle(() => fail(new ExitError(requestId, code, uncaught)))
      }
      const timer = setTimeout(
        () => {
          log.ended(report('timeout'))
          settle(() => decide(undefined))
          void worker.terminate()
        },
        Math.max(0, deadline - Date.now()),
      )
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
      worker.postMessage({event, deadline, context: contextOf(called, requestId, logStream)})
    })
  }
}

function resultOf(message: Outcome, requestId: string): FunctionResult {
  if ('payload' in message) return {kind: 'returned', payload: message.payload, requestId}
  const {error} = message
  return {kind: 'failed', payload: JSON.stringify(error), message: error.errorMessage, requestId}
}

/** The function ended its process, or an error that nobody caught did. */
class ExitError extends Error {
  readonly errorType: string
  readonly errorMessage: string

  constructor(
    readonly requestId: string,
    code: number,
    uncaught: Error | undefined,
  ) {
    super('Runtime exited')
    this.errorType = uncaught ? uncaught.name : 'Runtime.ExitError'
    this.errorMessage = uncaught
      ? uncaught.message
      : `RequestId: ${requestId} Error: Runtime exited with error: exit status ${code}`
  }
}

/** The serialisable part of Lambda's context object. */
function contextOf({region, name, qualifier}: FunctionName, awsRequestId: string, logStreamName: string) {
  const suffix = qualifier ? `:${qualifier}` : ''
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${name}${suffix}`,
    memoryLimitInMB: '128',
    awsRequestId,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName,
    callbackWaitsForEmptyEventLoop: true,
  }
}

/** The worker's program, as text because the packed program is bundled and has no file of its own for it. */
const WORKER = `
const {parentPort, workerData} = require('node:worker_threads')
const {pathToFileURL} = require('node:url')
const {format} = require('node:util')

const LEVELS = {log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', debug: 'DEBUG', trace: 'TRACE'}
for (const [name, level] of Object.entries(LEVELS)) {
  console[name] = (...values) => parentPort.postMessage({logged: {level, text: format(...values)}})
}
// By the same way as everything else, so that all of it comes in the order in which it was printed.
for (const output of [process.stdout, process.stderr]) {
  output.write = (text, ...rest) => {
    parentPort.postMessage({wrote: String(text)})
    rest.find(argument => typeof argument === 'function')?.()
    return true
  }
}

let loading
async function load() {
  try {
    loading ??= import(pathToFileURL(workerData.file).href)
    const module = await loading
    const handler = module.handler ?? module.default?.handler
    if (typeof handler === 'function') return handler
  } catch (error) {
    const type = error instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : 'Runtime.ImportModuleError'
    throw Object.assign(new Error(String(error?.message ?? error)), {name: type, stack: error?.stack})
  }
  throw Object.assign(new Error(workerData.file + ' does not export handler'), {name: 'Runtime.HandlerNotFound'})
}

function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result))
    const returned = handler(event, context, callback)
    // A handler that takes a callback answers by it, unless it answers with a promise.
    if (handler.length < 3 || typeof returned?.then === 'function') resolve(returned)
  })
}

async function outcome({event, context, deadline}, loaded) {
  try {
    const handler = await load()
    loaded()
    const remaining = () => Math.max(0, deadline - Date.now())
    const value = await call(handler, JSON.parse(event), {...context, getRemainingTimeInMillis: remaining})
    return {payload: JSON.stringify(value) ?? 'null'}
  } catch (error) {
    const isError = error instanceof Error
    return {
      error: {
        errorType: isError ? error.name : typeof error,
        errorMessage: isError ? error.message : String(error),
        trace: isError ? String(error.stack).split('\\n') : [],
      },
    }
  }
}

parentPort.on('message', async invocation => {
  const started = loading ? undefined : performance.now()
  let initDuration
  const result = await outcome(invocation, () => {
    if (started !== undefined) initDuration = performance.now() - started
  })
  parentPort.postMessage({...result, initDuration, memoryUsed: process.memoryUsage().heapUsed})
})
`
