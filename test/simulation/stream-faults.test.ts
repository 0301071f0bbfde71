import { expect, it } from 'vitest'
import { connect, GraupelError, type Lake } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { isCrash } from '../../src/testing/crash.ts'
import { type FaultPlan, printFaults, singleFaults } from '../../src/testing/fault-plan.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { copyStore, PATH } from './lake-state.ts'
import { COLUMNS, rowsOf } from './scenarios.ts'
import { inVirtualTime } from './virtual-time.ts'

const SINK = 'sink'

/** Consumes what came since and writes it to the other table, once. */
async function consume(lake: Lake): Promise<unknown> {
  const orders = await (await lake.database(PATH)).table('orders', COLUMNS)
  return orders.stream('etl').consume(async ({ changes }, tx) => {
    const into = await tx.table(PATH, SINK, COLUMNS)
    await into.insert(await changes.select('id', 'customer').toArray())
  })
}

async function prepared(store: ObjectStore): Promise<void> {
  const lake = await connect(store)
  const db = await lake.database(PATH, { create: true })
  const orders = await db.createTable('orders', COLUMNS)
  await db.createTable(SINK, COLUMNS)
  await orders.insert(rowsOf(0, 3))
  await consume(lake)
  await orders.insert(rowsOf(3, 3))
  await lake.close()
}

/** What the sink has once a process without faults has consumed all, more having come meanwhile. */
async function inTheEnd(store: ObjectStore): Promise<number[]> {
  const lake = await connect(faultyStore(store))
  const db = await lake.database(PATH)
  await (await db.table('orders', COLUMNS)).insert(rowsOf(6, 2))
  while ((await consume(lake)) !== undefined);
  const rows = await (await db.table(SINK, COLUMNS)).sort('id').toArray()
  await lake.close()
  return rows.map(({ id }) => Number(id))
}

it('commits each change once, whichever request of a consumer goes wrong or is its last', async () => {
  const first = memoryStore()
  const watched = faultyStore(first)
  const cells = await inVirtualTime({ seed: 1, passing: true }, async () => {
    await prepared(watched)
    return new Set(watched.requests.flatMap((of) => (of.operation === 'swapCell' ? [of.key] : [])))
  })
  const copy = () => copyStore(first, cells)
  const attempt = async (store: ObjectStore) => {
    const lake = await connect(store)
    await consume(lake).catch((error: unknown) => {
      if (!isCrash(error) && !(error instanceof GraupelError)) throw error
    })
    await lake.close()
  }
  const clean = faultyStore(await copy())
  await inVirtualTime({ seed: 1, passing: true }, () => attempt(clean))
  const plans: readonly FaultPlan[] = singleFaults(clean.requests)
  expect(plans.length).toBeGreaterThan(100)
  const problems: string[] = []
  for (const plan of plans) {
    await inVirtualTime({ seed: 7, passing: true }, async () => {
      const bare = await copy()
      const faulty = faultyStore(bare, plan)
      await attempt(faulty)
      await faulty.land()
      const found = await inTheEnd(bare).catch(String)
      if (String(found) !== '0,1,2,3,4,5,6,7') problems.push(`${printFaults(plan)}: ${found}`)
    })
  }
  expect(problems).toEqual([])
}, 300_000)
