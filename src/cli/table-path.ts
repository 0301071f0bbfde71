import { invalid } from '../error.ts'
import type { Lake } from '../frame/lake.ts'
import type { Table } from '../frame/table.ts'
import type { Untyped } from '../frame/type-tag.ts'

export interface TablePath {
  /** `namespace/database`. */
  readonly database: string
  readonly table: string
}

/** The parts of `namespace/database/table`; a table's name may have slashes. Throws INVALID. */
export function tablePath(text: string): TablePath {
  const [, database, table] = /^([^/]+\/[^/]+)\/(.+)$/s.exec(text) ?? []
  if (database === undefined || table === undefined) {
    throw invalid(`"${text}" names no table; say namespace/database/table`, { path: text })
  }
  return { database, table }
}

/** Opens the table at `namespace/database/table`. Throws INVALID and NOT_FOUND. */
export async function openTable(lake: Lake, path: string): Promise<Table<Untyped>> {
  const { database, table } = tablePath(path)
  return (await lake.database(database)).table(table)
}
