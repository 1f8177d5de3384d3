import {run} from '@oclif/core/run'
import {lossOfOutput, takeStdout} from './stdout.js'

/**
 * Runs the program. Commands report their own failures; what arrives here happened outside of one, such as a command
 * that does not exist. The process ends only when everything written has been read: oclif's own ending gives up after
 * ten seconds and loses what a slow reader had not taken yet.
 */
export async function main(argv: string[], url: string): Promise<void> {
  takeStdout()
  // Nobody hears it when stderr fails.
  process.stderr.on('error', () => {})
  try {
    await run(argv, url)
  } catch (error) {
    await report(error, argv)
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  const loss = lossOfOutput()
  if (loss) await report(await problemOf(loss), argv)
  process.exit()
}

/** Tells of a failure and sets the exit code. Loads what that takes only now: a run that goes well does without. */
async function report(error: unknown, argv: string[]): Promise<void> {
  const [{failureFor}, {terminal}] = await Promise.all([import('./failure.js'), import('./io.js')])
  const failure = failureFor(error, argv, terminal.io)
  terminal.io.stderr.write(failure.text)
  process.exitCode = failure.exitCode
}

/** What could not be written to stdout, as on a full disk, is lost: that is no success. */
async function problemOf({code, message}: NodeJS.ErrnoException): Promise<Error> {
  const {Problem} = await import('../domain/problem.js')
  const reason = message.replace(/^[A-Z]+: /, '').replace(/, write$/, '')
  return new Problem('failed', `Cannot write to stdout: ${reason}.`, undefined, {code})
}

/** Resolves when a stream has handed everything to its reader, or has none any more. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed || !stream.writable) return resolve()
    stream.once('error', () => resolve())
    stream.once('close', () => resolve())
    stream.write('', () => resolve())
  })
}
