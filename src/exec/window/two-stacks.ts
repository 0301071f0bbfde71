import type { FrameBounds } from './frame-bounds.ts'

/**
 * An aggregate that can be added to and joined, but nothing taken from. It holds the rows of a back
 * part, and for every place of a front part the aggregate from there to the front's end.
 */
export interface StackedState {
  /** Empties the back part. */
  clear(): void
  /** Takes the row at `place` into the back part. */
  push(place: number): void
  /** Makes places `from` to `to` the front part. */
  refill(from: number, to: number): void
  /** The result at `place`: of the front part from `from` on (up to `middle`), and the back part. */
  write(place: number, from: number, middle: number): void
}

/**
 * Runs `state` over the frames of all places: each row is pushed once and refilled at most once,
 * whatever the width of the frames, and nothing is ever subtracted.
 */
export function overFrames({ start, from, to }: FrameBounds, state: StackedState): void {
  let middle = 0
  let taken = 0
  for (let i = 0; i < start.length; i++) {
    if (start[i] === i) {
      state.clear()
      middle = from[i]!
      taken = middle
    }
    for (; taken < to[i]!; taken++) state.push(taken)
    if (from[i]! > middle) {
      state.refill(from[i]!, to[i]!)
      state.clear()
      middle = to[i]!
      taken = middle
    }
    state.write(i, from[i]!, middle)
  }
}
