// One of several processes that append to `acme/sales.orders`: folder, first id, batches, rows each.
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { localStore } from '../../src/io/local-store.ts'
import { append } from '../support/orders-table.ts'

const [folder = '', from = '0', batches = '0', rows = '0'] = process.argv.slice(2)
const database = await openDatabase(localStore(folder), 'acme/sales')
const table = await database.openTable('orders')
const versions: number[] = []
for (let n = 0; n < Number(batches); n++) {
  const result = await append(table, Number(from) + n * Number(rows), Number(rows))
  versions.push(result.version)
}
await database.settled()
process.stdout.write(JSON.stringify(versions))
