import { scalarAt } from '../arrow/scalar.ts'
import type { Schema } from '../arrow/schema.ts'
import type { Values } from '../plan/logical-plan.ts'
import { refused } from './refused.ts'
import { sqlLiteral } from './sql-type.ts'

/** Rows in memory that are worth writing into a statement. */
const VALUES_ROWS_MAX = 1000

/** A query for rows in memory, whose columns are called `names`. Throws INVALID for too many. */
export function valuesSql({ batches, schema }: Values, names: readonly string[]): string {
  const count = batches.reduce((sum, { length }) => sum + length, 0)
  if (count > VALUES_ROWS_MAX) {
    throw refused('values', `${count} rows in memory, at most ${VALUES_ROWS_MAX} are sent`)
  }
  const rows = batches.flatMap(({ columns: vectors, length }) =>
    Array.from({ length }, (_, row) => {
      const cells = vectors.map(
        (vector, at) => `${sqlLiteral(scalarAt(vector, row), vector.type)} AS ${names[at]}`,
      )
      return `SELECT ${listed(cells)}`
    }),
  )
  return rows.length > 0 ? rows.join(' UNION ALL ') : noRowsSql(schema, names)
}

/** A query of the columns of `schema`, called `names`, that has no rows. */
export function noRowsSql({ fields }: Schema, names: readonly string[]): string {
  const none = fields.map(({ type }, at) => `${sqlLiteral(null, type)} AS ${names[at]}`)
  return `SELECT ${listed(none)} WHERE 0`
}

/** A SELECT needs one column at least. */
export const listed = (columns: readonly string[]): string =>
  columns.length === 0 ? '1 AS one' : columns.join(',')
