const NEXT = 0
const END = 1
const ALLOWED = 2
const OWNERS = 3

/**
 * What threads share while they take turns: positions of a list of partitions are handed out in
 * order, each once, up to an end that may come closer and a limit that may move away.
 */
export class MorselControl {
  /** Shared memory, to be sent to other threads. */
  readonly memory: Int32Array

  constructor(memory: Int32Array) {
    this.memory = memory
  }

  /** For `count` positions, of which the first `allowed` may be taken at once. */
  static of(count: number, allowed: number): MorselControl {
    const bytes = (OWNERS + count) * Int32Array.BYTES_PER_ELEMENT
    const memory = new Int32Array(new SharedArrayBuffer(bytes))
    memory[END] = count
    memory[ALLOWED] = allowed
    return new MorselControl(memory)
  }

  /** The next position, now `owner`'s; -1 when none may be taken. */
  take(owner: number): number {
    for (;;) {
      const next = Atomics.load(this.memory, NEXT)
      if (!this.hasNext()) return -1
      if (Atomics.compareExchange(this.memory, NEXT, next, next + 1) === next) {
        Atomics.store(this.memory, OWNERS + next, owner)
        return next
      }
    }
  }

  /** Whether a position may be taken now. */
  hasNext(): boolean {
    const limit = Math.min(this.end, Atomics.load(this.memory, ALLOWED))
    return Atomics.load(this.memory, NEXT) < limit
  }

  /** The positions from here on are not wanted any more. */
  get end(): number {
    return Atomics.load(this.memory, END)
  }

  /** Moves the end to `position` if that is nearer. Only the main thread does that. */
  endAt(position: number): void {
    if (position < this.end) Atomics.store(this.memory, END, position)
  }

  allow(positions: number): void {
    Atomics.store(this.memory, ALLOWED, positions)
  }

  /** The positions below the end that `owner` has taken. */
  takenBy(owner: number): number[] {
    const positions: number[] = []
    const taken = Math.min(Atomics.load(this.memory, NEXT), this.end)
    for (let position = 0; position < taken; position++) {
      if (Atomics.load(this.memory, OWNERS + position) === owner) positions.push(position)
    }
    return positions
  }
}
