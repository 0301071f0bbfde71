/**
 * A pipeline that may be stopped and started anywhere: prices arrive year by year and are sometimes
 * corrected; `merge` brings them into one table, and `changes` tells a summary what to compute anew.
 * Every step is committed once, however often it is run. Run it twice: the second run does nothing.
 *
 *     npx tsx examples/stock-pipeline.ts
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { connect, fn, progressBar, t } from '../src/index.ts'

const require = createRequire(import.meta.url)
const file = join(dirname(require.resolve('vega-datasets')), '../data/stocks.csv')

const PRICES = { symbol: t.utf8(), date: t.date(), price: t.decimal(10, 2) }
const SUMMARY = { symbol: t.utf8(), prices: t.int64(), highest: t.decimal(10, 2) }

await using lake = await connect('./stock-lake')
const db = await lake.database('market/us', { create: true })
const prices = await db.createTable('prices', PRICES, { clusterBy: ['date'], ifNotExists: true })
const summary = await db.createTable('summary', SUMMARY, { ifNotExists: true })

interface Arrival {
  readonly symbol: string
  readonly date: string
  readonly price: string
}

const all = parse(await readFile(file), { columns: true }) as Arrival[]
const isoDay = (text: string) => new Date(`${text} UTC`).toISOString().slice(0, 10)
const years = new Map<number, Arrival[]>()
for (const row of all) {
  const year = Number(row.date.slice(-4))
  years.set(year, [...(years.get(year) ?? []), row])
}

for (const [year, rows] of [...years].sort(([a], [b]) => a - b)) {
  const arrived = rows.map((row) => ({ ...row, date: isoDay(row.date) }))
  // Somebody had mistyped the first price of each year, and sends it again.
  const corrected = [{ ...arrived[0]!, price: '1.00' }, ...arrived.slice(1)]
  await bringIn(corrected, year * 10)
  await bringIn(arrived.slice(0, 1), year * 10 + 1)
}
await summarize()
console.log(`${await prices.count()} prices at version ${prices.version}`)
await summary.sort('symbol').show()

/** Sets prices that are known, adds the others; once for each sequence. */
async function bringIn(rows: readonly Arrival[], sequence: number) {
  const result = await prices.merge(
    lake.from(rows, PRICES),
    {
      on: ['symbol', 'date'],
      whenMatched: { when: (old, now) => old.price.ne(now.price), set: 'all' },
      whenNotMatched: { insert: 'all' },
    },
    { app: 'prices', sequence, onProgress: progressBar(`merge ${sequence}`) },
  )
  const { rowsInserted, rowsUpdated } = result
  if (rowsInserted + rowsUpdated > 0) {
    console.log(`${sequence}: ${rowsInserted} inserted, ${rowsUpdated} updated`)
  }
}

/** Computes the summary of those symbols anew that changed since it was last computed. */
async function summarize() {
  const done = (await prices.tags()).find(({ name }) => name === 'summarized')
  if (done?.version === prices.version) return
  const changed = prices.changes({ from: { version: done?.version ?? 0 } }).distinct('symbol')
  const anew = prices
    .join(changed.select('symbol'), { on: 'symbol', how: 'semi' })
    .groupBy('symbol')
    .agg((p) => ({ prices: fn.count(), highest: p.price.max() }))
  const { rowsInserted, rowsUpdated } = await summary.merge(anew, {
    on: 'symbol',
    whenMatched: { set: 'all' },
    whenNotMatched: { insert: 'all' },
  })
  if (done !== undefined) await prices.untag('summarized')
  await prices.tag('summarized')
  console.log(`summary: ${rowsInserted} inserted, ${rowsUpdated} updated`)
}
