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
