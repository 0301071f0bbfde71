import { type DataType, isExact } from '../arrow/data-type.ts'
import { type BigVector, type Float64Vector, SAFE, type Vector } from '../arrow/vector.ts'
import { ascendingIds } from './ascending-ids.ts'
import { DirectIds } from './direct-ids.ts'
import type { GroupIndex } from './group-index.ts'
import { grownFloat64, keyValidity } from './group-storage.ts'
import { hashPair } from './hash.ts'
import { RankedIds } from './ranked-ids.ts'
import { type Blocks, inBlocks, newFloat64 } from './wasm/blocks.ts'

const SAFE_BIG = BigInt(SAFE)

/**
 * Distinct values of an `f64` or `big` column. Whole numbers that lie close together are found by
 * position; otherwise open addressing for what a float64 holds exactly, a Map for the whole numbers
 * beyond 2^53, which are rare.
 */
export class FloatGroupIndex implements GroupIndex {
  readonly #type: DataType
  readonly #blocks: Blocks | null
  /** Whether each key so far was at least the one before: none has had to be looked up yet. */
  #ascends: boolean
  /** Null for floats, and once the keys have turned out to lie too far apart. */
  #direct: DirectIds | null
  /** What keys are found by while they only ascend; null when they lie too far apart for that. */
  #ranked: RankedIds | null | undefined
  /** Per slot the key and its id + 1; 0 marks a free slot. */
  #entries = new Float64Array(2 << 6)
  #keys: Float64Array = new Float64Array(32)
  readonly #wide = new Map<bigint, number>()
  readonly #scratch = new Float64Array(1)
  readonly #words = new Int32Array(this.#scratch.buffer)
  #nullId = -1
  #nanId = -1
  #count = 0

