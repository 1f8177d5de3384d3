import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** What the real service answered; `how` says which part of the answer is meant. */
export interface Expectation {
  key: string
  how: 'object' | 'http-json' | `field:${string}`
  aws: unknown
}

/** A call of an AWS operation. */
export interface OperationStep {
  service: string
  operation: string
  params: Record<string, unknown>
  expect?: Expectation[]
}

/** A request to a deployed API. */
export interface HttpStep {
  http: {method: string; url: string; headers: Record<string, string>; body: unknown}
  expect?: Expectation[]
}

/** A value that the recording test made itself out of several answers; nothing to send, nothing to compare. */
export interface NoteStep {
  note: string
}

export type Step = OperationStep | HttpStep | NoteStep

export interface Case {
  test: string
  source: string
  steps: Step[]
  /** The moment at which the case's absolute times were written down, in milliseconds since 1970. */
  clockBase: number
}

/** Answers of the real service; see the README next to the folder. Not part of the project: it may be absent. */
export const RECORDED = join(import.meta.dirname, '../../../shared/data/recorded')

/** The recorded cases by file name, or undefined where the data is not there. */
export function readCases(): Map<string, Case[]> | undefined {
  if (!existsSync(RECORDED)) return undefined
  const names = readdirSync(RECORDED).filter(name => name.endsWith('.json'))
  return new Map(
    names.sort().map(name => {
      const file = JSON.parse(readFileSync(join(RECORDED, name), 'utf8')) as {clock_base_ms: number; cases: Case[]}
      return [name, file.cases.map(each => ({...each, clockBase: file.clock_base_ms}))]
    }),
  )
}

/** The name that the scope and the list of exceptions use: `apigateway.CreateStage`, or `invoke` for an HTTP request. */
export function operationOf(step: Step): string | undefined {
  if ('operation' in step) return `${step.service}.${step.operation}`
  return 'http' in step ? 'invoke' : undefined
}
