import { type DataType, float64 } from '../../arrow/data-type.ts'
import { type Float64Vector, floatVector, type Vector } from '../../arrow/vector.ts'
import { grownFloat64 } from '../../kernel/group-storage.ts'
import type { AggregateState } from './aggregate-state.ts'
import { floatsOf } from './floats-of.ts'
import { unitOf } from './mean.ts'

/** Of a sample, or of all there is (`Pop`), and of both the root. */
export type VarianceName = 'variance' | 'stddev' | 'variancePop' | 'stddevPop'

/** By how much the divisor is less than the number of values, which has to be more. */
export const lessOf = (name: VarianceName): number => (name.endsWith('Pop') ? 0 : 1)

export const isRoot = (name: VarianceName): boolean => name.startsWith('stddev')

/**
 * The variance of the values that are not null, or its root; of a sample null for fewer than two.
 * One pass by running mean and squared distances (Welford, 1962).
 */
export class VarianceState implements AggregateState {
  readonly #unit: number
  readonly #result: VarianceName
  #counts: Float64Array = new Float64Array(1)
  #means: Float64Array = new Float64Array(1)
  #squares: Float64Array = new Float64Array(1)

  constructor(input: DataType, result: VarianceName) {
    this.#unit = unitOf(input)
    this.#result = result
  }

  get bytes(): number {
    return this.#means.byteLength * 3
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
  ): void {
    this.#counts = grownFloat64(this.#counts, groupCount)
    this.#means = grownFloat64(this.#means, groupCount)
    this.#squares = grownFloat64(this.#squares, groupCount)
    const counts = this.#counts
    const means = this.#means
    const squares = this.#squares
    const values = floatsOf(input!)
    const { validity } = input!
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const group = groups === null ? 0 : groups[row]!
      const value = values[row]!
      const count = counts[group]! + 1
      const distance = value - means[group]!
      const mean = means[group]! + distance / count
      counts[group] = count
      means[group] = mean
      squares[group]! += distance * (value - mean)
    }
  }

  parts(groupCount: number): Vector[] {
    return [this.#counts, this.#means, this.#squares].map((array) =>
      floatVector(grownFloat64(array, groupCount).slice(0, groupCount)),
    )
  }

  /** Puts means and squared distances together (Chan, Golub, LeVeque, 1979). */
  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.#counts = grownFloat64(this.#counts, groupCount)
    this.#means = grownFloat64(this.#means, groupCount)
    this.#squares = grownFloat64(this.#squares, groupCount)
    const [counts, means, squares] = parts.map((part) => (part as Float64Vector).values)
    for (let row = 0; row < groups.length; row++) {
      const more = counts![row]!
      if (more === 0) continue
      const group = groups[row]!
      const before = this.#counts[group]!
      const count = before + more
      const distance = means![row]! - this.#means[group]!
      this.#counts[group] = count
      // The first part is taken as it is: nothing is rounded then.
      if (before === 0) this.#means[group] = means![row]!
      else this.#means[group]! += (distance * more) / count
      this.#squares[group]! +=
        squares![row]! + (before === 0 ? 0 : distance * distance * ((before * more) / count))
    }
  }

  finish(groupCount: number): Vector {
    const values = new Float64Array(groupCount)
    const validity = new Uint8Array(groupCount)
    const less = lessOf(this.#result)
    for (let group = 0; group < groupCount; group++) {
      const count = this.#counts[group] ?? 0
      if (count <= less) continue
      validity[group] = 1
      const variance = this.#squares[group]! / (count - less)
      values[group] = isRoot(this.#result)
        ? Math.sqrt(variance) / this.#unit
        : variance / this.#unit / this.#unit
    }
    return { type: float64, layout: 'f64', length: groupCount, validity, values }
  }
}
