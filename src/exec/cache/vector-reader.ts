import { slice, take, type Vector } from '../../arrow/vector.ts'
import type {
  ColumnReader,
  MatchQuery,
  RangeAnswer,
  RangeQuery,
} from '../../io/csv/column-reader.ts'
import { selectInVector, selectMatchesInVector } from './select-in-vector.ts'

/** Reads a column that has been decoded before: nothing is taken from any store. */
export class VectorReader implements ColumnReader {
  readonly bytesRead = 0
  readonly #vector: Vector
  #row = 0

  /** @param vector All values of the column. */
  constructor(vector: Vector) {
    this.#vector = vector
  }

  read(rowCount: number): Vector {
    const start = this.#row
    this.skip(rowCount)
    return slice(this.#vector, start, this.#row)
  }

  readSelected(rowCount: number, rows: Uint32Array, count: number): Vector {
    return take(this.read(rowCount), rows, count)
  }

  selectInRange(
    rowCount: number,
    rows: Uint32Array | null,
    count: number,
    query: RangeQuery,
  ): RangeAnswer {
    return selectInVector(this.read(rowCount), rows, count, query)
  }

  selectMatching(
    rowCount: number,
    rows: Uint32Array | null,
    count: number,
    query: MatchQuery,
  ): number {
    return selectMatchesInVector(this.read(rowCount), rows, count, query)
  }

  skip(rowCount: number): void {
    if (this.#row + rowCount > this.#vector.length) {
      throw new Error(`${rowCount} rows from ${this.#row} on, of ${this.#vector.length}`)
    }
    this.#row += rowCount
  }

  close(): void {}
}
