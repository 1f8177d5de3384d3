import type {Change} from './plan.js'
import {Problem} from './problem.js'

/** One change of a plan that takes several, and how it is made. */
export interface Step {
  change: Change
  /** What can be said when it is done: "created IAM role x". */
  done: string
  run(): Promise<void>
}

/**
 * Takes the steps in their order and tells of each when it is done.
 * @param finish "To finish: …", the command that takes those that are left, where it is not the same command again
 * @throws Problem as a step threw it; when it was not the first, saying what was done before and what was left
 */
export async function takeSteps(
  steps: readonly Step[],
  notice: (text: string) => void,
  finish?: string,
): Promise<void> {
  for (const [i, step] of steps.entries()) {
    try {
      await step.run()
    } catch (error) {
      throw halfDone(error, steps, i, finish)
    }
    notice(step.done)
  }
}

function halfDone(error: unknown, steps: readonly Step[], failed: number, finish?: string): unknown {
  if (failed === 0 || !(error instanceof Problem)) return error
  const done = steps.slice(0, failed).map(step => step.done)
  const left = steps.slice(failed).map(({change: {action, kind, name}}) => `${action} ${kind} ${name}`)
  const message = `${error.message}\nDone before that: ${done.join(', ')}. Not done: ${left.join(', ')}.`
  const when = error.kind === 'interrupted' ? '' : ' when this is mended'
  const again = `Run the same command again${when}: it goes on where it stopped.`
  const hint = finish ? [error.hint, finish].filter(Boolean).join('\n') : (error.hint ?? again)
  return new Problem(error.kind, message, hint, {code: error.code, requestId: error.requestId, cause: error})
}
