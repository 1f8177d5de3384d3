/**
 * What was done already, kept in a file from run to run: a run that is killed is run again and does nothing twice.
 * Values of API keys are never in it.
 */
export interface Journal {
  /** What was noted of a thing last; undefined where nothing was. @param id what the thing is told from others by */
  entry(id: string): string | undefined
  /** Notes that a thing is done, or what else the next run has to know of it. Returns when it is on the disk. */
  note(id: string, entry?: string): Promise<void>
}
