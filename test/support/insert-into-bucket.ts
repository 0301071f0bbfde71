/**
 * A process of its own that inserts into a table in a bucket until it is done or killed: url,
 * endpoint, key, secret, first id, inserts as arguments. Each insert is of the rows id, id + 1 and
 * id + 2. Prints `+<id>` before an insert, `=<id>` once it is acknowledged, `?<id> <txid>` when its
 * outcome is unknown.
 */
import { writeSync } from 'node:fs'
import { connect, GraupelError } from '../../src/index.ts'

const [url, endpoint, accessKeyId, secretAccessKey, ...numbers] = process.argv.slice(2)
const [first = 0, inserts = 0] = numbers.map(Number)
const credentials =
  accessKeyId === '' ? {} : { credentials: { accessKeyId, secretAccessKey } as never }
await using lake = await connect(url!, { endpoint: endpoint!, ...credentials })
const orders = await (await lake.database('acme/sales')).table('orders')
for (let n = 0; n < inserts; n++) {
  const id = first + 3 * n
  const ids = [id, id + 1, id + 2]
  writeSync(1, `+${id}\n`)
  try {
    await orders.insert({ id: ids, customer: ids.map((row) => `c${row}`), amount: ids })
    writeSync(1, `=${id}\n`)
  } catch (error) {
    if (!(error instanceof GraupelError) || error.code !== 'COMMIT_UNKNOWN') throw error
    writeSync(1, `?${id} ${error.facts.txid}\n`)
  }
}
