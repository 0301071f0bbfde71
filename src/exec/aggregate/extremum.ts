import { type DataType, layoutOf } from '../../arrow/data-type.ts'
import type { NumberVector, Vector } from '../../arrow/vector.ts'
import { grownFloat64, grownUint8 } from '../../kernel/group-storage.ts'
import { greatestOf, leastOf, lower, raise } from '../../kernel/min-max.ts'
import type { AggregateState } from './aggregate-state.ts'
import { newValueStore } from './new-value-store.ts'
import type { ValueStore } from './value-store.ts'

/** The least or greatest of the values that are not null; null when there are none. */
export function extremumState(type: DataType, which: 'min' | 'max'): AggregateState {
  const layout = layoutOf(type)
  const numeric = layout === 'i32' || layout === 'f64'
  return numeric ? new NumberExtremum(type, which) : new ValueExtremum(newValueStore(type), which)
}

/** Over typed arrays; falls back to a value store when a vector comes that is wider than 2^53. */
class NumberExtremum implements AggregateState {
  readonly #type: DataType
  readonly #which: 'min' | 'max'
  #extremes: Float64Array = new Float64Array(1)
  #seen: Uint8Array = new Uint8Array(1)
  #wide: ValueExtremum | null = null

  constructor(type: DataType, which: 'min' | 'max') {
    this.#type = type
    this.#which = which
  }

  get bytes(): number {
    return this.#extremes.byteLength + this.#seen.byteLength + (this.#wide?.bytes ?? 0)
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
  ): void {
    if (this.#wide === null && input!.layout === 'big') {
      this.#wide = new ValueExtremum(newValueStore(this.#type), this.#which)
    }
    if (input!.layout === 'big') {
      this.#wide!.update(groups, input, length, groupCount)
      return
    }
    this.#extremes = grownFloat64(this.#extremes, groupCount)
    this.#seen = grownUint8(this.#seen, groupCount)
    const vector = input as NumberVector
    if (groups === null && vector.validity === null) {
      const extreme = this.#which === 'min' ? leastOf(vector) : greatestOf(vector)
      this.#merge(extreme)
    } else if (this.#which === 'min') lower(vector, groups, this.#extremes, this.#seen)
    else raise(vector, groups, this.#extremes, this.#seen)
  }

  finish(groupCount: number): Vector {
    const extremes = grownFloat64(this.#extremes, groupCount).slice(0, groupCount)
    const validity = grownUint8(this.#seen, groupCount).slice(0, groupCount)
    const head = { type: this.#type, length: groupCount, validity }
    if (layoutOf(this.#type) === 'i32') {
      return { ...head, layout: 'i32', values: Int32Array.from(extremes) }
    }
    for (let group = 0; group < groupCount; group++) extremes[group]! += 0
    const narrow: Vector = { ...head, layout: 'f64', values: extremes }
    if (this.#wide === null) return narrow
    const groups = Int32Array.from(extremes, (_, group) => group)
    this.#wide.update(groups, narrow, groupCount, groupCount)
    return this.#wide.finish(groupCount)
  }

  parts(groupCount: number): Vector[] {
    return [this.finish(groupCount)]
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.update(groups, parts[0]!, groups.length, groupCount)
  }

  #merge(extreme: number): void {
    const values = new Float64Array([extreme])
    const one: NumberVector = { type: this.#type, layout: 'f64', length: 1, validity: null, values }
    if (this.#which === 'min') lower(one, null, this.#extremes, this.#seen)
    else raise(one, null, this.#extremes, this.#seen)
  }
}

class ValueExtremum implements AggregateState {
  readonly #store: ValueStore
  readonly #sign: number
  #seen: Uint8Array = new Uint8Array(1)

  constructor(store: ValueStore, which: 'min' | 'max') {
    this.#store = store
    this.#sign = which === 'min' ? 1 : -1
  }

  get bytes(): number {
    return this.#store.bytes + this.#seen.byteLength
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
  ): void {
    this.#store.grow(groupCount)
    this.#seen = grownUint8(this.#seen, groupCount)
    const vector = input!
    const { validity } = vector
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const group = groups === null ? 0 : groups[row]!
      if (this.#seen[group] === 0 || this.#store.compare(group, vector, row) * this.#sign > 0) {
        this.#store.set(group, vector, row)
        this.#seen[group] = 1
      }
    }
  }

  finish(groupCount: number): Vector {
    return this.#store.finish(groupCount, grownUint8(this.#seen, groupCount).slice(0, groupCount))
  }

  parts(groupCount: number): Vector[] {
    return [this.finish(groupCount)]
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.update(groups, parts[0]!, groups.length, groupCount)
  }
}
