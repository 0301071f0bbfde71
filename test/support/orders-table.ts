import { type Batch, batch } from '../../src/arrow/batch.ts'
import { float64, int64, utf8 } from '../../src/arrow/data-type.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import { type DatabaseCatalog, openDatabase } from '../../src/catalog/database-catalog.ts'
import type { PartitionSet } from '../../src/catalog/model/partition-set.ts'
import { partitionKey } from '../../src/catalog/model/table.ts'
import type { TableCatalog } from '../../src/catalog/table-catalog.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'

export const ORDER_FIELDS = [
  field('id', int64, false),
  field('customer', utf8),
  field('amount', float64),
]

const ordersSchema = schema(ORDER_FIELDS)

/** Orders `from` to `from + count - 1`: id, customer `c<id>` (null for each 7th), amount id / 2. */
export function ordersBatch(from: number, count: number): Batch {
  const ids = Float64Array.from({ length: count }, (_, row) => from + row)
  const names = Array.from(ids, (id) => Buffer.from(`c${id}`))
  const ends = new Int32Array(count)
  let end = 0
  for (const [row, name] of names.entries()) {
    end += name.length
    ends[row] = end
  }
  const validity = Uint8Array.from(ids, (id) => (id % 7 === 0 ? 0 : 1))
  return batch(
    ordersSchema,
    [
      { type: int64, layout: 'f64', length: count, validity: null, values: ids },
      {
        type: utf8,
        layout: 'utf8',
        length: count,
        validity,
        bytes: new Uint8Array(Buffer.concat(names)),
        starts: Int32Array.from(ends, (at, row) => at - names[row]!.length),
        ends,
      },
      {
        type: float64,
        layout: 'f64',
        length: count,
        validity: null,
        values: ids.map((id) => id / 2),
      },
    ],
    count,
  )
}

export interface OrdersTable {
  readonly store: ObjectStore
  readonly database: DatabaseCatalog
  readonly table: TableCatalog
}

/** A new table `acme/sales.orders` in `store`. */
export async function ordersTable(store: ObjectStore = memoryStore()): Promise<OrdersTable> {
  const database = await openDatabase(store, 'acme/sales', { create: true })
  const table = await database.createTable('orders', ORDER_FIELDS)
  return { store, database, table }
}

/** Appends orders `from` to `from + count - 1` in one commit. */
export async function append(table: TableCatalog, from: number, count: number) {
  const writer = table.stageWriter()
  await writer.write(ordersBatch(from, count))
  return writer.commit({ operation: 'append' })
}

/** The ids in the table's live files, or in its metadata, read the plain way: one value a line. */
export async function storedIds(
  { store, table }: Pick<OrdersTable, 'store' | 'table'>,
  snapshot = table.snapshot,
): Promise<number[]> {
  const { partitions, statistics } = await table.partitions(snapshot, [1])
  const ids: number[] = []
  for (const { id, rows } of partitions) {
    const { file, text } = statistics.get(1)!.get(id)!
    const key = partitionKey(snapshot.folder, snapshot.columns[0]!, file)
    const lines = (text ?? Buffer.from((await store.get(key))!).toString()).split('\n').slice(1, -1)
    if (lines.length !== rows) throw new Error(`partition ${id}: ${lines.length} of ${rows} rows`)
    ids.push(...lines.map(Number))
  }
  return ids
}

/** A partition set in a form that `toEqual` compares. */
export function plainSet({ partitions, statistics }: PartitionSet) {
  const columns = [...statistics].map(([id, of]) => [id, [...of].sort((a, b) => a[0] - b[0])])
  return { partitions, columns }
}
