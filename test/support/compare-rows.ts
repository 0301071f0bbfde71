import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api'
import type { DataFrame, QueryOptions } from '../../src/index.ts'

/** A value in a form in which two engines can be compared: numbers stay numbers, the rest is text. */
type Plain = string | number | null

type PlainRow = readonly Plain[]

/** DuckDB's rows of `sql`. */
export async function sqlRows(duck: DuckDBConnection, sql: string): Promise<PlainRow[]> {
  const reader = await duck.runAndReadAll(sql)
  return reader.getRows().map((row) => row.map(plainOfDuck))
}

function plainOfDuck(value: unknown): Plain {
  if (value === null) return null
  if (value instanceof DuckDBDecimalValue) return decimalPlain(value.value, value.scale)
  if (value instanceof DuckDBDateValue) return new Date(value.days * 86_400_000).toISOString()
  if (value instanceof DuckDBTimestampValue)
    return new Date(Number(value.micros / 1000n)).toISOString()
  return plainOf(value)
}

function plainOf(value: unknown): Plain {
  if (value === null) return null
  if (typeof value === 'number') return Object.is(value, -0) ? 0 : value
  if (value instanceof Date) return value.toISOString()
  return String(value)
}

/** Rows of JavaScript values, as two runs of one engine are compared. */
export function plainRows(rows: readonly (readonly unknown[])[]): PlainRow[] {
  return rows.map((row) => row.map(plainOf))
}

function decimalPlain(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return canonicalDecimal((unscaled < 0n ? '-' : '') + text)
}

function canonicalDecimal(text: string): string {
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return `decimal ${trimmed === '-0' ? '0' : trimmed}`
}

/** The frame's rows, values in the order of its columns. */
export async function frameRows(
  frame: DataFrame<any>,
  options: Pick<QueryOptions, 'engine'> = {},
): Promise<PlainRow[]> {
  const { fields } = frame.schema
  const rows = (await frame.toArray(options)) as Record<string, unknown>[]
  return rows.map((row) =>
    fields.map(({ name, type }) => {
      const value = row[name]
      if (value !== null && type.startsWith('decimal')) return canonicalDecimal(value as string)
      return plainOf(value)
    }),
  )
}

/** Null when both hold the same rows; else where they differ. Floats within 1e-9 of each other. */
export function compareRows(
  actual: readonly PlainRow[],
  expected: readonly PlainRow[],
  { ordered }: { readonly ordered: boolean },
): string | null {
  if (actual.length !== expected.length) return `${actual.length} rows, expected ${expected.length}`
  const [left, right] = ordered ? [actual, expected] : [sortRows(actual), sortRows(expected)]
  for (const [index, row] of left.entries()) {
    const other = right[index]!
    if (row.length !== other.length) return `${row.length} columns, expected ${other.length}`
    for (const [column, value] of row.entries()) {
      if (!close(value, other[column]!)) {
        return `row ${index}, column ${column}: ${show(row)}, expected ${show(other)}`
      }
    }
  }
  return null
}

const show = (row: PlainRow) => `[${row.map((value) => JSON.stringify(value) ?? value).join(', ')}]`

function close(a: Plain, b: Plain): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
    if (!Number.isFinite(a) || !Number.isFinite(b)) return false
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
  }
  return a === b
}

function sortRows(rows: readonly PlainRow[]): PlainRow[] {
  return [...rows].sort((a, b) => {
    for (const [column, value] of a.entries()) {
      const order = comparePlain(value, b[column]!)
      if (order !== 0) return order
    }
    return 0
  })
}

/** Nulls, then numbers, those within tolerance being equal, then text. */
function comparePlain(a: Plain, b: Plain): number {
  if (close(a, b)) return 0
  const [left, right] = [rank(a), rank(b)]
  if (left !== right) return left - right
  if (typeof a === 'number' && Number.isNaN(a)) return 1
  if (typeof b === 'number' && Number.isNaN(b)) return -1
  return a! < b! ? -1 : 1
}

const rank = (value: Plain): number => (value === null ? 0 : typeof value === 'number' ? 1 : 2)
