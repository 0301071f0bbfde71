import { grownInt32 } from './group-storage.ts'
import { hashPair } from './hash.ts'
import { addressOf, type Blocks, keptInt32 } from './wasm/blocks.ts'
import { wasmKernels } from './wasm/kernels.ts'

/** Cells of a table of all pairs of ids, at most. */
const CELLS_MAX = 1 << 16
/** Cells in the kernels' memory. */
const ROOM = 1 << 12

/**
 * Numbers the distinct pairs of two non-negative ids, from 0, in order of first appearance: in a
 * table of all pairs while there are few ids, else by open addressing.
 */
export class GroupPairs {
  /** By left << width | right, the pair's id + 1; null once it would be too large. */
  #cells: Int32Array | null
  #width = 3
  /** Per slot the two ids, the pair's own id + 1, and a gap; 0 marks a free slot. */
  #entries = new Int32Array(4 << 6)
  #left: Int32Array = new Int32Array(32)
  #right: Int32Array = new Int32Array(32)
  #count = 0
  /** For the cells while they are few, in the kernels' memory. */
  readonly #room: Int32Array | null

  /** @param blocks As of a `GroupTable`. */
  constructor(blocks: Blocks | null = null) {
    this.#room = keptInt32(blocks, ROOM)
    this.#cells = this.#room?.subarray(0, 64) ?? new Int32Array(64)
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    const cells = this.#cells?.byteLength ?? 0
    return this.#entries.byteLength + this.#left.byteLength * 2 + cells
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
    const from = this.#assignFast(left, right, length, ids)
    if (from === length) return
    this.#cover(left, right, length)
    const cells = this.#cells
    if (cells === null) {
      for (let row = from; row < length; row++) {
        ids[row] = this.#idOf(left[row]!, right[row]!, 'assign')
      }
      return
    }
    const width = this.#width
    for (let row = from; row < length; row++) {
      const cell = (left[row]! << width) | right[row]!
      let mark = cells[cell]!
      if (mark === 0) {
        mark = this.#append(left[row]!, right[row]!) + 1
        cells[cell] = mark
      }
      ids[row] = mark - 1
    }
  }

  /** By WebAssembly, while nearly all pairs have ids; the first row that is left. */
  #assignFast(left: Int32Array, right: Int32Array, length: number, ids: Int32Array): number {
    const [first, second, out] = [addressOf(left), addressOf(right), addressOf(ids)]
    if (first === 0 || second === 0 || out === 0) return 0
    let row = 0
    for (let others = 0; ; others++) {
      const cells = this.#cells
      const at = cells === null ? 0 : addressOf(cells)
      if (at === 0) return row
      const [width, size] = [this.#width, cells!.length]
      row = wasmKernels()!.run.findPairs(first, second, row, length, at, width, size, out)
      if (row === length || (others > 64 && row < others * 16)) return row
      const [one, other] = [left.subarray(row, row + 1), right.subarray(row, row + 1)]
      this.#cover(one, other, 1)
      ids[row] = this.#idOf(one[0]!, other[0]!, 'assign')
      row++
    }
  }

  /** Takes in the pairs of which both sides have an id. */
  add(left: Int32Array, right: Int32Array, length: number): void {
    this.#cover(left, right, length)
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

  /** Makes the table large enough for the ids of these rows, or lets it go. */
  #cover(left: Int32Array, right: Int32Array, length: number): void {
    if (this.#cells === null) return
    let leftMax = 0
    let rightMax = 0
    for (let row = 0; row < length; row++) {
      if (left[row]! > leftMax) leftMax = left[row]!
      if (right[row]! > rightMax) rightMax = right[row]!
    }
    const width = Math.max(this.#width, 32 - Math.clz32(rightMax))
    const height = Math.max(this.#cells.length >> this.#width, leftMax + 1)
    if (width === this.#width && height << width <= this.#cells.length) return
    if (height * 2 ** width > CELLS_MAX) {
      this.#cells = null
      this.#rehash()
      return
    }
    this.#cells = this.#newCells(height, width)
    this.#width = width
    for (let id = 0; id < this.#count; id++) {
      this.#cells[(this.#left[id]! << width) | this.#right[id]!] = id + 1
    }
  }

  #newCells(height: number, width: number): Int32Array {
    const least = height * 2 ** width
    if (this.#room !== null && least <= ROOM) return this.#room.fill(0)
    return new Int32Array(Math.min(CELLS_MAX, 2 * least))
  }

  #rehash(): void {
    let size = this.#entries.length
    while (this.#count * 8 > size) size *= 2
    this.#enter(new Int32Array(size))
  }

  #append(left: number, right: number): number {
    const id = this.#count++
    this.#left = grownInt32(this.#left, this.#count)
    this.#right = grownInt32(this.#right, this.#count)
    this.#left[id] = left
    this.#right[id] = right
    return id
  }

  #idOf(left: number, right: number, missing: 'assign' | 'find'): number {
    const cells = this.#cells
    if (cells !== null) {
      const width = this.#width
      const cell = right >> width === 0 ? left * 2 ** width + right : cells.length
      if (cell >= cells.length) return -1
      if (cells[cell] === 0 && missing === 'assign') cells[cell] = this.#append(left, right) + 1
      return cells[cell]! - 1
    }
    const entries = this.#entries
    const mask = entries.length - 1
    let slot = (hashPair(left, right) << 2) & mask
    let id = entries[slot + 2]! - 1
    while (id >= 0 && (entries[slot] !== left || entries[slot + 1] !== right)) {
      slot = (slot + 4) & mask
      id = entries[slot + 2]! - 1
    }
    if (id >= 0 || missing === 'find') return id
    id = this.#append(left, right)
    place(entries, slot, left, right, id)
    if (this.#count * 8 > entries.length) this.#grow()
    return id
  }

  #grow(): void {
    this.#enter(new Int32Array(this.#entries.length * 2))
  }

  #enter(entries: Int32Array<ArrayBuffer>): void {
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
