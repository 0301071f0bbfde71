const EVERY = 16

/**
 * Turns for timers and sockets, of a store that answers at once: whoever asks it in a loop would
 * else keep them from others of the same process, such as writers that wait to try again.
 */
export class Turns {
  #asked = 0

  /** A promise to await when it is time for a turn, else nothing. */
  next(): Promise<void> | undefined {
    this.#asked++
    if (this.#asked % EVERY !== 0) return undefined
    return new Promise((resolve) => setImmediate(resolve))
  }
}
