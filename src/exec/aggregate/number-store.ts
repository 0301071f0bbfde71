import { type DataType, layoutOf } from '../../arrow/data-type.ts'
import { bigAt, type Vector } from '../../arrow/vector.ts'
import { grownFloat64 } from '../../kernel/group-storage.ts'
import type { ValueStore } from './value-store.ts'

/** Values of every layout but text; a bigint where a float64 would not be exact. */
export class NumberStore implements ValueStore {
  readonly #type: DataType
  #values: Float64Array = new Float64Array(1)
  readonly #wide = new Map<number, bigint>()

  constructor(type: DataType) {
    this.#type = type
  }

  get bytes(): number {
    return this.#values.byteLength + this.#wide.size * 64
  }

  grow(groupCount: number): void {
    this.#values = grownFloat64(this.#values, groupCount)
  }

  set(group: number, vector: Vector, row: number): void {
    if (vector.layout === 'utf8') throw new Error('no number in a utf8 vector')
    const value = vector.values[row]!
    if (this.#wide.size > 0) this.#wide.delete(group)
    if (typeof value === 'number') this.#values[group] = value
    else if (Number.isSafeInteger(Number(value))) this.#values[group] = Number(value)
    else this.#wide.set(group, value)
  }

  compare(group: number, vector: Vector, row: number): number {
    const wide = this.#wide.get(group)
    if (wide !== undefined || vector.layout === 'big') {
      const mine = wide ?? BigInt(this.#values[group]!)
      const other = bigAt(vector, row)
      return mine < other ? -1 : mine > other ? 1 : 0
    }
    if (vector.layout === 'utf8') throw new Error('no number in a utf8 vector')
    const mine = this.#values[group]!
    const other = vector.values[row]!
    if (mine < other) return -1
    if (mine > other) return 1
    return Number(Number.isNaN(mine)) - Number(Number.isNaN(other))
  }

  finish(groupCount: number, validity: Uint8Array | null): Vector {
    const head = { type: this.#type, length: groupCount, validity }
    const values = grownFloat64(this.#values, groupCount).slice(0, groupCount)
    if (this.#wide.size > 0) {
      const wide = Array.from(values, BigInt)
      for (const [group, value] of this.#wide) wide[group] = value
      return { ...head, layout: 'big', values: wide }
    }
    switch (layoutOf(this.#type)) {
      case 'bool':
        return { ...head, layout: 'bool', values: Uint8Array.from(values) }
      case 'i32':
        return { ...head, layout: 'i32', values: Int32Array.from(values) }
      default:
        return { ...head, layout: 'f64', values }
    }
  }
}
