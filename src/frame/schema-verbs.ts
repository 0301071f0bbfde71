import { schemasEqual, schemaText } from '../arrow/schema.ts'
import { type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import {
  addColumns,
  dropColumns,
  renameColumns,
  reorderColumns,
  type SchemaChange,
  widenColumns,
} from '../catalog/schema-change.ts'
import { clip, GraupelError, invalid } from '../error.ts'
import { fieldsOf } from './column-type.ts'

/** What a change of columns asks for, checked as far as it can be without the table. */
export const schemaVerbs = Object.freeze({
  addColumns: (columns: unknown): SchemaChange => addColumns(fieldsOf(columns, 'addColumns')),
  widenColumns: (columns: unknown): SchemaChange => widenColumns(fieldsOf(columns, 'widenColumns')),
  renameColumns: (names: unknown): SchemaChange => renameColumns(namesByOld(names)),
  dropColumns: (names: unknown): SchemaChange => dropColumns(namesOf(names, 'dropColumns')),
  reorderColumns: (names: unknown): SchemaChange =>
    reorderColumns(namesOf(names, 'reorderColumns')),
})

/** Whether they are the very same columns, by id, not others under their names. */
export function hasColumnsOf(a: TableSnapshot, b: TableSnapshot): boolean {
  const isSame = a.columns.every(({ id }, position) => id === b.columns[position]?.id)
  return isSame && schemasEqual(tableSchema(a.columns), tableSchema(b.columns))
}

/** Throws CONFLICT when the table has other columns `now` than a handle has `seen`. */
export function requireColumns(table: string, now: TableSnapshot, seen: TableSnapshot): void {
  if (hasColumnsOf(now, seen)) return
  const columns = schemaText(tableSchema(now.columns))
  throw new GraupelError(
    'CONFLICT',
    `table "${table}" has other columns now, (${columns}); nothing was written: open it again`,
    { table, version: now.version },
  )
}

function namesByOld(names: unknown): ReadonlyMap<string, string> {
  if (typeof names !== 'object' || names === null || Array.isArray(names)) {
    throw invalid("renameColumns: expected new names by old ones, { old: 'new' }")
  }
  const pairs = Object.entries(names)
  const wrong = pairs.find(([, name]) => typeof name !== 'string' || !name.isWellFormed())
  if (wrong !== undefined) throw invalid(`renameColumns: no name for "${clip(wrong[0])}"`)
  return new Map(pairs)
}

function namesOf(names: unknown, where: string): readonly string[] {
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string')
  if (isList && names.length > 0 && new Set(names).size === names.length) return names
  throw invalid(`${where}: expected names of columns, each once: ['a', 'b']`)
}
