import { type Batch, batch } from '../../arrow/batch.ts'
import { int64 } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { inputColumns, type TableSnapshot, tableSchema } from '../../catalog/model/table.ts'
import type { TableCatalog } from '../../catalog/table-catalog.ts'
import { clip, invalid } from '../../error.ts'

/** `rows`, which have what `inputColumns` says, with the columns that the table gives values to. */
export async function withIdentities(
  catalog: TableCatalog,
  { columns, identities }: Pick<TableSnapshot, 'columns' | 'identities'>,
  rows: Batch,
): Promise<Batch> {
  if (identities.length === 0) return rows
  const given = inputColumns({ columns, identities })
  const { length } = rows
  const vectors: Vector[] = []
  for (const column of columns) {
    const position = given.indexOf(column)
    if (position >= 0) vectors.push(rows.columns[position]!)
    else {
      const first = await catalog.identityValues(column.id, length)
      const values = Float64Array.from({ length }, (_, row) => first + row)
      vectors.push({ layout: 'f64', type: int64, length, values, validity: null })
    }
  }
  return batch(tableSchema(columns), vectors, length)
}

/** Throws INVALID for a name of a column whose values the table gives. */
export function refuseIdentities(
  names: Iterable<string>,
  { columns, identities }: Pick<TableSnapshot, 'columns' | 'identities'>,
  where: string,
): void {
  if (identities.length === 0) return
  const given = columns.filter(({ id }) => identities.includes(id)).map(({ name }) => name)
  for (const name of names) {
    if (!given.includes(name)) continue
    throw invalid(`${where}: column "${clip(name)}" is an identity: leave it to the table`, {
      column: name,
    })
  }
}
