import type { Vector } from '../../arrow/vector.ts'
import { type EncodedColumn, encodeColumn } from './encode-column.ts'

/** The rows of a column, and the first line of their file. */
export interface HeadedVector {
  readonly header: string
  readonly vector: Vector
}

/** One of many columns, by its place among them. */
export interface PlacedColumn {
  readonly position: number
  readonly encoded: EncodedColumn
}

/** Encodes columns, each when it is asked for the next one; in any order. */
export type EncodeColumns = (
  columns: readonly HeadedVector[],
) => AsyncIterable<PlacedColumn> | Iterable<PlacedColumn>

/** Encodes columns one after another. */
export function* encodeColumns(columns: readonly HeadedVector[]): Generator<PlacedColumn> {
  for (const [position, { header, vector }] of columns.entries()) {
    yield { position, encoded: encodeColumn(header, vector) }
  }
}
