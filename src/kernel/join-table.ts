import type { DataType } from '../arrow/data-type.ts'
import type { Vector } from '../arrow/vector.ts'
import { clearNullKeys } from './clear-null-keys.ts'
import { GroupTable } from './group-table.ts'

/** Where a probe stands: the next left row, and how many of its matches have been given. */
export interface ProbeCursor {
  row: number
  match: number
}

/** Rows of the build side by key. A key with a null in it matches nothing, on either side. */
export class JoinTable {
  readonly #groups: GroupTable
  /** The rows of key i are `rows[offsets[i] .. offsets[i + 1])`, ascending. */
  readonly #offsets: Int32Array
  readonly #rows: Int32Array

  /** @param keys The key columns of the whole build side, `length` rows each. */
  constructor(types: readonly DataType[], keys: readonly Vector[], length: number) {
    this.#groups = new GroupTable(types)
    const ids = new Int32Array(length)
    this.#groups.assign(keys, length, ids)
    clearNullKeys(keys, length, ids)
    const offsets = new Int32Array(this.#groups.count + 1)
    for (let row = 0; row < length; row++) if (ids[row]! >= 0) offsets[ids[row]! + 1]! += 1
    for (let id = 1; id < offsets.length; id++) offsets[id]! += offsets[id - 1]!
    const next = offsets.slice()
    const rows = new Int32Array(offsets.at(-1)!)
    for (let row = 0; row < length; row++) {
      const id = ids[row]!
      if (id >= 0) rows[next[id]!++] = row
    }
    this.#offsets = offsets
    this.#rows = rows
  }

  get bytes(): number {
    return this.#groups.bytes + this.#offsets.byteLength + this.#rows.byteLength
  }

  /** Writes the key number of each of `length` left rows to `ids`, -1 for rows without a match. */
  probe(keys: readonly Vector[], length: number, ids: Int32Array): void {
    this.#groups.find(keys, length, ids)
    clearNullKeys(keys, length, ids)
  }

  /**
   * Writes pairs of matching rows from `cursor` on, at most as many as `left` has room for, and
   * moves the cursor.
   *
   * @param ids What `probe` found for the left rows.
   * @param length Left rows in all; `cursor.row` reaches it when they are done.
   * @param unmatched Whether a left row without a match is given too, with -1 as its right row.
   * @returns How many pairs were written.
   */
  matches(
    cursor: ProbeCursor,
    ids: Int32Array,
    length: number,
    left: Int32Array,
    right: Int32Array,
    unmatched: 'keep' | 'drop',
  ): number {
    const offsets = this.#offsets
    const rows = this.#rows
    let count = 0
    let { row, match } = cursor
    while (row < length && count < left.length) {
      const id = ids[row]!
      if (id < 0) {
        if (unmatched === 'keep') {
          left[count] = row
          right[count++] = -1
        }
        row += 1
        continue
      }
      const end = offsets[id + 1]!
      let at = offsets[id]! + match
      while (at < end && count < left.length) {
        left[count] = row
        right[count++] = rows[at++]!
      }
      if (at < end) match = at - offsets[id]!
      else {
        match = 0
        row += 1
      }
    }
    cursor.row = row
    cursor.match = match
    return count
  }
}
