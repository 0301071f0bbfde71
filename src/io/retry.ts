import { throwIfAborted } from '../error.ts'
import { nowMs, pause, randomBelow } from './clock-and-ids.ts'

/** How long and how often a request may be made again. */
export interface RetryPolicy {
  /** Tries in all, at least 1. */
  readonly attemptsMax: number
  /** Milliseconds from the first try on, after which none is begun. */
  readonly deadlineMs: number
  /** Milliseconds that the first pause has at most; it doubles with each. */
  readonly pauseMs: number
  readonly pauseMsMax: number
}

export const RETRY_POLICY: RetryPolicy = {
  attemptsMax: 10,
  deadlineMs: 60_000,
  pauseMs: 50,
  pauseMsMax: 10_000,
}

/** What to do after an error: give up, try again soon, or later since the store is overloaded. */
export type Verdict = 'stop' | 'again' | 'later'

export interface RetryOptions {
  readonly policy?: RetryPolicy | undefined
  readonly signal?: AbortSignal | undefined
  verdictOf(error: unknown): Verdict
}

const LATER_FACTOR = 8

/**
 * The answer of `work`, tried again after errors that may pass, with pauses of random length (from
 * none to a bound that doubles), so that many who failed together do not come back together.
 *
 * @param work Gets the number of the try, from 0 on.
 * Throws the last error when it is final or time is up; ABORTED when the signal fires.
 */
export async function retrying<T>(
  work: (attempt: number) => Promise<T>,
  { policy = RETRY_POLICY, signal, verdictOf }: RetryOptions,
): Promise<T> {
  const deadline = nowMs() + policy.deadlineMs
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal)
    try {
      return await work(attempt)
    } catch (error) {
      throwIfAborted(signal)
      const verdict = verdictOf(error)
      if (verdict === 'stop' || attempt + 1 >= policy.attemptsMax) throw error
      const wait = pauseBefore(attempt, verdict, policy)
      if (nowMs() + wait >= deadline) throw error
      await pause(wait, signal)
    }
  }
}

function pauseBefore(attempt: number, verdict: Verdict, policy: RetryPolicy): number {
  const first = verdict === 'later' ? policy.pauseMs * LATER_FACTOR : policy.pauseMs
  return randomBelow(Math.min(policy.pauseMsMax, first * 2 ** Math.min(attempt, 20)) + 1)
}