  /** @param blocks As of a `GroupTable`. */
  constructor(type: DataType, blocks: Blocks | null = null) {
    this.#type = type
    this.#blocks = blocks
    this.#ascends = isExact(type)
    this.#direct = isExact(type) ? new DirectIds() : null
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    const direct = this.#direct?.bytes ?? 0
    const ranked = this.#ranked?.bytes ?? 0
    return this.#entries.byteLength + this.#keys.byteLength + this.#wide.size * 96 + direct + ranked
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
    if (this.#wide.size === 0) return { ...head, layout: 'f64', values }
    const wide = Array.from(values, BigInt)
    for (const [value, id] of this.#wide) wide[id] = value
    return { ...head, layout: 'big', values: wide }
  }

  #resolve(vector: Vector, ids: Int32Array, missing: 'assign' | 'find'): void {
    if (vector.layout !== 'f64' && vector.layout !== 'big') {
      throw new Error(`no float64 keys in a ${vector.layout} vector`)
    }
    if (missing === 'find' && this.#ascends && vector.layout === 'f64') {
      this.#ranked ??= RankedIds.of(this.#keys, this.#count)
      const { values, validity, length } = vector
      if (this.#ranked !== null) {
        this.#ranked.find(values, validity, length, ids)
        return
      }
    }
    this.#ranked = undefined
    if (this.#direct !== null && missing === 'assign') this.#direct.rows += vector.length
    const ascended = this.#ascend(vector, ids, missing)
    if (ascended === vector.length) return
    if (vector.layout === 'f64') {
      const from = this.#resolveDirect(vector, ascended, ids, missing)
      if (from < vector.length) this.#resolveFloats(vector, from, ids, missing)
      return
    }
    if (this.#direct !== null && missing === 'assign') this.#dropDirect()
    this.#resolveBig(vector, ids, missing)
  }

  /** Numbers rows while keys only ascend; the first row that is left, and keys can be found then. */
  #ascend(vector: Float64Vector | BigVector, ids: Int32Array, missing: 'assign' | 'find'): number {
    if (!this.#ascends) return 0
    let from = 0
    if (missing === 'assign' && vector.layout === 'f64' && vector.validity === null) {
      const { values, length } = vector
      const fresh = inBlocks(this.#blocks, () => newFloat64(length))
      const last = this.#keys[this.#count - 1] ?? Number.NEGATIVE_INFINITY
      const { rows, added } = ascendingIds(values, length, last, this.#count - 1, ids, fresh)
      this.#keys = grownFloat64(this.#keys, this.#count + added)
      this.#keys.set(fresh.subarray(0, added), this.#count)
      this.#count += added
      from = rows
      if (from === length) return from
    }
    this.#ascends = false
    if (this.#count > 0 && !this.#enterDirect()) this.#dropDirect()
    return from
  }

  /** Enters the keys so far by position; false when they lie too far apart. */
  #enterDirect(): boolean {
    const direct = this.#direct!
    const keys = this.#keys
    if (!direct.cover(keys[0]!, keys[this.#count - 1]!)) return false
    const { table, base } = direct
    for (let id = 0; id < this.#count; id++) table[keys[id]! - base] = id + 1
    return true
  }

  #dropDirect(): void {
    this.#direct = null
    this.#rehash()
  }

  /** Looks rows up by position; the first one that cannot be, and then none can any more. */
  #resolveDirect(
    vector: Float64Vector,
    from: number,
    ids: Int32Array,
    missing: 'assign' | 'find',
  ): number {
    const direct = this.#direct
    if (direct === null) return from
    let row = this.#resolveNear(direct, vector, from, ids, missing)
    while (row < vector.length) {
      if (!this.#cover(direct, vector, row)) {
        this.#dropDirect()
        return row
      }
      row = this.#resolveNear(direct, vector, row, ids, missing)
    }
    return row
  }

  #cover(direct: DirectIds, { values, validity, length }: Float64Vector, from: number): boolean {
    let least = Number.POSITIVE_INFINITY
    let greatest = Number.NEGATIVE_INFINITY
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
    { validity, values, length }: Float64Vector,
    from: number,
    ids: Int32Array,
    missing: 'assign' | 'find',
  ): number {
    const entries = table.length
    for (let row = from; row < length; row++) {
      if (validity !== null && validity[row] === 0) {
        ids[row] = this.#idOfNull(missing)
        continue
      }
      const far = values[row]! - base
      if (!(far >= 0 && far < entries)) {
        if (missing === 'assign') return row
        ids[row] = -1
        continue
      }
      const at = far | 0
      let mark = table[at]!
      if (mark === 0 && missing === 'assign') {
        mark = this.#append(values[row]!) + 1
        table[at] = mark
      }
      ids[row] = mark - 1
    }
    return length
  }

  #resolveFloats(
    vector: Float64Vector,
    from: number,
    ids: Int32Array,
    missing: 'assign' | 'find',
  ): void {
    const { validity, values, length } = vector
    let lastKey = Number.NaN
    let lastId = -1
    for (let row = from; row < length; row++) {
      if (validity !== null && validity[row] === 0) {
        ids[row] = this.#idOfNull(missing)
        continue
      }
      const key = values[row]! + 0
      if (key !== lastKey) {
        lastKey = key
        lastId = this.#idOf(key, missing)
      }
      ids[row] = lastId
    }
  }

  #resolveBig(vector: BigVector, ids: Int32Array, missing: 'assign' | 'find'): void {
    const { validity, values, length } = vector
    for (let row = 0; row < length; row++) {
      const key = values[row]!
      if (validity !== null && validity[row] === 0) ids[row] = this.#idOfNull(missing)
      else if (key <= SAFE_BIG && key >= -SAFE_BIG) ids[row] = this.#idOf(Number(key), missing)
      else {
        let id = this.#wide.get(key) ?? -1
        if (id < 0 && missing === 'assign') {
          id = this.#append(0)
          this.#wide.set(key, id)
        }
        ids[row] = id
      }
    }
  }

  #idOfNull(missing: 'assign' | 'find'): number {
    if (this.#nullId < 0 && missing === 'assign') this.#nullId = this.#append(0)
    return this.#nullId
  }

  /** @param key Not -0. */
  #idOf(key: number, missing: 'assign' | 'find'): number {
    if (this.#direct !== null) {
      const { table, base } = this.#direct
      return (table[key - base] ?? 0) - 1 // Only to find a key of a wide vector.
    }
    if (Number.isNaN(key)) {
      if (this.#nanId < 0 && missing === 'assign') this.#nanId = this.#append(key)
      return this.#nanId
    }
    const entries = this.#entries
    const mask = entries.length - 1
    let slot = (this.#hash(key) << 1) & mask
    let id = entries[slot + 1]! - 1
    while (id >= 0 && entries[slot] !== key) {
      slot = (slot + 2) & mask
      id = entries[slot + 1]! - 1
    }
    if (id >= 0 || missing === 'find') return id
    id = this.#append(key)
    entries[slot] = key
    entries[slot + 1] = id + 1
    if (this.#count * 4 > entries.length) this.#grow()
    return id
  }

  #hash(key: number): number {
    this.#scratch[0] = key
    return hashPair(this.#words[0]!, this.#words[1]!)
  }

  #append(key: number): number {
    this.#keys = grownFloat64(this.#keys, this.#count + 1)
    this.#keys[this.#count] = key
    return this.#count++
  }

  /** Enters the keys that were found by position so far. */
  #rehash(): void {
    let size = this.#entries.length
    while (this.#count * 4 > size) size *= 2
    const entries = new Float64Array(size)
    for (let id = 0; id < this.#count; id++) {
      if (id !== this.#nullId) this.#place(entries, this.#keys[id]!, id + 1)
    }
    this.#entries = entries
  }

  #grow(): void {
    const entries = new Float64Array(this.#entries.length * 2)
    for (let slot = 0; slot < this.#entries.length; slot += 2) {
      const marker = this.#entries[slot + 1]!
      if (marker !== 0) this.#place(entries, this.#entries[slot]!, marker)
    }
    this.#entries = entries
  }

  #place(entries: Float64Array, key: number, marker: number): void {
    const mask = entries.length - 1
    let target = (this.#hash(key) << 1) & mask
    while (entries[target + 1] !== 0) target = (target + 2) & mask
    entries[target] = key
    entries[target + 1] = marker
  }
}
