import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect, t } from '../../../src/index.ts'
import { memoryStore } from '../../../src/testing/index.ts'
import { countedStore } from '../../support/counted-store.ts'
import { runs } from '../../support/random.ts'

const COLUMNS = { day: t.date(), kind: t.utf8(), amount: t.int32() }
const DAYS = 400
const dayOf = (n: number) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10)
const ROWS = Array.from({ length: 3000 }, (_, n) => ({
  day: dayOf((n * 7919) % DAYS),
  kind: ['a', 'bb', 'ccc'][n % 3]!,
  amount: n,
}))

const questions = fc.record({
  from: fc.nat(DAYS),
  days: fc.constantFrom(1, 2, 20, 300),
  kind: fc.option(fc.constantFrom('a', 'bb', 'none')),
  asksDay: fc.boolean(),
})

test('a range of the clustering key is the same rows however often it is asked, and fewer bytes', async () => {
  const { store, count } = countedStore(memoryStore(), { counts: (key) => /partition\d/.test(key) })
  await using lake = await connect(store, { cache: false })
  const db = await lake.database('test/order', { create: true })
  const table = await db.createTable('rows', COLUMNS, { clusterBy: ['day'], partitionRows: 700 })
  await table.insert(ROWS)
  await fc.assert(
    fc.asyncProperty(questions, async ({ from, days, kind, asksDay }) => {
      const [first, last] = [dayOf(from), dayOf(from + days - 1)]
      const isAsked = (row: { day: string; kind: string }) =>
        row.day >= first && row.day <= last && (kind === null || row.kind === kind)
      const expected = ROWS.filter(isAsked).map(({ amount }) => amount)
      const frame = table
        .filter((r) => r.day.gte(first).and(r.day.lte(last)))
        .filter((r) => (kind === null ? r.amount.gte(0) : r.kind.eq(kind)))
      for (let time = 0; time < 3; time++) {
        const rows: readonly { amount: number; day?: Date }[] = asksDay
          ? await frame.select('amount', 'day').toArray()
          : await frame.select('amount').toArray()
        expect(rows.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual(expected)
        if (asksDay)
          for (const { amount, day } of rows) expect(day).toEqual(new Date(ROWS[amount]!.day))
        const { n } = (await frame.agg((r) => ({ n: r.amount.count() })).first())!
        expect(Number(n)).toBe(expected.length)
      }
    }),
    { numRuns: runs(40) },
  )
  const bytes: number[] = []
  const day = dayOf(100)
  for (let time = 0; time < 2; time++) {
    await using again = await connect(store, { cache: false })
    const rows = await (await again.database('test/order')).table('rows', COLUMNS)
    const before = count.bytesRead
    expect(await rows.filter((r) => r.day.eq(day)).count()).toBe(
      ROWS.filter((row) => row.day === day).length,
    )
    bytes.push(count.bytesRead - before)
  }
  // A line of a date has 11 bytes, and ten of 700 are looked at for each end.
  expect(Math.max(...bytes)).toBeLessThanOrEqual(2 * 11 * 11)
})
