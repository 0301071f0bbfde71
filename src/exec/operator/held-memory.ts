import type { ExecContext } from '../context.ts'

/** What one operator holds of the memory budget. */
export class HeldMemory {
  readonly #context: ExecContext
  readonly #what: string
  #bytes = 0

  /** @param what Names the operator in the LIMIT error. */
  constructor(context: ExecContext, what: string) {
    this.#context = context
    this.#what = what
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

  release(): void {
    this.set(0)
  }
}
