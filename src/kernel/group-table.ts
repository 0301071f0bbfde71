import type { DataType } from '../arrow/data-type.ts'
import { take, type Vector } from '../arrow/vector.ts'
import type { GroupIndex } from './group-index.ts'
import { GroupPairs } from './group-pair.ts'
import { grownInt32 } from './group-storage.ts'
import { newGroupIndex } from './new-group-index.ts'
import { type Blocks, inBlocks, newInt32 } from './wasm/blocks.ts'

/**
 * Numbers the distinct tuples of one or more key columns, from 0, in order of first appearance.
 *
 * Each column has an index of its own; the ids of the first two are paired, the pair's id with the
 * third column's, and so on. So every loop is over one kind of typed array, however many keys.
 */
export class GroupTable {
  readonly #columns: readonly GroupIndex[]
  readonly #pairs: readonly GroupPairs[]
  readonly #blocks: Blocks | null
  #scratch: Int32Array = new Int32Array(0)

  /** @param blocks Those of the pipeline whose rows it is given, which it may use for itself. */
  constructor(types: readonly DataType[], blocks: Blocks | null = null) {
    if (types.length === 0) throw new Error('a group table needs a key')
    this.#columns = types.map((type) => newGroupIndex(type, blocks))
    this.#pairs = types.slice(1).map(() => new GroupPairs(blocks))
    this.#blocks = blocks
  }

  get count(): number {
    return (this.#pairs.at(-1) ?? this.#columns[0]!).count
  }

  get bytes(): number {
    const columns = this.#columns.reduce((sum, { bytes }) => sum + bytes, 0)
    return this.#pairs.reduce((sum, { bytes }) => sum + bytes, columns)
  }

  /** Writes each row's number to `ids`, giving new tuples the next numbers. */
  assign(keys: readonly Vector[], length: number, ids: Int32Array): void {
    this.#columns[0]!.assign(keys[0]!, ids)
    if (this.#pairs.length === 0) return
    const scratch = this.#roomFor(length)
    for (const [position, pairs] of this.#pairs.entries()) {
      this.#columns[position + 1]!.assign(keys[position + 1]!, scratch)
      pairs.assign(ids, scratch, length, ids)
    }
  }

  /** Writes each row's number to `ids`, -1 for tuples that have none. */
  find(keys: readonly Vector[], length: number, ids: Int32Array): void {
    this.#columns[0]!.find(keys[0]!, ids)
    if (this.#pairs.length > 0) this.#scratch = grownInt32(this.#scratch, length)
    for (const [position, pairs] of this.#pairs.entries()) {
      this.#columns[position + 1]!.find(keys[position + 1]!, this.#scratch)
      pairs.find(ids, this.#scratch, length, ids)
    }
  }

  #roomFor(length: number): Int32Array {
    if (this.#blocks !== null) return inBlocks(this.#blocks, () => newInt32(length))
    this.#scratch = grownInt32(this.#scratch, length)
    return this.#scratch
  }

  /** The key columns, the tuple of number i in row i. */
  keys(): Vector[] {
    const { count } = this
    const keys: Vector[] = []
    let rows: Int32Array | null = null
    for (let position = this.#pairs.length - 1; position >= 0; position--) {
      const { left, right } = this.#pairs[position]!.sides
      keys.unshift(take(this.#columns[position + 1]!.keys(), composed(right, rows), count))
      rows = composed(left, rows)
    }
    const first = this.#columns[0]!.keys()
    return [rows === null ? first : take(first, rows, count), ...keys]
  }
}

function composed(ids: Int32Array, rows: Int32Array | null): Int32Array {
  return rows === null ? ids : rows.map((row) => ids[row]!)
}
