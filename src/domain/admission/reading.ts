import {Problem} from '../problem.js'

/** What was read, or why it could not be. */
export type Read<Value> = {value: Value} | {why: string}

/** After one of these there is no sense in asking on. */
const HOPELESS: readonly string[] = ['interrupted', 'unreachable', 'gave-up']

/** Reads something whose lack leaves the rest worth knowing. */
export async function attempt<Value>(reading: Promise<Value>): Promise<Read<Value>> {
  try {
    return {value: await reading}
  } catch (error) {
    if (!(error instanceof Problem) || HOPELESS.includes(error.kind)) throw error
    return {why: error.message}
  }
}

export const readValue = <Value>(read: Read<Value>): Value | undefined => ('value' in read ? read.value : undefined)
