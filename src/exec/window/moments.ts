import type { Vector } from '../../arrow/vector.ts'
import { floatsOf } from '../aggregate/floats-of.ts'
import type { StackedState } from './two-stacks.ts'

/** Variances by counts, means and squared distances, joined as Chan et al. (1979) do. */
export class WindowMoments implements StackedState {
  /** Sample variances; NaN stands for itself, and under fewer than two values for nothing. */
  readonly variances: Float64Array
  readonly #values: ArrayLike<number>
  readonly #validity: Uint8Array | null
  readonly #counts: Float64Array
  readonly #less: number
  readonly #means: Float64Array
  readonly #squares: Float64Array
  #count = 0
  #mean = 0
  #square = 0

  /** @param less By how much the divisor is less than the number of values. */
  constructor(vector: Vector, less: number) {
    this.#less = less
    const { length } = vector
    this.variances = new Float64Array(length)
    this.#values = floatsOf(vector)
    this.#validity = vector.validity
    this.#counts = new Float64Array(length)
    this.#means = new Float64Array(length)
    this.#squares = new Float64Array(length)
  }

  clear(): void {
    this.#count = 0
    this.#mean = 0
    this.#square = 0
  }

  push(place: number): void {
    if (this.#validity === null || this.#validity[place] === 1) {
      this.#join(1, this.#values[place]!, 0)
    }
  }

  refill(from: number, to: number): void {
    this.clear()
    for (let i = to - 1; i >= from; i--) {
      this.push(i)
      this.#counts[i] = this.#count
      this.#means[i] = this.#mean
      this.#squares[i] = this.#square
    }
  }

  write(place: number, from: number, middle: number): void {
    const count = this.#count
    const mean = this.#mean
    const square = this.#square
    if (from < middle) this.#join(this.#counts[from]!, this.#means[from]!, this.#squares[from]!)
    this.variances[place] =
      this.#count <= this.#less ? 0 : this.#square / (this.#count - this.#less)
    this.#count = count
    this.#mean = mean
    this.#square = square
  }

  #join(count: number, mean: number, square: number): void {
    const both = this.#count + count
    if (both === 0) return
    const distance = mean - this.#mean
    this.#square += square + (distance * distance * this.#count * count) / both
    this.#mean += (distance * count) / both
    this.#count = both
  }
}
