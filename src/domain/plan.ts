/** One thing that a command is going to do. */
export interface Change {
  action:
    | 'create'
    | 'update'
    | 'delete'
    | 'attach'
    | 'detach'
    | 'enable'
    | 'disable'
    | 'import'
    | 'deploy'
    | 'flush'
    /** It stays: said where one might think that it goes, too. */
    | 'keep'
  /** The kind of thing, in the service's terms: "API key", "stage". */
  kind: string
  /** Its name, or its id where it has none. */
  name: string
  /** What exactly, in a few words: "rate 100/s, burst 200". */
  detail?: string | undefined
}

/**
 * What a command is going to do, found out by reading only. Showing the changes is a dry run; `apply` carries them out
 * in order. When it fails half-way, its Problem says what was done and what was not.
 */
export interface Plan<Result> {
  changes: readonly Change[]
  /** What to say when there are no changes, if that needs saying. */
  nothing?: string
  apply(): Promise<Result>
}
