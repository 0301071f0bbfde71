import type { ExecContext } from '../context.ts'

/** What one operator holds of the memory budget. */
export class HeldMemory {
  readonly #context: ExecContext
  readonly #what: string
  readonly #share: number
  #bytes = 0

  /**
   * @param what Names the operator in the LIMIT error.
   * @param share Bytes that it may hold before it spills.
   */
  constructor(context: ExecContext, what: string, share = context.memoryShare) {
    this.#context = context
    this.#what = what
    this.#share = share
  }

  /** Holds `bytes` more. Throws LIMIT when that passes the budget. */
  add(bytes: number): void {
    this.#context.memory.reserve(bytes, this.#what)
    this.#bytes += bytes
  }

  /** Holds `bytes` in all. Throws LIMIT when that passes the budget. */
  set(bytes: number): void {
    if (bytes > this.#bytes) this.add(bytes - this.#bytes)
    else {
      this.#context.memory.release(this.#bytes - bytes)
      this.#bytes = bytes
    }
  }

  /** Whether there is a limit at all. */
  get isLimited(): boolean {
    return Number.isFinite(this.#share)
  }

  /** Holds `bytes` in all if that is within the operator's share; answers whether it does. */
  fit(bytes: number): boolean {
    const more = bytes - this.#bytes
    if (bytes > this.#share || (more > 0 && !this.#context.memory.tryReserve(more))) return false
    if (more < 0) this.#context.memory.release(-more)
    this.#bytes = bytes
    return true
  }

  /** Holds `bytes` in all, whatever the limit: for what cannot be done with less. */
  hold(bytes: number): void {
    const more = bytes - this.#bytes
    if (more > 0) this.#context.memory.hold(more)
    else this.#context.memory.release(-more)
    this.#bytes = bytes
  }

  release(): void {
    this.set(0)
  }
}
