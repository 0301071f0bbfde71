import { type Batch, takeBatch } from '../../arrow/batch.ts'
import { type Scalar, scalarAt, scalarText } from '../../arrow/scalar.ts'
import type { Vector } from '../../arrow/vector.ts'
import { clip, invalid } from '../../error.ts'
import { JoinTable } from '../../kernel/join-table.ts'
import type { Expr } from '../../plan/expr.ts'
import { evaluate } from '../evaluate.ts'
import { keyRange } from './key-range.ts'
import type { Rows } from './row-clauses.ts'

/** A pair of key expressions of one type, over the target's columns and the source's. */
export interface KeyPair {
  readonly name: string
  readonly target: Expr
  readonly source: Expr
}

/** The rows of a merge's source, found by their keys. */
export class MergeSource {
  readonly rows: Batch
  readonly #pairs: readonly KeyPair[]
  readonly #keys: readonly Vector[]
  readonly #table: JoinTable
  readonly #matched: Uint8Array
  readonly #pairBuffers = [new Int32Array(2), new Int32Array(2)] as const

  constructor(rows: Batch, pairs: readonly KeyPair[]) {
    this.rows = rows
    this.#pairs = pairs
    this.#keys = pairs.map(({ source }) => evaluate(source, rows))
    const types = pairs.map(({ source }) => source.type)
    this.#table = new JoinTable(types, this.#keys, rows.length)
    this.#matched = new Uint8Array(rows.length)
  }

  /** The key expressions over the target's columns. */
  get targetKeys(): readonly Expr[] {
    return this.#pairs.map(({ target }) => target)
  }

  /** True, over the target's columns, for every row that may have a source row. */
  get range(): Expr {
    return keyRange(this.targetKeys, this.#keys)
  }

  /**
   * Splits rows of the target into those with a source row, which is put beside them, and those
   * without. A row with two source rows is INVALID where `unique`; otherwise the first counts.
   *
   * @param target The columns that the keys name.
   */
  split(target: Batch, { unique }: { readonly unique: boolean }): { with: Rows; without: Rows } {
    const { length } = target
    const ids = new Int32Array(length)
    const keys = this.#pairs.map((pair) => evaluate(pair.target, target))
    this.#table.probe(keys, length, ids)
    const sourceRows = new Uint32Array(length)
    const withSource = new Uint32Array(length)
    const without = new Uint32Array(length)
    let found = 0
    let missing = 0
    for (let row = 0; row < length; row++) {
      if (ids[row]! < 0) {
        without[missing++] = row
        continue
      }
      withSource[found] = row
      sourceRows[found++] = this.#firstSourceRow(ids, row, { unique })
    }
    const beside = takeBatch(this.rows, sourceRows.subarray(0, found), found)
    return {
      with: { rows: withSource.subarray(0, found), beside },
      without: { rows: without.subarray(0, missing), beside: null },
    }
  }

  /** The source rows that no row of the target had so far. */
  unmatched(): Uint32Array {
    const rows = new Uint32Array(this.rows.length)
    let count = 0
    for (let row = 0; row < rows.length; row++) if (this.#matched[row] === 0) rows[count++] = row
    return rows.subarray(0, count)
  }

  /** The first source row of a row that has one. All of its source rows are matched then. */
  #firstSourceRow(ids: Int32Array, row: number, { unique }: { readonly unique: boolean }): number {
    const [left, right] = this.#pairBuffers
    const cursor = { row, match: 0 }
    let count = this.#table.matches(cursor, ids, row + 1, left, right, 'drop')
    const first = right[0]!
    if (count > 1 && unique) throw this.#twice(first, right[1]!)
    // Rows of one key are matched together.
    if (this.#matched[first] === 1) return first
    for (; count > 0; count = this.#table.matches(cursor, ids, row + 1, left, right, 'drop')) {
      for (let i = 0; i < count; i++) this.#matched[right[i]!] = 1
    }
    return first
  }

  #twice(first: number, second: number) {
    const key = this.#pairs.map(({ name, source }, at) => {
      const value = scalarAt(this.#keys[at]!, first) as Exclude<Scalar, null>
      return `${name} ${scalarText(value, source.type)}`
    })
    return invalid(
      `merge: rows ${first} and ${second} of the source are both for the row with ${clip(key.join(', '))}; make its keys unique first`,
      { key: key.join(', '), rows: [first, second] },
    )
  }
}
