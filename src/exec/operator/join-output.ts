import { type Batch, batch } from '../../arrow/batch.ts'
import { nullVector } from '../../arrow/constant-vector.ts'
import type { Schema } from '../../arrow/schema.ts'
import { take } from '../../arrow/vector.ts'

/** A batch of `schema` without rows. */
export function emptyBatch(schema: Schema): Batch {
  return batch(
    schema,
    schema.fields.map(({ type }) => nullVector(type, 0)),
    0,
  )
}

/** Makes batches of pairs of rows, and remembers which right rows were in one. */
export class JoinOutput {
  readonly #schema: Schema
  readonly #right: Batch
  readonly #matched: Uint8Array
  /** Row numbers of the next pairs, to be filled; -1 stands for a row of nulls. */
  readonly leftRows: Int32Array
  readonly rightRows: Int32Array

  constructor(schema: Schema, right: Batch, rowsMax: number) {
    this.#schema = schema
    this.#right = right
    this.#matched = new Uint8Array(right.length)
    this.leftRows = new Int32Array(rowsMax)
    this.rightRows = new Int32Array(rowsMax)
  }

  /** The first `count` pairs of `leftRows` and `rightRows`. */
  pairs(left: Batch, count: number): Batch {
    const { leftRows, rightRows } = this
    for (let i = 0; i < count; i++) {
      const row = rightRows[i]!
      if (row >= 0) this.#matched[row] = 1
    }
    const whole = isIdentity(leftRows, count, left.length)
    const columns = [
      ...left.columns.map((column) => (whole ? column : take(column, leftRows, count))),
      ...this.#right.columns.map((column) => take(column, rightRows, count)),
    ]
    return batch(this.#schema, columns, count)
  }

  /** The right rows that were in no pair, beside nulls of the left schema. */
  *unmatched(left: Schema): Generator<Batch, void, undefined> {
    const { rightRows } = this
    for (let row = 0; row < this.#right.length; ) {
      let count = 0
      for (; row < this.#right.length && count < rightRows.length; row++) {
        if (this.#matched[row] === 0) rightRows[count++] = row
      }
      if (count === 0) return
      const columns = [
        ...left.fields.map(({ type }) => nullVector(type, count)),
        ...this.#right.columns.map((column) => take(column, rightRows, count)),
      ]
      yield batch(this.#schema, columns, count)
    }
  }
}

function isIdentity(rows: Int32Array, count: number, length: number): boolean {
  if (count !== length) return false
  for (let i = 0; i < count; i++) if (rows[i] !== i) return false
  return true
}
