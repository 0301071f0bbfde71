import { GraupelError } from '../error.ts'

/** Bytes that operators hold: reserved before they are kept, released when they are let go. */
export class MemoryBudget {
  readonly bytesMax: number
  #held = 0
  #peak = 0

  constructor(bytesMax = Number.POSITIVE_INFINITY) {
    this.bytesMax = bytesMax
  }

  get heldBytes(): number {
    return this.#held
  }

  get peakBytes(): number {
    return this.#peak
  }

  /** Throws LIMIT when `bytes` more would pass the budget. `what` names the operator. */
  reserve(bytes: number, what: string): void {
    if (this.#held + bytes > this.bytesMax) {
      throw new GraupelError(
        'LIMIT',
        `${what} needs ${bytes} bytes more, but the memory limit is ${this.bytesMax} and ${this.#held} are held; raise memoryLimit`,
        { operator: what, bytes, held: this.#held, memoryLimit: this.bytesMax },
      )
    }
    this.hold(bytes)
  }

  /** As `reserve`, but answers false instead of throwing. */
  tryReserve(bytes: number): boolean {
    if (this.#held + bytes > this.bytesMax) return false
    this.hold(bytes)
    return true
  }

  /** Counts `bytes` that there is no way around, such as one batch, whatever the budget. */
  hold(bytes: number): void {
    this.#held += bytes
    this.#peak = Math.max(this.#peak, this.#held)
  }

  release(bytes: number): void {
    this.#held -= bytes
  }
}
