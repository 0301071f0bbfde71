import type { DataType } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { clearNullKeys } from '../../kernel/clear-null-keys.ts'
import { GroupTable } from '../../kernel/group-table.ts'

const FREE = 0
const OURS = 1
const THEIRS = 2

/**
 * Keys of rows that are to be written, and who has each: rows of ours, or rows that are there. Keys
 * with a null in them are nobody's.
 */
export class KeyOwners {
  readonly #table: GroupTable
  #owners = new Uint8Array(64)
  #sinceMark: number[] | null = null

  constructor(types: readonly DataType[]) {
    this.#table = new GroupTable(types)
  }

  /** How many keys have been asked about. */
  get count(): number {
    return this.#table.count
  }

  /** The number of each row's key, -1 for one with a null. Nobody owns it yet, unless told. */
  number(keys: readonly Vector[], length: number): Int32Array {
    const ids = new Int32Array(length)
    this.#table.assign(keys, length, ids)
    clearNullKeys(keys, length, ids)
    if (this.#table.count > this.#owners.length) {
      const grown = new Uint8Array(this.#table.count * 2)
      grown.set(this.#owners)
      this.#owners = grown
    }
    return ids
  }

  /** Whether a row of ours may have key `id`: nobody else has it. */
  isFree(id: number): boolean {
    return id < 0 || this.#owners[id] === FREE
  }

  /** A row of ours has key `id`. */
  take(id: number): void {
    if (id < 0) return
    this.#owners[id] = OURS
    this.#sinceMark?.push(id)
  }

  /** Keys that rows of ours take from here on may be given back. */
  mark(): void {
    this.#sinceMark = []
  }

  /** Nobody has the keys that were taken since `mark`. */
  giveBack(): void {
    for (const id of this.#sinceMark ?? []) this.#owners[id] = FREE
    this.#sinceMark = null
  }

  /**
   * Takes note of keys of rows that are there; answers the first row that has one of ours, -1 when
   * none has.
   */
  note(keys: readonly Vector[], length: number): number {
    const ids = new Int32Array(length)
    this.#table.find(keys, length, ids)
    clearNullKeys(keys, length, ids)
    for (let row = 0; row < length; row++) {
      const id = ids[row]!
      if (id < 0) continue
      if (this.#owners[id] === OURS) return row
      this.#owners[id] = THEIRS
    }
    return -1
  }

  /** All keys that have been asked about. */
  keys(): Vector[] {
    return this.#table.keys()
  }
}
