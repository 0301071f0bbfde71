import type { Batch } from '../../arrow/batch.ts'
import { fieldPosition } from '../../arrow/schema.ts'
import { take, type Vector } from '../../arrow/vector.ts'

/** Some rows of a batch, whose columns are taken only when they are asked for. */
export class RowSource {
  /** How many rows. */
  readonly length: number
  readonly #batch: Batch
  readonly #rows: Uint32Array | null
  readonly #taken = new Map<number, Vector>()

  /** @param rows Row indexes, the first `length` of which count; null for all rows. */
  constructor(batch: Batch, rows: Uint32Array | null, length: number) {
    this.#batch = batch
    this.#rows = rows
    this.length = length
  }

  /** The values of the column called `name`. Throws NOT_FOUND. */
  column(name: string): Vector {
    const position = fieldPosition(this.#batch.schema, name)
    const column = this.#batch.columns[position]!
    if (this.#rows === null) return column
    const before = this.#taken.get(position)
    if (before !== undefined) return before
    const vector = take(column, this.#rows, this.length)
    this.#taken.set(position, vector)
    return vector
  }

  /** The rows at `rows[0 .. count)` of this source; itself when those are all. */
  subset(rows: Uint32Array, count: number): RowSource {
    if (count === this.length) return this
    const base = this.#rows
    if (base === null) return new RowSource(this.#batch, rows, count)
    const composed = new Uint32Array(count)
    for (let i = 0; i < count; i++) composed[i] = base[rows[i]!]!
    return new RowSource(this.#batch, composed, count)
  }
}
