import type { DataType } from '../arrow/data-type.ts'
import type { Vector } from '../arrow/vector.ts'
import { ascendingIds } from './ascending-ids.ts'
import { DirectIds } from './direct-ids.ts'
import type { GroupIndex } from './group-index.ts'
import { grownInt32, keyValidity } from './group-storage.ts'
import { RankedIds } from './ranked-ids.ts'
import { type Blocks, inBlocks, newInt32 } from './wasm/blocks.ts'

const FIBONACCI = 0x9e3779b1

/**
 * Distinct values of an `i32` or `bool` column: found by position while the keys lie close together,
 * then by open addressing, key and id side by side.
 */
export class IntGroupIndex implements GroupIndex {
  readonly #type: DataType
  readonly #blocks: Blocks | null
  /** Whether each key so far was at least the one before: none has had to be looked up yet. */
  #ascends = true
  /** Null once the keys have turned out to lie too far apart. */
  #direct: DirectIds | null = new DirectIds()
  /** What keys are found by while they only ascend; null when they lie too far apart for that. */
  #ranked: RankedIds | null | undefined
  /** Per slot the key and its id + 1; 0 marks a free slot. */
  #entries = new Int32Array(2 << 6)
  #shift = 32 - 6
  #keys: Int32Array = new Int32Array(32)
  #nullId = -1
  #count = 0

