import { grownInt32 } from './group-storage.ts'
import { hashPair } from './hash.ts'

/** Numbers the distinct pairs of two non-negative ids, from 0, in order of first appearance. */
export class GroupPairs {
  /** Per slot the two ids, the pair's own id + 1, and a gap; 0 marks a free slot. */
  #entries = new Int32Array(4 << 6)
  #left: Int32Array = new Int32Array(32)
  #right: Int32Array = new Int32Array(32)
  #count = 0

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#entries.byteLength + this.#left.byteLength * 2
  }

  /** The ids that each pair is made of, by pair. */
  get sides(): { readonly left: Int32Array; readonly right: Int32Array } {
    return {
      left: this.#left.subarray(0, this.#count),
      right: this.#right.subarray(0, this.#count),
    }
  }

  /** Writes the number of each row's pair to `ids`, giving new pairs the next numbers. */
  assign(left: Int32Array, right: Int32Array, length: number, ids: Int32Array): void {
    for (let row = 0; row < length; row++) ids[row] = this.#idOf(left[row]!, right[row]!, 'assign')
  }

  /** Takes in the pairs of which both sides have an id. */
  add(left: Int32Array, right: Int32Array, length: number): void {
    for (let row = 0; row < length; row++) {
      if (right[row]! >= 0 && left[row]! >= 0) this.#idOf(left[row]!, right[row]!, 'assign')
    }
  }

  /** Writes the number of each row's pair to `ids`, -1 where it or one of its sides has none. */
  find(left: Int32Array, right: Int32Array, length: number, ids: Int32Array): void {
    for (let row = 0; row < length; row++) {
      const first = left[row]!
      const second = right[row]!
      ids[row] = first < 0 || second < 0 ? -1 : this.#idOf(first, second, 'find')
    }
  }

  #idOf(left: number, right: number, missing: 'assign' | 'find'): number {
    const entries = this.#entries
    const mask = entries.length - 1
    let slot = (hashPair(left, right) << 2) & mask
    let id = entries[slot + 2]! - 1
    while (id >= 0 && (entries[slot] !== left || entries[slot + 1] !== right)) {
      slot = (slot + 4) & mask
      id = entries[slot + 2]! - 1
    }
    if (id >= 0 || missing === 'find') return id
    id = this.#count++
    this.#left = grownInt32(this.#left, this.#count)
    this.#right = grownInt32(this.#right, this.#count)
    this.#left[id] = left
    this.#right[id] = right
    place(entries, slot, left, right, id)
    if (this.#count * 8 > entries.length) this.#grow()
    return id
  }

  #grow(): void {
    const entries = new Int32Array(this.#entries.length * 2)
    const mask = entries.length - 1
    for (let id = 0; id < this.#count; id++) {
      const left = this.#left[id]!
      const right = this.#right[id]!
      let slot = (hashPair(left, right) << 2) & mask
      while (entries[slot + 2] !== 0) slot = (slot + 4) & mask
      place(entries, slot, left, right, id)
    }
    this.#entries = entries
  }
}

function place(entries: Int32Array, slot: number, left: number, right: number, id: number): void {
  entries[slot] = left
  entries[slot + 1] = right
  entries[slot + 2] = id + 1
}
