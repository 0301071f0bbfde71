import { expect, test } from 'vitest'
import { connect, type Database, type Table } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { compareRows, frameRows } from '../support/compare-rows.ts'
import { loggedStore } from '../support/logged-store.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { randomPlan } from '../support/random-plan.ts'
import { createRandomTable, type RandomTable, randomTable } from '../support/random-table.ts'

const PLAN_SEEDS = 6
const ROUNDS = 8
const LIMITS = [
  true,
  { resultBytes: '1MB', columnBytes: '1MB' },
  { resultBytes: 0, columnBytes: '64MB' },
  { resultBytes: 20_000, columnBytes: 20_000 },
] as const

type AnyTable = Table<any>

test('random plans, asked again and again between random writes, give the same rows with a cache and without', {
  timeout: 600_000,
}, async () => {
  let answered = 0
  for (let index = 0; index < runs(4); index++) {
    const prng = new Prng(seed + 6101 * (index + 1))
    const { store, log } = loggedStore(memoryStore())
    await using plain = await connect(store, { cache: false })
    await using cached = await connect(store, { cache: LIMITS[index % LIMITS.length]! })
    const db = await plain.database('test/cache', { create: true })
    const tables = ['l', 'r', 's'].map((prefix) => randomTable(prng, prefix))
    for (const table of tables) await createRandomTable(db, prng, table)
    const planSeeds = Array.from({ length: PLAN_SEEDS }, () => prng.int(0, 2 ** 31))
    const other = await cached.database('test/cache')
    for (let round = 0; round < ROUNDS; round++) {
      for (const planSeed of planSeeds) {
        const [expected, again, actual] = [
          await planned(db, tables, planSeed),
          await planned(other, tables, planSeed),
          await planned(other, tables, planSeed),
        ]
        const rows = await frameRows(expected.frame)
        for (const { frame } of [again, actual]) {
          log.length = 0
          const difference = compareRows(await frameRows(frame), rows, expected)
          if (!log.some(({ key }) => key.endsWith('.csv') && key.includes('/partition'))) answered++
          const where = `lake ${index}, round ${round}, plan seed ${planSeed}, seed ${seed}`
          expect(difference, `${where}\n${expected.sql}`).toBeNull()
        }
      }
      const [into, by] = [prng.pick(tables), prng.pick([db, other])]
      await randomWrite(prng, by, into)
    }
  }
  expect(answered).toBeGreaterThan(10)
})

async function planned(db: Database, tables: readonly RandomTable[], planSeed: number) {
  const sources = []
  for (const { name, columns } of tables) {
    const frame = (await db.table(name)) as AnyTable
    sources.push({ frame, sql: `SELECT * FROM "${name}"`, columns, ordered: false })
  }
  return randomPlan(new Prng(planSeed), sources)
}

let lastId = 1_000_000

/** The first `count` rows of a table with ids that no row has had. */
function newRows({ name, rows }: RandomTable, count: number): object[] {
  const id = `${name}_id`
  return rows.slice(0, count).map((row: any) => {
    lastId += 1
    return { ...row, [id]: typeof row[id] === 'bigint' ? BigInt(lastId) : lastId }
  })
}

async function randomWrite(prng: Prng, db: Database, of: RandomTable): Promise<void> {
  const table = (await db.table(of.name)) as AnyTable
  const key = `${of.name}_key`
  const rows = newRows(of, prng.int(0, of.rows.length)) as never
  switch (prng.int(0, 5)) {
    case 0:
      await table.insert(rows)
      break
    case 1: {
      const set = { [key]: prng.int(0, 12), [`${of.name}_int32`]: prng.int(-5, 20) }
      await table.update({ set, where: (row: any) => row[key].lt(prng.int(0, 12)) } as never)
      break
    }
    case 2:
      await table.delete((row: any) => row[key].eq(prng.int(0, 12)))
      break
    case 3: {
      const { version } = (await table.history())[0]!
      await table.restore({ version: prng.int(0, version) })
      break
    }
    case 4: {
      const name = `copy${prng.int(0, 2 ** 31)}`
      const copy = (await table.clone(name)) as AnyTable
      await copy.delete((row: any) => row[key].gt(prng.int(0, 12)))
      await db.dropTable(of.name)
      await createRandomTable(db, prng, { ...of, rows: [] })
      await (await db.table(of.name)).insert(copy as never)
      break
    }
    default:
      await db.dropTable(of.name)
      await createRandomTable(db, prng, { ...of, rows: of.rows.slice(prng.int(0, of.rows.length)) })
  }
}
