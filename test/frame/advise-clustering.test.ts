import { describe, expect, test } from 'vitest'
import { connect, fn, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { loggedStore } from '../support/logged-store.ts'

const COLUMNS = {
  id: t.int64(),
  kind: t.utf8(),
  day: t.date(),
  at: t.timestamp(),
  price: t.decimal(9, 2).nullable(),
  note: t.utf8(),
}
const KINDS = ['alpha', 'beta', 'gamma', 'delta']
const DAY_MS = 86_400_000

function rowsOf(count: number) {
  const below = seededRandom(7)
  return Array.from({ length: count }, () => {
    const id = below(1_000_000)
    const at = new Date(Date.UTC(2026, 0, 1) + below(200) * DAY_MS + below(DAY_MS))
    return {
      id: BigInt(id),
      kind: KINDS[below(4)]!,
      day: at.toISOString().slice(0, 10),
      at,
      price: below(10) === 0 ? null : `${below(1000)}.25`,
      note: `${String.fromCharCode(97 + below(26))}${id}`,
    }
  })
}

async function tableOf(rows: ReturnType<typeof rowsOf>) {
  const { store, log } = loggedStore(memoryStore())
  const lake = await connect(store, { cache: false })
  const db = await lake.database('test/advice', { create: true })
  const table = await db.createTable('t', COLUMNS, { partitionRows: 100 })
  await table.insert(rows)
  return { lake, db, table, log }
}

describe('adviseClustering', () => {
  test('ranks the columns that queries ask for, without reading a row', async () => {
    const { table, log } = await tableOf(rowsOf(4000))
    log.length = 0
    const advised = await table.adviseClustering([
      (o) => o.id.between(500_000, 501_000),
      table.filter((o) => o.id.eq(600_000n)).select('note'),
      table
        .filter((o) => o.kind.eq('beta'))
        .groupBy('day')
        .agg(() => ({ n: fn.count() })),
    ])
    expect(advised).toMatchObject({ partitions: 40, queries: 3 })
    expect(advised.now).toBe(1)
    expect(advised.advice[0]!.columns[0]).toBe('kind')
    expect(advised.advice[0]!.columns).toEqual(['kind', 'id'])
    const shares = advised.advice.map(({ share }) => share)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(advised.advice.map(({ columns }) => columns.join())).toContain('id')
    expect(log.filter(({ key }) => /partition\d+\.csv$/.test(key))).toEqual([])
  })

  test.each([
    ['a range of numbers', 'id', (o: never) => (o as Row).id.between(100_000, 150_000)],
    ['a day', 'day', (o: never) => (o as Row).day.eq('2026-03-01')],
    ['a month', 'at', (o: never) => (o as Row).at.between('2026-02-01', '2026-02-28')],
    ['one of few texts', 'kind', (o: never) => (o as Row).kind.eq('gamma')],
    ['a prefix', 'note', (o: never) => (o as Row).note.str.startsWith('k')],
    ['decimals', 'price', (o: never) => (o as Row).price.gt('950')],
  ] as const)('comes near to what optimize makes of it: %s', async (_, column, where) => {
    const { table, db } = await tableOf(rowsOf(4000))
    const { advice } = await table.adviseClustering([where as never])
    const advised = advice.find(({ columns }) => columns.join() === column)!
    expect(advised).toBeDefined()
    await table.optimize({ columns: [column] })
    const after = await (await db.table('t', COLUMNS)).adviseClustering([where as never])
    expect(Math.abs(after.now - advised.share)).toBeLessThanOrEqual(2.5 / 40)
  })

  test('refuses what is no query of this table', async () => {
    const { table, lake, db } = await tableOf(rowsOf(100))
    await expect(table.adviseClustering([])).rejects.toMatchObject({ code: 'INVALID' })
    const other = await db.createTable('other', COLUMNS)
    await expect(table.adviseClustering([other])).rejects.toThrow(/does not read table/)
    const memory = lake.from([{ id: 1n }], { id: t.int64() })
    await expect(table.adviseClustering([memory])).rejects.toMatchObject({ code: 'INVALID' })
    const empty = await other.adviseClustering([(o) => o.id.eq(1n)])
    expect(empty).toMatchObject({ partitions: 0, now: 0 })
  })
})

/** Only for the compiler. */
type Row = Parameters<
  Extract<
    Parameters<Awaited<ReturnType<typeof tableOf>>['table']['adviseClustering']>[0][number],
    (row: never) => unknown
  >
>[0]
