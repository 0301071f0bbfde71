import type { Table } from 'apache-arrow'
import { clip, invalid, nameNotFound } from '../error.ts'
import { type Batch, batch } from './batch.ts'
import { inferField, inferFields } from './infer-schema.ts'
import { fromArrowTable } from './interop.ts'
import { fieldNames, type Schema, schema, schemasEqual, schemaText } from './schema.ts'
import { vectorWithDefaults } from './vector-from.ts'

/** Rows as plain objects, columns of values by name, or an Arrow table. */
export type InMemoryData = readonly object[] | Readonly<Record<string, ArrayLike<unknown>>> | Table

export interface BatchesFromOptions {
  /** Rows of a batch at most, 65,536 when not given. */
  readonly batchRows?: number
}

const BATCH_ROWS = 65_536

/**
 * Batches over data in memory, with the schema given or inferred from all of it.
 *
 * Throws INVALID for a value that is none of its column's type (facts `column`, `row`, `value`),
 * columns of different lengths, and an Arrow table whose schema is not the one given.
 */
export function batchesFrom(
  data: InMemoryData,
  of?: Schema,
  options: BatchesFromOptions = {},
): { schema: Schema; batches: Batch[] } {
  if (Array.isArray(data)) {
    const rows = data as readonly object[]
    for (const [row, value] of rows.entries()) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw invalid(`row ${row} is no object`, { row, value })
      }
    }
    const rowSchema = of ?? schema(inferFields(rows))
    return { schema: rowSchema, batches: rowsToBatches(rows, rowSchema, options) }
  }
  if (isArrowTable(data)) {
    const found = fromArrowTable(data)
    if (of !== undefined && !schemasEqual(found.schema, of)) {
      throw invalid(`the Arrow table has (${schemaText(found.schema)}), not (${schemaText(of)})`)
    }
    return found
  }
  if (Object.keys(data).length === 0 && !isPlain(data)) {
    const hint = data instanceof Promise ? '; await it first' : ''
    throw invalid(`expected rows, columns or an Arrow table, got a ${data.constructor.name}${hint}`)
  }
  const columns = data as Readonly<Record<string, ArrayLike<unknown>>>
  const columnSchema = of ?? inferColumns(columns)
  return { schema: columnSchema, batches: columnsToBatches(columns, columnSchema, options) }
}

function inferColumns(columns: Readonly<Record<string, ArrayLike<unknown>>>): Schema {
  return schema(
    Object.entries(columns).map(([name, values]) => inferField(name, arrayOf(name, values))),
  )
}

function isPlain(data: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(data)
  return prototype === Object.prototype || prototype === null
}

function isArrowTable(data: object): data is Table {
  return !Object.hasOwn(data, 'getChildAt') && typeof (data as Table).getChildAt === 'function'
}

/**
 * Batches of rows given as objects, by their own properties; a missing one is the field's default,
 * or null. Throws
 * NOT_FOUND for a property that is no column, INVALID as `vectorFrom` does.
 */
export function rowsToBatches(
  rows: readonly object[],
  of: Schema,
  { batchRows = BATCH_ROWS }: BatchesFromOptions = {},
): Batch[] {
  const batches: Batch[] = []
  for (let from = 0; from < rows.length; from += batchRows) {
    const part = rows.slice(from, from + batchRows)
    for (const row of part) {
      for (const name of Object.keys(row)) {
        if (!of.positions.has(name)) throw nameNotFound('column', name, fieldNames(of))
      }
    }
    const columns = of.fields.map((field) => {
      const { name } = field
      const values = part.map((row) =>
        Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : undefined,
      )
      return vectorWithDefaults(values, field, { rowOffset: from })
    })
    batches.push(batch(of, columns, part.length))
  }
  return batches
}

/**
 * Batches of columns given as arrays by name, all of one length; a column that is not there is all
 * its default, or null. Throws NOT_FOUND for a name that is no column, INVALID for unequal lengths and as
 * `vectorFrom` does.
 */
export function columnsToBatches(
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  of: Schema,
  { batchRows = BATCH_ROWS }: BatchesFromOptions = {},
): Batch[] {
  const given = new Map(
    Object.entries(columns)
      .filter(([, values]) => values !== undefined)
      .map(([name, values]) => [name, arrayOf(name, values)]),
  )
  for (const name of given.keys()) {
    if (!of.positions.has(name)) throw nameNotFound('column', name, fieldNames(of))
  }
  const length = commonLength(given)
  const batches: Batch[] = []
  for (let from = 0; from < length; from += batchRows) {
    const to = Math.min(length, from + batchRows)
    const vectors = of.fields.map((field) => {
      const values = given.get(field.name)
      const part =
        values === undefined
          ? new Array<undefined>(to - from).fill(undefined)
          : (Array.prototype.slice.call(values, from, to) as unknown[])
      return vectorWithDefaults(part, field, { rowOffset: from })
    })
    batches.push(batch(of, vectors, to - from))
  }
  return batches
}

function arrayOf(name: string, values: unknown): ArrayLike<unknown> {
  if (Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView))) {
    return values as unknown as ArrayLike<unknown>
  }
  throw invalid(`column "${clip(name)}" is no array of values`, { column: name })
}

function commonLength(given: ReadonlyMap<string, ArrayLike<unknown>>): number {
  let length: number | undefined
  for (const [name, values] of given) {
    if (length !== undefined && values.length !== length) {
      throw invalid(
        `column "${clip(name)}" has ${values.length} values where the others have ${length}`,
        { column: name, found: values.length, expected: length },
      )
    }
    length = values.length
  }
  return length ?? 0
}
