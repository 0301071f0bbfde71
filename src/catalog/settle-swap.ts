import { GraupelError } from '../error.ts'
import { pause, randomBelow } from '../io/clock-and-ids.ts'
import type { Cell, ObjectStore } from '../io/object-store.ts'

const ATTEMPTS_MAX = 12
const PAUSE_MS_MAX = 1000

/** A swap to be carried to a definite end. */
export interface Swap {
  readonly store: ObjectStore
  readonly key: string
  /** Of the cell that `body` was made from; null to make the cell. */
  readonly token: string | null
  readonly body: Uint8Array
  readonly txid: string
  /** Whether a later content of the cell has this swap in its lineage. */
  isMine(body: Uint8Array): boolean | Promise<boolean>
}

/**
 * `won`: the swap stands; `token` is the cell's, or null when others may have gone on. Lost: it
 * never will; `cell` is what is there instead.
 */
export type Settled =
  | { readonly won: true; readonly token: string | null }
  | { readonly won: false; readonly cell: Cell }

/**
 * Swaps a cell and finds out what became of it. Bodies are never equal, so a cell that has another
 * token than ours will never take our swap any more, and its content tells whether it did. While
 * the token is ours the same swap is sent again.
 *
 * Throws COMMIT_UNKNOWN, with the txid, when the store stops answering after a swap was sent;
 * UNAVAILABLE or CONFLICT when none can have landed.
 */
export async function settleSwap(swap: Swap): Promise<Settled> {
  let doubt: unknown
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt > 0) await backOff(attempt)
      try {
        const answer = await swap.store.swapCell(swap.key, swap.token, swap.body)
        if (answer.outcome === 'swapped') return { won: true, token: answer.token }
        if (answer.outcome !== 'lost') doubt ??= 'the store does not know'
      } catch (error) {
        if (!isRefusal(error)) doubt ??= error
        if (!isTransient(error)) throw error
      }
      const cell = await readOrNull(swap)
      if (cell !== null && cell.token !== swap.token) {
        return (await swap.isMine(cell.body)) ? { won: true, token: null } : { won: false, cell }
      }
    }
  } catch (error) {
    if (doubt === undefined) throw error
  }
  if (doubt !== undefined) throw unknownOutcome(swap, doubt)
  throw new GraupelError('CONFLICT', `"${swap.key}": the store refused every swap`, {
    key: swap.key,
    txid: swap.txid,
  })
}

async function readOrNull({ store, key }: Swap): Promise<Cell | null> {
  try {
    return await store.readCell(key)
  } catch (error) {
    if (isTransient(error)) return null
    throw error
  }
}

function unknownOutcome({ key, txid }: Swap, cause: unknown): GraupelError {
  return new GraupelError(
    'COMMIT_UNKNOWN',
    `"${key}": the store stopped answering; transaction "${txid}" may or may not have been committed`,
    { key, txid },
    { cause },
  )
}

/** Waits a random time that may double with each attempt, from 10 ms to 1 s. */
export function backOff(attempt: number, signal?: AbortSignal): Promise<void> {
  return pause(randomBelow(Math.min(PAUSE_MS_MAX, 10 * 2 ** Math.min(attempt, 10))), signal)
}

function isTransient(error: unknown): boolean {
  return error instanceof GraupelError && error.code === 'UNAVAILABLE'
}

/** Errors that a store throws before it has sent anything. */
function isRefusal(error: unknown): boolean {
  return error instanceof GraupelError && (error.code === 'INVALID' || error.code === 'ABORTED')
}
