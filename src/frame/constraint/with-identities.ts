import { type Batch, batch } from '../../arrow/batch.ts'
import { int64 } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { inputColumns, type TableSnapshot, tableSchema } from '../../catalog/model/table.ts'
import type { TableCatalog } from '../../catalog/table-catalog.ts'
import { clip, invalid } from '../../error.ts'

/** `batches`, which have what `inputColumns` says, with the columns that the table gives values to. */
export async function* withIdentities(
  catalog: TableCatalog,
  snapshot: Pick<TableSnapshot, 'columns' | 'identities'>,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): AsyncGenerator<Batch, void, undefined> {
  const { columns, identities } = snapshot
  if (identities.length === 0) return yield* batches
  const given = inputColumns(snapshot)
  const schema = tableSchema(columns)
  for await (const part of batches) {
    const vectors: Vector[] = []
    for (const column of columns) {
      const position = given.indexOf(column)
      if (position >= 0) vectors.push(part.columns[position]!)
      else {
        const first = await catalog.identityValues(column.id, part.length)
        const values = Float64Array.from({ length: part.length }, (_, row) => first + row)
        vectors.push({ layout: 'f64', type: int64, length: part.length, values, validity: null })
      }
    }
    yield batch(schema, vectors, part.length)
  }
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