  /** @param blocks As of a `GroupTable`. */
  constructor(type: DataType, blocks: Blocks | null = null) {
    this.#type = type
    this.#blocks = blocks
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    const found = (this.#direct?.bytes ?? 0) + (this.#ranked?.bytes ?? 0)
    return this.#entries.byteLength + this.#keys.byteLength + found
  }

  assign(vector: Vector, ids: Int32Array): void {
    this.#resolve(vector, ids, 'assign')
  }

  find(vector: Vector, ids: Int32Array): void {
    this.#resolve(vector, ids, 'find')
  }

  keys(): Vector {
    const length = this.#count
    const head = { type: this.#type, length, validity: keyValidity(length, this.#nullId) }
    const values = this.#keys.slice(0, length)
    if (this.#type.name !== 'bool') return { ...head, layout: 'i32', values }
    return { ...head, layout: 'bool', values: Uint8Array.from(values) }
  }

  #resolve(vector: Vector, ids: Int32Array, missing: 'assign' | 'find'): void {
    const values = intValues(vector)
    const { validity, length } = vector
    if (missing === 'find' && this.#ascends) {
      this.#ranked ??= RankedIds.of(this.#keys, this.#count)
      if (this.#ranked !== null) {
        this.#ranked.find(values, validity, length, ids)
        return
      }
    }
    this.#ranked = undefined
    if (this.#direct !== null && missing === 'assign') this.#direct.rows += length
    const ascended = this.#ascend(values, validity, length, ids, missing)
    if (ascended === length) return
    const from = this.#resolveDirect(ascended, values, validity, length, ids, missing)
    if (from === length) return
    let entries = this.#entries
    let shift = this.#shift
    let mask = entries.length - 1
    let lastKey = 0
    let lastId = -1
    for (let row = from; row < length; row++) {
      if (validity !== null && validity[row] === 0) {
        if (this.#nullId < 0 && missing === 'assign') this.#nullId = this.#append(0)
        ids[row] = this.#nullId
        continue
      }
      const key = values[row]!
      if (key !== lastKey || lastId < 0) {
        lastKey = key
        let slot = (Math.imul(key, FIBONACCI) >>> shift) << 1
        lastId = entries[slot + 1]! - 1
        while (lastId >= 0 && entries[slot] !== key) {
          slot = (slot + 2) & mask
          lastId = entries[slot + 1]! - 1
        }
        if (lastId < 0 && missing === 'assign') {
          lastId = this.#append(key)
          entries[slot] = key
          entries[slot + 1] = lastId + 1
          if (this.#count * 4 > entries.length) {
            entries = this.#grow()
            shift = this.#shift
            mask = entries.length - 1
          }
        }
      }
      ids[row] = lastId
    }
  }

  /** Numbers rows while keys only ascend; the first row that is left, and keys can be found then. */
  #ascend(
    values: Int32Array,
    validity: Uint8Array | null,
    length: number,
    ids: Int32Array,
    missing: 'assign' | 'find',
  ): number {
    if (!this.#ascends) return 0
    let from = 0
    if (missing === 'assign' && validity === null) {
      const fresh = inBlocks(this.#blocks, () => newInt32(length))
      const last = this.#keys[this.#count - 1] ?? Number.NEGATIVE_INFINITY
      const { rows, added } = ascendingIds(values, length, last, this.#count - 1, ids, fresh)
      this.#keys = grownInt32(this.#keys, this.#count + added)
      this.#keys.set(fresh.subarray(0, added), this.#count)
      this.#count += added
      from = rows
      if (from === length) return from
    }
    this.#ascends = false
    if (this.#count > 0 && !this.#enterDirect(this.#direct!)) {
      this.#direct = null
      this.#rehash()
    }
    return from
  }

  /** Enters the keys so far by position; false when they lie too far apart. */
  #enterDirect(direct: DirectIds): boolean {
    const keys = this.#keys
    if (!direct.cover(keys[0]!, keys[this.#count - 1]!)) return false
    const { table, base } = direct
    for (let id = 0; id < this.#count; id++) table[keys[id]! - base] = id + 1
    return true
  }

  /** Looks rows up by position; the first one that cannot be, and then none can any more. */
  #resolveDirect(
    from: number,
    values: Int32Array,
    validity: Uint8Array | null,
    length: number,
    ids: Int32Array,
    missing: 'assign' | 'find',
  ): number {
    const direct = this.#direct
    if (direct === null) return from
    let row = this.#resolveNear(direct, values, validity, from, length, ids, missing)
    while (row < length) {
      if (!this.#cover(direct, values, validity, row, length)) {
        this.#direct = null
        this.#rehash()
        return row
      }
      row = this.#resolveNear(direct, values, validity, row, length, ids, missing)
    }
    return row
  }

  #cover(
    direct: DirectIds,
    values: Int32Array,
    validity: Uint8Array | null,
    from: number,
    length: number,
  ): boolean {
    let least = 2 ** 31
    let greatest = -(2 ** 31)
    for (let row = from; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const value = values[row]!
      if (value < least) least = value
      if (value > greatest) greatest = value
    }
    return direct.cover(least, greatest)
  }

  /** Looks rows up from `from` on; the first one whose key the table does not cover. */
  #resolveNear(
    { table, base }: DirectIds,
    values: Int32Array,
    validity: Uint8Array | null,
    from: number,
    length: number,
    ids: Int32Array,
    missing: 'assign' | 'find',
  ): number {
    for (let row = from; row < length; row++) {
      if (validity !== null && validity[row] === 0) {
        if (this.#nullId < 0 && missing === 'assign') this.#nullId = this.#append(0)
        ids[row] = this.#nullId
        continue
      }
      const at = values[row]! - base
      if (at < 0 || at >= table.length) {
        if (missing === 'assign') return row
        ids[row] = -1
        continue
      }
      let mark = table[at]!
      if (mark === 0 && missing === 'assign') {
        mark = this.#append(values[row]!) + 1
        table[at] = mark
      }
      ids[row] = mark - 1
    }
    return length
  }

  /** Enters the keys so far, for a start. */
  #rehash(): void {
    let size = this.#entries.length
    for (; this.#count * 4 > size; size *= 2) this.#shift -= 1
    this.#entries = new Int32Array(size)
    this.#enter(this.#entries)
  }

  #append(key: number): number {
    this.#keys = grownInt32(this.#keys, this.#count + 1)
    this.#keys[this.#count] = key
    return this.#count++
  }

  #grow(): Int32Array<ArrayBuffer> {
    this.#shift -= 1
    this.#entries = new Int32Array(this.#entries.length * 2)
    this.#enter(this.#entries)
    return this.#entries
  }

  #enter(entries: Int32Array): void {
    const mask = entries.length - 1
    for (let id = 0; id < this.#count; id++) {
      if (id === this.#nullId) continue
      const key = this.#keys[id]!
      let slot = (Math.imul(key, FIBONACCI) >>> this.#shift) << 1
      while (entries[slot + 1] !== 0) slot = (slot + 2) & mask
      entries[slot] = key
      entries[slot + 1] = id + 1
    }
  }
}

function intValues(vector: Vector): Int32Array {
  if (vector.layout === 'i32') return vector.values
  if (vector.layout === 'bool') return Int32Array.from(vector.values)
  throw new Error(`no int32 keys in a ${vector.layout} vector`)
}
