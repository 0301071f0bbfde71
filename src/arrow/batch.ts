import { invalid } from '../error.ts'
import type { Schema } from './schema.ts'
import { concat, slice, take, textLength, type Vector } from './vector.ts'

/** A run of rows: one vector per field of `schema`, all of `length` rows. Never changed once made. */
export interface Batch {
  readonly schema: Schema
  readonly length: number
  readonly columns: readonly Vector[]
}

/** Throws a plain Error when a column's length is not `length`: that is a bug of ours. */
export function batch(schema: Schema, columns: readonly Vector[], length: number): Batch {
  if (columns.length !== schema.fields.length) {
    throw new Error(`batch: ${columns.length} columns for ${schema.fields.length} fields`)
  }
  for (const [position, column] of columns.entries()) {
    if (column.length !== length) {
      const name = schema.fields[position]!.name
      throw new Error(`batch: column "${name}" has ${column.length} rows, not ${length}`)
    }
  }
  return { schema, length, columns }
}

export function sliceBatch(of: Batch, from: number, to: number): Batch {
  if (from === 0 && to === of.length) return of
  const columns = of.columns.map((column) => slice(column, from, to))
  return { schema: of.schema, length: to - from, columns }
}

/** The rows at `rows[0 .. count)`; see `take` of vectors. */
export function takeBatch(of: Batch, rows: Uint32Array | Int32Array, count: number): Batch {
  const columns = of.columns.map((column) => take(column, rows, count))
  return { schema: of.schema, length: count, columns }
}

/** All rows of `batches`, which share `schema`, in one batch. Throws INVALID for none. */
export function concatBatches(schema: Schema, batches: readonly Batch[]): Batch {
  if (batches.length === 0) throw invalid('no batches to concatenate')
  const length = batches.reduce((sum, { length }) => sum + length, 0)
  const columns = schema.fields.map(({ type }, position) =>
    concat(
      type,
      batches.map(({ columns }) => columns[position]!),
    ),
  )
  return { schema, length, columns }
}

/** Bytes that a batch's own buffers take; shared text is counted by its rows. */
export function batchBytes(of: Batch): number {
  return of.columns.reduce((bytes, column) => bytes + columnBytes(column), 0)
}

/** Bytes that a vector's own buffers take; shared text is counted by its rows. */
export function columnBytes(column: Vector): number {
  const { length, layout } = column
  const validity = column.validity === null ? 0 : length
  switch (layout) {
    case 'utf8':
      return validity + length * 8 + textLength(column)
    case 'big':
      return validity + length * 32
    case 'f64':
      return validity + length * 8
    case 'i32':
      return validity + length * 4
    case 'bool':
      return validity + length
  }
}
