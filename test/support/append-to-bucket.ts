/**
 * A process of its own that appends rows to a table in a bucket: url, endpoint, key, secret, first
 * id, commits and rows a commit as arguments. Run with tsx.
 */
import { connect } from '../../src/index.ts'

const [url, endpoint, accessKeyId, secretAccessKey, ...numbers] = process.argv.slice(2)
const [from = 0, commits = 0, rows = 0] = numbers.map(Number)
const credentials =
  accessKeyId === '' ? {} : { credentials: { accessKeyId, secretAccessKey } as never }
await using lake = await connect(url!, { endpoint: endpoint!, ...credentials })
const db = await lake.database('acme/sales')
const orders = await db.table('orders')
for (let commit = 0; commit < commits; commit++) {
  const ids = Array.from({ length: rows }, (_, row) => from + commit * rows + row)
  await orders.insert({ id: ids, amount: ids.map((id) => id / 2), city: ids.map((id) => `c${id}`) })
}
