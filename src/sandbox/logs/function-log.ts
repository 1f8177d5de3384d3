/** An error as the runtime tells of it. */
export interface FunctionError {
  errorType: string
  errorMessage: string
  trace: readonly string[]
}

/** How an invocation ended, for the line that reports it. */
export interface InvocationReport {
  /** Milliseconds that the handler ran. */
  duration: number
  /** Milliseconds that it took to load the module; only where this invocation waited for it. */
  initDuration?: number | undefined
  /** Bytes. */
  memoryUsed: number
  status: 'success' | 'timeout' | 'error'
}

const MEMORY_SIZE = 128
const MEGABYTE = 1024 * 1024

interface Line {
  /** Milliseconds since 1970. */
  timestamp: number
  message: string
}

/**
 * What one execution environment of a function writes to its log stream, in the text format of Lambda's Node.js
 * runtimes. Each event ends with a line break. The events of an invocation are delivered together, which keeps those of
 * one millisecond in order.
 * Sources: "Log and monitor Node.js Lambda functions", Lambda Developer Guide; logs that users published, for the lines
 * of failures and for `Status` in the report.
 */
export class FunctionLog {
  /** What the runtime writes in the place of the id before the first invocation. */
  #requestId = 'undefined'
  #isRunning = false
  #lines: Line[] = []

  constructor(
    private readonly deliver: (lines: readonly Line[]) => void,
    private readonly millis: () => number,
  ) {}

  started(requestId: string): void {
    this.#requestId = requestId
    this.#isRunning = true
    this.#write(`START RequestId: ${requestId} Version: $LATEST\n`)
  }

  /** What the function printed by `console`; all that is printed at once is one event. */
  logged(level: string, text: string): void {
    this.#write(`${this.#time()}\t${this.#requestId}\t${level}\t${text}\n`)
  }

  /** What the function wrote to stdout or stderr by itself: as it is, an event for each line. */
  wrote(text: string): void {
    for (const line of text.split('\n')) if (line) this.#write(`${line}\n`)
  }

  failed({errorType, errorMessage, trace}: FunctionError): void {
    this.logged('ERROR', `Invoke Error \t${JSON.stringify({errorType, errorMessage, stack: trace})}`)
  }

  /** @param exitCode of a process that ended before its handler did */
  ended({duration, initDuration, memoryUsed, status}: InvocationReport, exitCode?: number): void {
    const id = this.#requestId
    if (status === 'timeout') {
      this.#write(`${this.#time()} ${id} Task timed out after ${(duration / 1000).toFixed(2)} seconds\n\n`)
    }
    this.#write(`END RequestId: ${id}\n`)
    const fields = [
      `REPORT RequestId: ${id}`,
      `Duration: ${duration.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(duration + (initDuration ?? 0))} ms`,
      `Memory Size: ${MEMORY_SIZE} MB`,
      `Max Memory Used: ${Math.ceil(memoryUsed / MEGABYTE)} MB`,
      ...(initDuration === undefined ? [] : [`Init Duration: ${initDuration.toFixed(2)} ms`]),
      ...(status === 'timeout' ? ['Status: timeout'] : []),
      ...(status === 'error' ? ['Status: error', 'Error Type: Runtime.ExitError'] : []),
    ]
    this.#write(`${fields.join('\t')}\t\n`)
    if (exitCode !== undefined) {
      this.#write(`RequestId: ${id} Error: Runtime exited with error: exit status ${exitCode}\nRuntime.ExitError\n`)
    }
    this.#isRunning = false
    this.#flush()
  }

  #write(message: string): void {
    this.#lines.push({timestamp: this.millis(), message})
    if (!this.#isRunning) this.#flush()
  }

  #flush(): void {
    this.deliver(this.#lines)
    this.#lines = []
  }

  #time(): string {
    return new Date(this.millis()).toISOString()
  }
}
