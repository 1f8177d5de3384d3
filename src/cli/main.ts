import {run} from '@oclif/core/run'

/**
 * Runs the program. Commands report their own failures; what arrives here happened outside of one, such as a command
 * that does not exist. The process ends only when everything written has been read: oclif's own ending gives up after
 * ten seconds and loses what a slow reader had not taken yet.
 */
export async function main(argv: string[], url: string): Promise<void> {
  try {
    await run(argv, url)
  } catch (error) {
    // Loaded only now: a run that goes well does without.
    const [{failureFor}, {terminal}] = await Promise.all([import('./failure.js'), import('./io.js')])
    const failure = failureFor(error, argv, terminal.io)
    terminal.io.stderr.write(failure.text)
    process.exitCode = failure.exitCode
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  process.exit()
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
