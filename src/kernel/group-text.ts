import type { DataType } from '../arrow/data-type.ts'
import { copyText, type Utf8Vector, type Vector } from '../arrow/vector.ts'
import { GraupelError } from '../error.ts'
import type { GroupIndex } from './group-index.ts'
import { grownInt32, grownUint8, keyValidity } from './group-storage.ts'
import { hashBytes, sameBytes } from './hash.ts'
import { RECENT_LONGEST, RecentTexts } from './recent-texts.ts'
import type { ShortTexts } from './wasm/short-texts.ts'

const ARENA_BYTES_MAX = 2 ** 31 - 1

/** Distinct values of a text column: hashes in open addressing, the bytes copied to an arena. */
export class TextGroupIndex implements GroupIndex {
  readonly #type: DataType
  readonly #short: ShortTexts | null
  /** Per slot the hash and the id + 1; 0 marks a free slot. */
  #entries = new Int32Array(2 << 6)
  /** Ids of one-byte values. */
  readonly #single = new Int32Array(256).fill(-1)
  readonly #recent = new RecentTexts()
  #arena: Uint8Array = new Uint8Array(1024)
  /** Value i is `arena[ends[i - 1] .. ends[i])`, held from position 1 on. */
  #ends: Int32Array = new Int32Array(32)
  #nullId = -1
  #count = 0

  constructor(type: DataType, short: ShortTexts | null = null) {
    this.#type = type
    this.#short = short
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#entries.byteLength + this.#arena.byteLength + this.#ends.byteLength
  }

  assign(vector: Vector, ids: Int32Array): void {
    this.#resolve(vector as Utf8Vector, ids, 'assign')
  }

  find(vector: Vector, ids: Int32Array): void {
    this.#resolve(vector as Utf8Vector, ids, 'find')
  }

  keys(): Vector {
    const length = this.#count
    return {
      type: this.#type,
      layout: 'utf8',
      length,
      validity: keyValidity(length, this.#nullId),
      bytes: this.#arena.slice(0, this.#ends[length]!),
      starts: this.#ends.slice(0, length),
      ends: this.#ends.slice(1, length + 1),
    }
  }

  #resolve(vector: Utf8Vector, ids: Int32Array, missing: 'assign' | 'find'): void {
    const from = this.#resolveShort(vector, ids, missing)
    if (from < vector.length) this.#resolveFrom(from, vector, ids, missing)
  }

  /** By WebAssembly, while nearly all rows have texts that it knows; the first row that is left. */
  #resolveShort(vector: Utf8Vector, ids: Int32Array, missing: 'assign' | 'find'): number {
    const short = this.#short
    if (short === null) return 0
    const { bytes, starts, ends, length } = vector
    let row = 0
    for (let others = 0; ; others++) {
      const next = short.find(vector, row, ids)
      if (next < 0 || next === length) return Math.max(next, 0)
      if (others > 64 && next < others * 16) return next
      const [start, end] = [starts[next]!, ends[next]!]
      const id =
        end - start === 1
          ? this.#idOfByte(bytes, start, missing)
          : this.#idOf(bytes, start, end, missing)
      if (id >= 0) short.enter(bytes, start, end, id)
      ids[next] = id
      row = next + 1
    }
  }

  #resolveFrom(
    from: number,
    vector: Utf8Vector,
    ids: Int32Array,
    missing: 'assign' | 'find',
  ): void {
    const { bytes, starts, ends, validity, length } = vector
    const single = this.#single
    const recent = this.#recent.pays ? this.#recent : null
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let asked = 0
    let found = 0
    for (let row = from; row < length; row++) {
      if (validity !== null && validity[row] === 0) {
        if (this.#nullId < 0 && missing === 'assign') this.#nullId = this.#append(bytes, 0, 0)
        ids[row] = this.#nullId
        continue
      }
      const start = starts[row]!
      const end = ends[row]!
      if (end - start === 1) {
        const id = single[bytes[start]!]!
        ids[row] = id >= 0 ? id : this.#idOfByte(bytes, start, missing)
      } else if (recent !== null && end - start <= RECENT_LONGEST && end > start) {
        const slot = recent.slotOf(view, start, end - start)
        let id = recent.idAt(slot)
        asked += 1
        if (id >= 0) found += 1
        else {
          id = this.#idOf(bytes, start, end, missing)
          if (id >= 0) recent.remember(slot, id)
        }
        ids[row] = id
      } else ids[row] = this.#idOf(bytes, start, end, missing)
    }
    this.#recent.note(asked, found)
  }

  #idOfByte(bytes: Uint8Array, start: number, missing: 'assign' | 'find'): number {
    const byte = bytes[start]!
    if (this.#single[byte]! < 0 && missing === 'assign') {
      this.#single[byte] = this.#append(bytes, start, start + 1)
    }
    return this.#single[byte]!
  }

  #idOf(bytes: Uint8Array, start: number, end: number, missing: 'assign' | 'find'): number {
    const hash = hashBytes(bytes, start, end)
    const entries = this.#entries
    const mask = entries.length - 1
    const length = end - start
    let slot = (hash << 1) & mask
    for (let id = entries[slot + 1]! - 1; id >= 0; id = entries[slot + 1]! - 1) {
      if (entries[slot] === hash) {
        const from = this.#ends[id]!
        if (this.#ends[id + 1]! - from === length) {
          if (sameBytes(this.#arena, from, bytes, start, length)) return id
        }
      }
      slot = (slot + 2) & mask
    }
    if (missing === 'find') return -1
    const id = this.#append(bytes, start, end)
    entries[slot] = hash
    entries[slot + 1] = id + 1
    if (this.#count * 4 > entries.length) this.#grow()
    return id
  }

  #append(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#ends[this.#count]!
    const next = at + end - start
    if (next > ARENA_BYTES_MAX) {
      const message = 'distinct text values of one column take more than 2 GiB; ask for fewer'
      throw new GraupelError('LIMIT', message, { bytes: next, limit: ARENA_BYTES_MAX })
    }
    this.#arena = grownUint8(this.#arena, next)
    this.#ends = grownInt32(this.#ends, this.#count + 2)
    copyText(bytes, start, this.#arena, at, end - start)
    this.#ends[this.#count + 1] = next
    return this.#count++
  }

  #grow(): void {
    const entries = new Int32Array(this.#entries.length * 2)
    const mask = entries.length - 1
    for (let slot = 0; slot < this.#entries.length; slot += 2) {
      if (this.#entries[slot + 1] === 0) continue
      let target = (this.#entries[slot]! << 1) & mask
      while (entries[target + 1] !== 0) target = (target + 2) & mask
      entries[target] = this.#entries[slot]!
      entries[target + 1] = this.#entries[slot + 1]!
    }
    this.#entries = entries
  }
}
