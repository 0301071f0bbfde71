import { clip, GraupelError } from '../error.ts'

/** A change of a database's list of tables, or of its being there, that went wrong half way. */
export interface Doubt {
  /** What it is about, e.g. `table "orders"`. */
  readonly what: string
  /** What would be so if it had been done, e.g. `may or may not have been dropped`. */
  readonly outcome: string
  /** What ends it, and does no harm if it has been done already. */
  readonly again: string
}

const DEFINITE: ReadonlySet<string> = new Set(['INVALID', 'NOT_FOUND', 'EXPIRED'])

/**
 * What to throw for `cause`, after which a change may or may not stand: COMMIT_UNKNOWN saying how to
 * end it. What tells for certain that it does not (INVALID, NOT_FOUND, EXPIRED), and what is no error of this
 * library, stays as it is.
 */
export function unknownOutcome(cause: unknown, { what, outcome, again }: Doubt): unknown {
  if (!(cause instanceof GraupelError)) return cause
  if (DEFINITE.has(cause.code)) return cause
  return new GraupelError(
    'COMMIT_UNKNOWN',
    `${what} ${outcome} (${clip(cause.message)}): ${again} ends it and does no harm`,
    { ...cause.facts, again },
    { cause },
  )
}

/** `cause` as `unknownOutcome` has it where it is COMMIT_UNKNOWN; any other as it is. */
export function withWayOut(cause: unknown, doubt: Doubt): unknown {
  const isUnknown = cause instanceof GraupelError && cause.code === 'COMMIT_UNKNOWN'
  return isUnknown ? unknownOutcome(cause, doubt) : cause
}
