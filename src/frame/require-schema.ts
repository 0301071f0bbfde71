import { type Schema, schemasEqual, schemaText } from '../arrow/schema.ts'
import { invalid } from '../error.ts'

/** Throws INVALID unless a table has the columns that its user expects. */
export function requireSchema(name: string, found: Schema, expected: Schema): void {
  if (schemasEqual(found, expected)) return
  throw invalid(
    `table "${name}" has columns (${schemaText(found)}), not (${schemaText(expected)})`,
    { table: name, found: schemaText(found), expected: schemaText(expected) },
  )
}
