/** Entries that a table may have however few rows there are. */
const ENTRIES_MIN = 1 << 16
/** Entries for each row seen: of those that no key falls on, no memory page is ever touched. */
const ENTRIES_PER_ROW = 64
const ENTRIES_MAX = 1 << 26

/**
 * Ids of whole-number keys that lie close together: the id of key k is found at position k - base,
 * without hashing. The range grows with the keys, and there is none any more once they turn out to
 * lie too far apart.
 */
export class DirectIds {
  /** By key - base, the id + 1; 0 where there is none. */
  table: Int32Array = new Int32Array(0)
  base = 0
  /** Rows that were or are about to be looked up. */
  rows = 0

  get bytes(): number {
    return this.table.byteLength
  }

  /**
   * Makes room for the keys `least` to `greatest`. False when the range would be too large for the
   * rows seen so far: the table is then not to be used any more.
   */
  cover(least: number, greatest: number): boolean {
    const { table, base } = this
    const isEmpty = table.length === 0
    const from = isEmpty ? least : Math.min(least, base)
    const to = isEmpty ? greatest : Math.max(greatest, base + table.length - 1)
    const span = to - from + 1
    const most = Math.min(ENTRIES_MAX, Math.max(ENTRIES_MIN, this.rows * ENTRIES_PER_ROW))
    if (!(span <= most)) return false
    // Room on the side to which the keys go, so that an ascending key does not move it each time.
    const spare = isEmpty ? 0 : Math.min(span, most - span)
    const down = from < base && !isEmpty ? spare : 0
    const grown = new Int32Array(span + spare)
    if (!isEmpty) grown.set(table, base - from + down)
    this.table = grown
    this.base = from - down
    return true
  }
}
