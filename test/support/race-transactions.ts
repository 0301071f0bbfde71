import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Lake, t } from '../../src/index.ts'

const PATH = 'acme/sales'
const COLUMNS = { id: t.int64(), who: t.utf8() }

const idsOf = (rows: readonly { id: bigint }[]) => rows.map(({ id }) => Number(id)).sort(ascending)
const ascending = (a: number, b: number) => a - b

/**
 * Two lakes at one place write the same rows to two tables, each opening them in the opposite order,
 * while a third reads both. Expects every read to be whole, and every row to be there once.
 */
export async function raceTransactions(open: () => Promise<Lake>, each: number): Promise<number> {
  await using setUp = await open()
  const database = await setUp.database(PATH, { create: true })
  for (const name of ['orders', 'lines']) await database.createTable(name, COLUMNS)
  let running = 2
  const write = async (who: string, from: number, names: readonly string[]) => {
    await using lake = await open()
    for (let n = 0; n < each; n++) {
      await lake.transaction(async (tx) => {
        for (const name of names) {
          const table = await tx.table(PATH, name, COLUMNS)
          await table.insert([{ id: BigInt(from + n), who }])
        }
      })
    }
  }
  let reads = 0
  const read = async () => {
    await using lake = await open()
    while (running > 0) {
      const [orders, lines] = await lake.transaction(async (tx) => {
        const both = [
          await tx.table(PATH, 'orders', COLUMNS),
          await tx.table(PATH, 'lines', COLUMNS),
        ]
        return Promise.all(both.map(async (table) => idsOf(await table.toArray())))
      })
      expect(orders).toEqual(lines)
      reads++
      // Lets writers that wait for a timer go on.
      await pause(1)
    }
  }
  await Promise.all([
    write('forth', 0, ['orders', 'lines']).finally(() => running--),
    write('back', 1000, ['lines', 'orders']).finally(() => running--),
    read(),
  ])
  const all = Array.from({ length: each }, (_, n) => [n, 1000 + n])
    .flat()
    .sort(ascending)
  for (const name of ['orders', 'lines']) {
    const table = await database.table(name, COLUMNS)
    expect(idsOf(await table.toArray())).toEqual(all)
    expect(table.version).toBe(2 * each)
    expect(await table.verify()).toEqual([])
  }
  return reads
}
