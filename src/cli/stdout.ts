let unwritten: NodeJS.ErrnoException | undefined

const onError = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') unwritten ??= error
}

/**
 * Makes the program the only one that listens to errors of stdout. oclif adds a listener when its Command is loaded,
 * which throws what is not EPIPE: a stack trace, or inside console.log nothing at all.
 */
export function takeStdout(): void {
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', onError)
}

/** Why something that was written to stdout is lost, as on a full disk; not for a reader that has gone. */
export const lossOfOutput = (): NodeJS.ErrnoException | undefined => unwritten
