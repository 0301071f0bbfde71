import { throwIfAborted } from '../../error.ts'
import type { ExecContext } from '../context.ts'

/** Values that may be worked through, about 50 ms, before timers and signals get their turn. */
const PAUSE_EVERY = 4_000_000

/** Lets a busy query be interrupted: the loop that has the rows tells it how much it has done. */
export class Pacer {
  readonly #context: ExecContext
  #work = 0

  constructor(context: ExecContext) {
    this.#context = context
  }

  /**
   * Notes `values` more. Answers a promise to await when it is time for a pause, else nothing.
   * Throws ABORTED when the context's signal has fired.
   */
  step(values: number): Promise<void> | undefined {
    throwIfAborted(this.#context.signal)
    this.#work += values
    if (this.#work < PAUSE_EVERY) return undefined
    this.#work = 0
    return pause(this.#context)
  }
}

async function pause({ signal }: ExecContext): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  throwIfAborted(signal)
}
