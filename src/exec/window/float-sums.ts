import type { Float64Vector } from '../../arrow/vector.ts'
import type { StackedState } from './two-stacks.ts'

/** Sums of floats with the rounding errors kept beside them, as the aggregate has them. */
export class WindowFloatSums implements StackedState {
  readonly totals: Float64Array
  readonly #values: Float64Array
  readonly #validity: Uint8Array | null
  readonly #sums: Float64Array
  readonly #errors: Float64Array
  #sum = 0
  #error = 0

  constructor({ values, validity, length }: Float64Vector) {
    this.totals = new Float64Array(length)
    this.#values = values
    this.#validity = validity
    this.#sums = new Float64Array(length)
    this.#errors = new Float64Array(length)
  }

  clear(): void {
    this.#sum = 0
    this.#error = 0
  }

  push(place: number): void {
    if (this.#validity === null || this.#validity[place] === 1) this.#add(this.#values[place]!, 0)
  }

  refill(from: number, to: number): void {
    this.clear()
    for (let i = to - 1; i >= from; i--) {
      this.push(i)
      this.#sums[i] = this.#sum
      this.#errors[i] = this.#error
    }
  }

  write(place: number, from: number, middle: number): void {
    const sum = this.#sum
    const error = this.#error
    if (from < middle) this.#add(this.#sums[from]!, this.#errors[from]!)
    this.totals[place] = Number.isFinite(this.#sum) ? this.#sum + this.#error : this.#sum
    this.#sum = sum
    this.#error = error
  }

  #add(value: number, error: number): void {
    const next = this.#sum + value
    const part = next - this.#sum
    this.#error += error + (this.#sum - (next - part) + (value - part))
    this.#sum = next
  }
}
