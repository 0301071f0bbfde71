/** Not exported, so that nothing but a faulty store makes one, and no GraupelError. */
class Crash extends Error {
  override readonly name = 'Crash'
}

/** Ends a simulated process at `request`. */
export function newCrash(request: number): Error {
  return new Crash(`the process ended at request ${request}`)
}

/** Whether `error` is the end of a simulated process, or was caused by it. */
export function isCrash(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof Crash) return true
  }
  return false
}
