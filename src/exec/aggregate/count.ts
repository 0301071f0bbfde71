import { int64 } from '../../arrow/data-type.ts'
import { type Float64Vector, nullCount, type Vector } from '../../arrow/vector.ts'
import { countByGroup } from '../../kernel/few-groups.ts'
import { grownFloat64 } from '../../kernel/group-storage.ts'
import type { AggregateState } from './aggregate-state.ts'

/** How many rows there are, or how many values that are not null; see `AggregateState`. */
export class CountState implements AggregateState {
  #counts: Float64Array = new Float64Array(1)

  get bytes(): number {
    return this.#counts.byteLength
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
  ): void {
    this.#counts = grownFloat64(this.#counts, groupCount)
    const counts = this.#counts
    const validity = input?.validity ?? null
    if (groups === null) counts[0]! += length - (input === null ? 0 : nullCount(input))
    else if (validity === null) countByGroup(groups, length, counts, groupCount)
    else for (let row = 0; row < length; row++) counts[groups[row]!]! += validity[row]!
  }

  parts(groupCount: number): Vector[] {
    return [this.finish(groupCount)]
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.#counts = grownFloat64(this.#counts, groupCount)
    const counts = this.#counts
    const { values } = parts[0] as Float64Vector
    for (let row = 0; row < groups.length; row++) counts[groups[row]!]! += values[row]!
  }

  /** The count of `group` so far. */
  of(group: number): number {
    return this.#counts[group] ?? 0
  }

  finish(groupCount: number): Vector {
    const values = grownFloat64(this.#counts, groupCount).slice(0, groupCount)
    return { type: int64, layout: 'f64', length: groupCount, validity: null, values }
  }
}
