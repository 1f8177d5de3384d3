import {Problem} from '../domain/problem.js'
import type {Answer, Caller} from '../domain/serving.js'
import type {Session} from '../domain/session.js'

/** A stage that has not answered by then is not there, at least not for its clients. Integrations may take 29 s. */
const PATIENCE = 30_000

/** Characters of a body that are looked through. */
const MUCH = 64 * 1024

/** Calls stages over HTTP. */
export function openCaller({signal}: Session): Caller {
  return {
    async call({method, url}) {
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
        const response = await fetch(url, {method, redirect: 'manual', signal: within})
        const body = await response.text()
        return {
          status: response.status,
          message: messageOf(body),
          errorType: response.headers.get('x-amzn-errortype') ?? undefined,
          text: [...response.headers.values(), body.slice(0, MUCH)].join('\n'),
        } satisfies Answer
      } catch {
        if (signal.aborted) throw new Problem('interrupted', 'Interrupted.')
        return undefined
      }
    },
  }
}

function messageOf(body: string): string | undefined {
  try {
    const {message} = JSON.parse(body) as {message?: unknown}
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
