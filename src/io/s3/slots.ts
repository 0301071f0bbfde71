import { throwIfAborted } from '../../error.ts'

/** A bounded number of places; who finds none waits, in the order of coming. */
export class Slots {
  readonly #limit: number
  #taken = 0
  readonly #waiting = new Set<() => void>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `work` in a place of its own, given back when it has settled. Throws ABORTED, also from the queue. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    throwIfAborted(signal)
    if (this.#taken < this.#limit) this.#taken++
    else await this.#place(signal)
    try {
      throwIfAborted(signal)
      return await work()
    } finally {
      const [next] = this.#waiting
      if (next === undefined) this.#taken--
      else {
        this.#waiting.delete(next)
        next()
      }
    }
  }

  /** Answers when a place was handed over. */
  #place(signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const take = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        if (!this.#waiting.delete(take)) return
        signal?.removeEventListener('abort', leave)
        reject(new Error('aborted by the caller'))
      }
      this.#waiting.add(take)
      signal?.addEventListener('abort', leave)
    })
  }
}
