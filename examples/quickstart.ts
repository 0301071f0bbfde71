/**
 * The main job on real data: load an Arrow file and a CSV into column folders, ask them through
 * a lazy typed DataFrame, look back in time, and see how partitions are pruned.
 * Run it with `npm run quickstart`; the files stay in ./lake for you to open.
 */
import { readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { connect, desc, fn, progressBar, t } from '../src/index.ts'

const require = createRequire(import.meta.url)
const data = join(dirname(require.resolve('vega-datasets')), '../data')

await rm('./lake', { recursive: true, force: true })
await using lake = await connect('./lake')
const db = await lake.database('demo/travel', { create: true })

// 200,000 flights from an Arrow file: the schema is a value, the row type is inferred from it.
const flights = await db.createTable(
  'flights',
  { delay: t.int16(), distance: t.int16(), time: t.float32() },
  { clusterBy: ['time'], partitionRows: 25_000 },
)
const arrow = tableFromIPC(await readFile(join(data, 'flights-200k.arrow')))
const inserted = await flights.insert(arrow)
console.log(
  `flights: ${inserted.rows} rows in ${inserted.partitions} partitions, version ${inserted.version}`,
)

// Two CSV files: types are inferred from the whole file before anything is loaded.
const airports = await db.createTableFrom('airports', join(data, 'airports.csv'), {
  onProgress: progressBar('airports'),
})
const routes = await db.createTableFrom('routes', join(data, 'flights-airport.csv'))
console.log(airports, '\n')

console.log('1. A filter: late evening flights, delayed by more than an hour')
await flights
  .filter((f) => f.time.gte(22).and(f.delay.gt(60)))
  .sort(desc('delay'))
  .show(5)

console.log('2. A grouped join: the states that most flights leave from')
const byState = routes
  .join(airports, { on: [['origin', 'iata']] })
  .groupBy('state')
  .agg((r) => ({
    airports: r.origin.countDistinct(),
    flights: r.count.sum(),
    name: r.name.first(),
  }))
  .sort(desc('flights'))
await byState.show(5)

console.log('3. Time travel: what the table held before the last insert')
const before = flights.version
const after = await flights.insert([{ delay: 999, distance: 1, time: 23.5 }])
const worst = (version: number) =>
  flights
    .at({ version })
    .agg((f) => ({ flights: fn.count(), worst: f.delay.max() }))
    .first()
console.log(`version ${before}:`, await worst(before))
console.log(`version ${after.version}:`, await worst(after.version), '\n')

console.log('4. Which files a query opens: 2 of 3 column folders, few of the partitions')
const evening = flights
  .filter((f) => f.time.between(22, 23))
  .agg((f) => ({ flights: fn.count(), delay: f.delay.mean() }))
console.log(await evening.explain({ analyze: true }))
await evening.show()

console.log(`
The files are plain CSV. Open them:
  lake/demo/travel/flights/delay/metadata.csv      what is known of each partition
  lake/demo/travel/flights/delay/partition1.csv    its values, one a line
  paste -d, lake/demo/travel/airports/{iata,name,state}/partition1.csv | head`)
