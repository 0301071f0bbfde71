import { type DataType, float64 } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { AggregateState } from './aggregate-state.ts'
import type { CountState } from './count.ts'
import type { SumState } from './sum.ts'

/** What the inner whole numbers of `type` have to be divided by to be its values. */
export function unitOf(type: DataType): number {
  return type.name === 'decimal' ? 10 ** type.scale : 1
}

/**
 * The mean of the values that are not null, from an exact or compensated sum; null without any.
 * It gathers nothing itself: the sum and the count of the same input are fed beside it.
 */
export class MeanState implements AggregateState {
  readonly #unit: number
  readonly #sum: SumState
  readonly #count: CountState

  constructor(input: DataType, sum: SumState, count: CountState) {
    this.#unit = unitOf(input)
    this.#sum = sum
    this.#count = count
  }

  get bytes(): number {
    return 0
  }

  update(): void {}

  parts(): Vector[] {
    return []
  }

  merge(): void {}

  finish(groupCount: number): Vector {
    const values = new Float64Array(groupCount)
    const validity = new Uint8Array(groupCount)
    const totals = this.#sum.floats(groupCount)
    for (let group = 0; group < groupCount; group++) {
      const count = this.#count.of(group)
      if (count === 0) continue
      values[group] = totals[group]! / (count * this.#unit)
      validity[group] = 1
    }
    return { type: float64, layout: 'f64', length: groupCount, validity, values }
  }
}

/** A mean that is fed itself, where no other aggregate shares what it gathers. */
export class LoneMeanState implements AggregateState {
  readonly #sum: SumState
  readonly #count: CountState
  readonly #mean: MeanState

  constructor(input: DataType, sum: SumState, count: CountState) {
    this.#sum = sum
    this.#count = count
    this.#mean = new MeanState(input, sum, count)
  }

  get bytes(): number {
    return this.#sum.bytes + this.#count.bytes
  }

  update(groups: Int32Array | null, input: Vector | null, length: number, count: number): void {
    this.#sum.update(groups, input, length, count)
    this.#count.update(groups, input, length, count)
  }

  /** Those of the sum, then the counts. */
  parts(groupCount: number): Vector[] {
    return [...this.#sum.parts(groupCount), ...this.#count.parts(groupCount)]
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.#sum.merge(groups, parts.slice(0, -1), groupCount)
    this.#count.merge(groups, parts.slice(-1), groupCount)
  }

  finish(groupCount: number): Vector {
    return this.#mean.finish(groupCount)
  }
}
