import type { Head, HeadColumn } from './model/head.ts'

/** Every column that may have files: also those that only older versions have. */
export function storedColumns({
  columns,
  dropped,
}: Pick<Head, 'columns' | 'dropped'>): readonly HeadColumn[] {
  return dropped.length === 0 ? columns : [...columns, ...dropped]
}

/** The columns that the table had at `version`, under their names of then. */
export function columnsAt(
  head: Pick<Head, 'columns' | 'dropped' | 'formerSchemas'>,
  version: number,
): readonly HeadColumn[] {
  const former = head.formerSchemas.find(({ upto }) => version <= upto)
  if (former === undefined) return head.columns
  const known = new Map(storedColumns(head).map((column) => [column.id, column]))
  return former.columns.map(({ id, name, nullable }) => {
    const column = known.get(id)!
    return { ...column, header: column.header ?? column.name, name, nullable }
  })
}
