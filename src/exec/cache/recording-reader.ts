import { columnBytes } from '../../arrow/batch.ts'
import type { Vector } from '../../arrow/vector.ts'
import type {
  ColumnReader,
  MatchQuery,
  RangeAnswer,
  RangeQuery,
} from '../../io/csv/column-reader.ts'
import { selectInVector, selectMatchesInVector } from './select-in-vector.ts'

export interface RecordingLimits {
  /** Rows of the column. */
  readonly rows: number
  /** Bytes beyond which nothing is recorded. */
  readonly bytesMax: number
}

/**
 * Reads as another reader does, and hands over all values of the column once they have passed by.
 * Gives up at the first run of which only some values are wanted: a column is recorded whole or
 * not at all. A range over all rows of a run is tested on decoded values, so that they are there.
 */
export class RecordingReader implements ColumnReader {
  readonly #reader: ColumnReader
  readonly #limits: RecordingLimits
  readonly #keep: (vectors: readonly Vector[]) => void
  #vectors: Vector[] | null = []
  #rows = 0
  #bytes = 0

  constructor(
    reader: ColumnReader,
    limits: RecordingLimits,
    keep: (vectors: readonly Vector[]) => void,
  ) {
    this.#reader = reader
    this.#limits = limits
    this.#keep = keep
  }

  get bytesRead(): number {
    return this.#reader.bytesRead
  }

  read(rowCount: number): Vector | Promise<Vector> {
    const vector = this.#reader.read(rowCount)
    return vector instanceof Promise
      ? vector.then((run) => this.#recorded(run))
      : this.#recorded(vector)
  }

  readSelected(rowCount: number, rows: Uint32Array, count: number): Vector | Promise<Vector> {
    this.#vectors = null
    return this.#reader.readSelected(rowCount, rows, count)
  }

  selectInRange(
    rowCount: number,
    rows: Uint32Array | null,
    count: number,
    query: RangeQuery,
  ): RangeAnswer | Promise<RangeAnswer> {
    if (rows !== null || this.#vectors === null) {
      this.#vectors = null
      return this.#reader.selectInRange(rowCount, rows, count, query)
    }
    const vector = this.read(rowCount)
    return vector instanceof Promise
      ? vector.then((run) => selectInVector(run, null, count, query))
      : selectInVector(vector, null, count, query)
  }

  selectMatching(
    rowCount: number,
    rows: Uint32Array | null,
    count: number,
    query: MatchQuery,
  ): number | Promise<number> {
    if (rows !== null || this.#vectors === null) {
      this.#vectors = null
      return this.#reader.selectMatching(rowCount, rows, count, query)
    }
    const vector = this.read(rowCount)
    return vector instanceof Promise
      ? vector.then((run) => selectMatchesInVector(run, null, count, query))
      : selectMatchesInVector(vector, null, count, query)
  }

  skip(rowCount: number): void | Promise<void> {
    if (rowCount > 0) this.#vectors = null
    return this.#reader.skip(rowCount)
  }

  close(): void {
    this.#vectors = null
    this.#reader.close()
  }

  #recorded(run: Vector): Vector {
    const vectors = this.#vectors
    if (vectors === null) return run
    this.#rows += run.length
    this.#bytes += columnBytes(run)
    vectors.push(run)
    if (this.#bytes > this.#limits.bytesMax) this.#vectors = null
    else if (this.#rows === this.#limits.rows) {
      this.#vectors = null
      this.#keep(vectors)
    }
    return run
  }
}
