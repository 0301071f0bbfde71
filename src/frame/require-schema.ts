import { type Schema, schemasEqual, schemaText } from '../arrow/schema.ts'
import { type ErrorFacts, invalid } from '../error.ts'

/** Throws INVALID unless a table has the columns that its user expects. */
export function requireSchema(name: string, found: Schema, expected: Schema): void {
  requireColumns(`table "${name}"`, found, expected, { table: name })
}

/** Throws INVALID, with `facts` and both schemas, unless `what` has the columns that are expected. */
export function requireColumns(
  what: string,
  found: Schema,
  expected: Schema,
  facts: ErrorFacts = {},
): void {
  if (schemasEqual(found, expected)) return
  throw invalid(`${what} has columns (${schemaText(found)}), not (${schemaText(expected)})`, {
    ...facts,
    found: schemaText(found),
    expected: schemaText(expected),
  })
}
