/**
 * What the caller can do about an error. One code per reaction, not per cause: a new code is
 * added only when a caller would handle it differently.
 */
export type ErrorCode =
  | 'INVALID' // the query, an argument or an input file is wrong: fix it
  | 'NOT_FOUND' // a database, table, column, version or object does not exist
  | 'CONFLICT' // another writer committed first: reload the snapshot and retry
  | 'UNAVAILABLE' // storage did not answer: retry later
  | 'COMMIT_UNKNOWN' // the commit may or may not have landed: ask `resolve`, or do again what the message names
  | 'DATA' // stored bytes are not what their metadata says: do not retry
  | 'EXPIRED' // that version has been vacuumed
  | 'LIMIT' // a stated budget was exceeded: raise it or ask for less
  | 'ABORTED' // the caller's AbortSignal fired

/** Names the thing that an error is about: file, line, column, value, version and the like. */
export type ErrorFacts = Readonly<Record<string, unknown>>

/**
 * The only error that leaves this library. `code` and `facts` are API and change by semver; the
 * message is not. A plain `Error` thrown from here is a bug of ours.
 */
export class GraupelError extends Error {
  // Node.js prints the class's own name, which the package shortens.
  static {
    Object.defineProperty(GraupelError, 'name', { value: 'GraupelError' })
  }

  override readonly name = 'GraupelError'
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.facts = facts
  }
}

/** An `INVALID` error: the call or the input has to be fixed. */
export function invalid(message: string, facts: ErrorFacts = {}): GraupelError {
  return new GraupelError('INVALID', message, facts)
}

/** A `DATA` error: stored bytes are not what their metadata says. */
export function corrupt(message: string, facts: ErrorFacts = {}): GraupelError {
  return new GraupelError('DATA', message, facts)
}

/** A name that does not exist, with the nearest of those that do. `what` is e.g. `column`. */
export function nameNotFound(what: string, name: string, available: readonly string[]) {
  const near = nearest(name, available)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  const shown = available.slice(0, 20).map(clip).join(', ') + (available.length > 20 ? ', ...' : '')
  const plural = what.endsWith('s') ? what : `${what}s`
  return new GraupelError(
    'NOT_FOUND',
    `${what} "${clip(name)}" not found${hint} ${plural}: ${shown === '' ? '(none)' : shown}`,
    { [what]: name, available, ...(near === undefined ? {} : { didYouMean: near }) },
  )
}

/** Throws `ABORTED` when `signal` has fired, with its reason as the cause. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new GraupelError('ABORTED', 'aborted by the caller', {}, { cause: signal.reason })
  }
}

/** Marks a state that no input can reach. Reaching it is a bug in this library. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/** `text` for a message: at most 80 characters. */
export function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}

function nearest(name: string, available: readonly string[]): string | undefined {
  if (name.length > 64) return undefined
  let best: string | undefined
  const { length } = name
  let bestDistance = Math.min(length >> 1, Math.max(2, Math.floor(length / 3))) + 1
  for (const candidate of available.slice(0, 1000)) {
    if (candidate.length > 64) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitute, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
