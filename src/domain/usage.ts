/** What a key used of its quota on one UTC day. */
export interface DayUsage {
  /** `YYYY-MM-DD`. */
  day: string
  used: number
  /** What was left of the quota at the end of that day; of today, what is left now. */
  remaining: number
}

/** A key of a plan, and its days in order. */
export interface KeyUsage {
  keyId: string
  days: DayUsage[]
}

/** UTC days, both included, as `YYYY-MM-DD`. */
export interface DayRange {
  from: string
  to: string
}

/** What the keys of usage plans used. Only plans with a quota are counted: of others every day is 0 and 0 (recorded). */
export interface UsageStore {
  /** All keys of a plan, also disabled ones, or one of them. @throws Problem missing */
  read(planId: string, range: DayRange, keyId?: string): AsyncIterable<KeyUsage>
  /**
   * Gives a key so many more requests until the present period of the quota ends.
   * @throws Problem missing where the key is not on the plan
   */
  setRemaining(planId: string, keyId: string, remaining: number): Promise<void>
}
