import { type DataType, float64 } from '../../arrow/data-type.ts'
import {
  type Float64Vector,
  floatVector,
  type Int32Vector,
  int32Vector,
  type Vector,
} from '../../arrow/vector.ts'
import { grownFloat64, grownInt32 } from '../../kernel/group-storage.ts'
import type { GrowingState } from './aggregate-state.ts'
import { floatsOf } from './floats-of.ts'
import { unitOf } from './mean.ts'
import { quantile } from './quantile.ts'
import type { SortedAggregate } from './sorted-aggregate.ts'

/** The middle one of the values that are not null, or the mean of the two; null without any. */
export class MedianState implements GrowingState {
  readonly sorted: SortedAggregate
  readonly #unit: number
  #values: Float64Array = new Float64Array(0)
  #groups: Int32Array = new Int32Array(0)
  #count = 0

  constructor(input: DataType) {
    this.#unit = unitOf(input)
    this.sorted = quantile(input, 0.5)
  }

  get bytes(): number {
    return this.#values.byteLength + this.#groups.byteLength
  }

  update(groups: Int32Array | null, input: Vector | null, length: number): void {
    this.#values = grownFloat64(this.#values, this.#count + length)
    if (groups !== null) this.#groups = grownInt32(this.#groups, this.#count + length)
    const values = floatsOf(input!)
    const { validity } = input!
    let count = this.#count
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      this.#values[count] = values[row]!
      if (groups !== null) this.#groups[count] = groups[row]!
      count += 1
    }
    this.#count = count
  }

  /** The values, and the group of each. */
  parts(): Vector[] {
    const groups = grownInt32(this.#groups, this.#count).slice(0, this.#count)
    return [floatVector(this.#values.slice(0, this.#count)), int32Vector(groups)]
  }

  merge(groups: Int32Array, parts: readonly Vector[]): void {
    const more = (parts[0] as Float64Vector).values
    const from = (parts[1] as Int32Vector).values
    this.#values = grownFloat64(this.#values, this.#count + more.length)
    this.#groups = grownInt32(this.#groups, this.#count + more.length)
    this.#values.set(more, this.#count)
    for (let i = 0; i < more.length; i++) this.#groups[this.#count + i] = groups[from[i]!]!
    this.#count += more.length
  }

  finish(groupCount: number): Vector {
    const { values, ends } = this.#byGroup(groupCount)
    const medians = new Float64Array(groupCount)
    const validity = new Uint8Array(groupCount)
    let start = 0
    for (let group = 0; group < groupCount; group++) {
      const end = ends[group]!
      if (end > start) {
        medians[group] = middle(values.subarray(start, end).sort()) / this.#unit
        validity[group] = 1
      }
      start = end
    }
    return { type: float64, layout: 'f64', length: groupCount, validity, values: medians }
  }

  release(): { groups: Int32Array; columns: readonly Vector[] } {
    const length = this.#count
    const groups = grownInt32(this.#groups, length).subarray(0, length)
    const values = this.#values.subarray(0, length)
    this.#count = 0
    this.#values = new Float64Array(0)
    this.#groups = new Int32Array(0)
    return { groups, columns: [floatVector(values)] }
  }

  /** The values, those of a group side by side, and where each group ends. */
  #byGroup(groupCount: number): { values: Float64Array; ends: Float64Array } {
    const count = this.#count
    const ends = new Float64Array(groupCount)
    if (groupCount <= 1) return { values: this.#values.slice(0, count), ends: ends.fill(count) }
    for (let i = 0; i < count; i++) ends[this.#groups[i]!]! += 1
    let sum = 0
    for (let group = 0; group < groupCount; group++) {
      const size = ends[group]!
      ends[group] = sum
      sum += size
    }
    const values = new Float64Array(count)
    for (let i = 0; i < count; i++) values[ends[this.#groups[i]!]!++] = this.#values[i]!
    return { values, ends }
  }
}

function middle(sorted: Float64Array): number {
  const half = sorted.length >> 1
  const upper = sorted[half]!
  if (sorted.length % 2 === 1) return upper
  return between(sorted[half - 1]!, upper)
}

/** The mean of the two values in the middle. */
export function between(lower: number, upper: number): number {
  const sum = lower + upper
  return Number.isFinite(sum) ? sum / 2 : lower / 2 + upper / 2
}
