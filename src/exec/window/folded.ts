import type { Vector } from '../../arrow/vector.ts'
import type { WindowExpr } from '../../plan/expr.ts'
import { allValid, type Fold } from '../aggregate/fold.ts'
import { type RowResult, vectorOfResults } from '../function/row-function.ts'
import type { FrameBounds } from './frame-bounds.ts'
import { overFrames, type StackedState } from './two-stacks.ts'

/** A fold of what each place sees. */
export function folded(
  fold: Fold,
  { type }: WindowExpr,
  bounds: FrameBounds,
  vectors: readonly Vector[],
): Vector {
  const state = new WindowFold(fold, vectors)
  overFrames(bounds, state)
  return vectorOfResults(type, state.results)
}

class WindowFold implements StackedState {
  readonly results: RowResult[]
  readonly #fold: Fold
  readonly #x: ArrayLike<number>
  readonly #y: ArrayLike<number>
  readonly #validity: Uint8Array | null
  /** Of each place of the front part, what is folded from there to its end. */
  readonly #front: Float64Array
  readonly #back: Float64Array
  readonly #both: Float64Array

  constructor(fold: Fold, vectors: readonly Vector[]) {
    const { length } = vectors[0]!
    const [x, y = x] = fold.columns(vectors)
    this.results = new Array<RowResult>(length)
    this.#fold = fold
    this.#x = x!
    this.#y = y!
    this.#validity = allValid(vectors)
    this.#front = new Float64Array(length * fold.width)
    this.#back = new Float64Array(fold.width)
    this.#both = new Float64Array(fold.width)
  }

  clear(): void {
    this.#back.fill(0)
  }

  push(place: number): void {
    if (this.#validity !== null && this.#validity[place] === 0) return
    this.#fold.enter(this.#back, 0, this.#x[place]!, this.#y[place]!)
  }

  refill(from: number, to: number): void {
    this.clear()
    for (let place = to - 1; place >= from; place--) {
      this.push(place)
      this.#front.set(this.#back, place * this.#fold.width)
    }
  }

  write(place: number, from: number, middle: number): void {
    const { width } = this.#fold
    if (from < middle) {
      this.#both.set(this.#front.subarray(from * width, (from + 1) * width))
      this.#fold.join(this.#both, 0, this.#back, 0)
    } else this.#both.set(this.#back)
    this.results[place] = this.#fold.result(this.#both, 0)
  }
}
