import type { DataType } from '../arrow/data-type.ts'
import {
  type BigVector,
  type Float64Vector,
  floatVector,
  type NumberVector,
  SAFE,
  type Vector,
} from '../arrow/vector.ts'
import { addByGroup, sizeOf, takeLanes } from './few-groups.ts'
import { grownFloat64 } from './group-storage.ts'
import { LANE_GROUPS_MAX, sumLanes, sumNear } from './wasm/sum-groups.ts'

const UNIT = 2 ** 26
const UNIT_BIG = 2n ** 26n

/**
 * Exact sums of whole numbers, one per group. A sum is `wide + high * 2^26 + low`, where low and
 * high are float64s with a bound on their size; what could pass 2^53 is moved up before it does.
 */
export class ExactSums {
  #low: Float64Array = new Float64Array(1)
  #lowBound = 0
  #high: Float64Array = new Float64Array(0)
  #highBound = 0
  #wide: bigint[] = []

  get bytes(): number {
    return this.#low.byteLength + this.#high.byteLength + this.#wide.length * 32
  }

  /** Adds each row's value, unless null, to the sum of its group; without groups to that of 0. */
  add(vector: Vector, groups: Int32Array | null, groupCount: number): void {
    this.#low = grownFloat64(this.#low, groupCount)
    if (vector.layout === 'big') {
      this.#addWide(vector, groups)
      return
    }
    if (vector.layout !== 'i32' && vector.layout !== 'f64') {
      throw new Error(`no sum of a ${vector.layout} vector`)
    }
    if (this.#addByWasm(vector, groups, groupCount)) return
    const bound = sizeOf(vector.values, vector.length)
    // With more groups than rows, moving up every group's sum would cost more than it saves.
    const foldIsDear = this.#lowBound + bound > SAFE && groupCount > vector.length
    if (bound <= SAFE - UNIT && !foldIsDear) {
      if (this.#lowBound + bound > SAFE) this.#fold()
      this.#lowBound += bound
      if (groups === null) this.#low[0]! += sumOf(vector)
      else addGrouped(vector, groups, this.#low, groupCount)
    } else this.#addSplit(vector, groups)
  }

  /** The sum of `group`; 0n when it has no values. */
  total(group: number): bigint {
    const low = BigInt(this.#low[group] ?? 0)
    return (this.#wide[group] ?? 0n) + BigInt(this.#high[group] ?? 0) * UNIT_BIG + low
  }

  /** The sums of all groups when each is within 2^53; null when one is not. */
  safeTotals(groupCount: number): Float64Array | null {
    if (this.#wide.length > 0) return null
    const totals = grownFloat64(this.#low, groupCount).slice(0, groupCount)
    if (this.#high.length === 0) return totals
    for (let group = 0; group < groupCount; group++) {
      totals[group]! += (this.#high[group] ?? 0) * UNIT
      if (!(Math.abs(totals[group]!) <= SAFE)) return null
    }
    return totals
  }

  /** The sums of all groups as a vector: as `f64` when all are within 2^53, else as `big`. */
  totals(type: DataType, groupCount: number, validity: Uint8Array | null): Vector {
    const safe = this.safeTotals(groupCount)
    if (safe !== null) return { type, layout: 'f64', length: groupCount, validity, values: safe }
    const values = Array.from({ length: groupCount }, (_, group) => this.total(group))
    return { type, layout: 'big', length: groupCount, validity, values }
  }

  /** Adds values that stand in the kernels' memory, by WebAssembly; false when that cannot be. */
  #addByWasm(vector: NumberVector, groups: Int32Array | null, groupCount: number): boolean {
    if (vector.validity !== null) return false
    if (groups === null || groupCount <= LANE_GROUPS_MAX) {
      return this.#addLanes(vector, groups, groupCount)
    }
    const found = sumNear(vector.values, groups, vector.length)
    if (found === null || this.#lowBound + found.size > SAFE) return false
    this.#lowBound += found.size
    const low = this.#low
    const { first, sums } = found
    for (let i = 0; i < sums.length; i++) low[first + i]! += sums[i]!
    return true
  }

  #addLanes(
    { values, length }: NumberVector,
    groups: Int32Array | null,
    groupCount: number,
  ): boolean {
    const found = sumLanes(values, groups, length, groupCount)
    if (found === null || found.size > SAFE - UNIT) return false
    if (this.#lowBound + found.size > SAFE) this.#fold()
    this.#lowBound += found.size
    if (groups === null) this.#low[0]! += found.lanes[0]!
    else takeLanes(found.lanes, this.#low, groupCount)
    return true
  }

  #addSplit({ values, validity, length }: NumberVector, groups: Int32Array | null): void {
    if (this.#lowBound + length * UNIT > SAFE) this.#fold()
    this.#makeHigh(length * UNIT * 2)
    this.#lowBound += length * UNIT
    const low = this.#low
    const high = this.#high
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const group = groups === null ? 0 : groups[row]!
      const value = values[row]!
      const upper = Math.floor(value / UNIT)
      high[group]! += upper
      low[group]! += value - upper * UNIT
    }
  }

  #addWide({ values, validity, length }: BigVector, groups: Int32Array | null): void {
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const group = groups === null ? 0 : groups[row]!
      while (this.#wide.length <= group) this.#wide.push(0n)
      this.#wide[group]! += values[row]!
    }
  }

  /** Moves what is above 2^26 from low to high. */
  #fold(): void {
    this.#makeHigh(UNIT * 2)
    const low = this.#low
    const high = this.#high
    for (let group = 0; group < low.length; group++) {
      const upper = Math.floor(low[group]! / UNIT)
      high[group]! += upper
      low[group]! -= upper * UNIT
    }
    this.#lowBound = UNIT
  }

  /** Room in high for values of at most `bound` more. */
  #makeHigh(bound: number): void {
    this.#high = grownFloat64(this.#high, this.#low.length)
    if (this.#highBound + bound > SAFE) {
      while (this.#wide.length < this.#high.length) this.#wide.push(0n)
      for (let group = 0; group < this.#high.length; group++) {
        if (this.#high[group] !== 0) this.#wide[group]! += BigInt(this.#high[group]!) * UNIT_BIG
      }
      this.#high.fill(0)
      this.#highBound = 0
    }
    this.#highBound += bound
  }
}

function sumOf({ values, validity, length }: NumberVector): number {
  let sum = 0
  if (validity === null) for (let row = 0; row < length; row++) sum += values[row]!
  else for (let row = 0; row < length; row++) if (validity[row] === 1) sum += values[row]!
  return sum
}

function addGrouped(
  { values, validity, length }: NumberVector,
  groups: Int32Array,
  sums: Float64Array,
  groupCount: number,
): void {
  if (validity === null) {
    addByGroup(values, groups, length, sums, groupCount)
    return
  }
  for (let row = 0; row < length; row++) {
    if (validity[row] === 1) sums[groups[row]!]! += values[row]!
  }
}

/**
 * Sums of floats, one per group, with the rounding error of every addition kept in a second
 * float64 (Neumaier, 1974), so that the order of the rows hardly matters.
 */
export class FloatSums {
  #sums: Float64Array = new Float64Array(1)
  #errors: Float64Array = new Float64Array(1)

  get bytes(): number {
    return this.#sums.byteLength * 2
  }

  /** Adds each row's value, unless null, to the sum of its group; without groups to that of 0. */
  add(vector: Vector, groups: Int32Array | null, groupCount: number): void {
    if (vector.layout !== 'f64') throw new Error(`no float sum of a ${vector.layout} vector`)
    this.#sums = grownFloat64(this.#sums, groupCount)
    this.#errors = grownFloat64(this.#errors, groupCount)
    const sums = this.#sums
    const errors = this.#errors
    const { values, validity, length } = vector
    if (groups === null && validity === null) {
      let sum = sums[0]!
      let error = errors[0]!
      for (let row = 0; row < length; row++) {
        const value = values[row]!
        const next = sum + value
        const part = next - sum
        error += sum - (next - part) + (value - part)
        sum = next
      }
      sums[0] = sum
      errors[0] = error
      return
    }
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const group = groups === null ? 0 : groups[row]!
      const value = values[row]!
      const sum = sums[group]!
      const next = sum + value
      const part = next - sum
      errors[group]! += sum - (next - part) + (value - part)
      sums[group] = next
    }
  }

  /** The sums so far and their errors, for `merge`. */
  parts(groupCount: number, validity: Uint8Array | null): Vector[] {
    const sums = grownFloat64(this.#sums, groupCount).slice(0, groupCount)
    const errors = grownFloat64(this.#errors, groupCount).slice(0, groupCount)
    return [{ ...floatVector(sums), validity }, floatVector(errors)]
  }

  /** Adds what another gave as its `parts`, group by group; `groups` are those here. */
  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.add(parts[0]!, groups, groupCount)
    const { values } = parts[1] as Float64Vector
    for (let row = 0; row < groups.length; row++) this.#errors[groups[row]!]! += values[row]!
  }

  /** The sum of `group`; 0 when it has no values. */
  total(group: number): number {
    const sum = this.#sums[group] ?? 0
    return Number.isFinite(sum) ? sum + (this.#errors[group] ?? 0) : sum
  }
}
