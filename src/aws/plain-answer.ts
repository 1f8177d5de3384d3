import {text} from 'node:stream/consumers'
import type {DeserializeMiddleware, MiddlewareStack} from '@smithy/types'

/** A command of an SDK client, as far as this needs it. */
interface Command<Input extends object, Output extends object> {
  middlewareStack: MiddlewareStack<Input, Output>
}

/**
 * Has the body of a command's answer read by JSON.parse alone: the SDK looks up each member of each item in its schema,
 * which takes several times as long where there are thousands. Only for answers of texts and numbers, which JSON has as
 * the schema has them. Errors, and what is no JSON, take the SDK's way.
 * @returns the answer, once the command was sent; undefined where it failed
 */
export function plainAnswer<Input extends object, Output extends object>(
  command: Command<Input, Output>,
): () => Output | undefined {
  let answer: Output | undefined
  const read: DeserializeMiddleware<Input, Output> = next => async args => {
    const result = await next(args)
    const response = result.response as {statusCode: number; body: unknown}
    if (response.statusCode !== 200) return result
    const body = await text(response.body as AsyncIterable<Uint8Array>)
    try {
      answer = JSON.parse(body)
      response.body = Buffer.from('{}')
    } catch {
      response.body = Buffer.from(body)
    }
    return result
  }
  command.middlewareStack.addRelativeTo(read, {
    name: 'plainAnswerMiddleware',
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
  })
  return () => answer
}
