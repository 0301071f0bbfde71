/** A pipeline that must not lose or double a row, run with every fault that its store can have. */
import { connect, GraupelError, type ObjectStore, t } from '../src/index.ts'
import {
  faultyStore,
  isCrash,
  memoryStore,
  printFaults,
  singleFaults,
} from '../src/testing/index.ts'

async function pipeline(store: ObjectStore): Promise<void> {
  await using lake = await connect(store)
  const db = await lake.database('acme/sales', { create: true })
  const orders = await db.createTable('orders', { id: t.int64() }, { ifNotExists: true })
  await orders.insert({ id: [1, 2, 3] })
}

async function rowsIn(store: ObjectStore): Promise<number> {
  await using lake = await connect(store)
  const db = await lake.database('acme/sales', { create: true })
  return (await db.tables()).includes('orders') ? (await db.table('orders')).count() : 0
}

const calm = faultyStore(memoryStore()) // counts the requests of a run without faults
await pipeline(calm)

let runs = 0
for (const plan of singleFaults(calm.requests)) {
  const bare = memoryStore()
  const faulty = faultyStore(bare, plan)
  let allowed = [3]
  try {
    await pipeline(faulty)
  } catch (error) {
    const unknown = isCrash(error) || (error as GraupelError).code === 'COMMIT_UNKNOWN'
    if (!unknown && !(error instanceof GraupelError)) throw error
    allowed = unknown || faulty.crashed ? [0, 3] : [0]
  }
  const rows = await rowsIn(bare) // as a process that starts now sees it
  if (!allowed.includes(rows)) throw new Error(`${printFaults(plan)} leaves ${rows} rows`)
  runs++
}
console.log(`${runs} faults, no row lost or doubled`)
