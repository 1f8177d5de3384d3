/** An expectation that does not hold, and why. The list may only shrink. */
export interface Exception {
  test: string
  key: string
  reason: string
  /** What the reason stands on. */
  source: string
}

export const EXCEPTIONS: readonly Exception[] = []
