/**
 * A notebook as a script: four years of Seattle's weather, cell by cell. Run it with
 * `npx tsx examples/weather-notebook.ts`; an editor that knows `// %%` runs the cells one at a time.
 */
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { connect, desc, fn } from '../src/index.ts'
import { bar, line } from '../src/plot/index.ts'

const require = createRequire(import.meta.url)
const data = join(dirname(require.resolve('vega-datasets')), '../data')

// %% Load: types are inferred from the whole file
await using lake = await connect('memory:')
const db = await lake.database('notebook/weather', { create: true })
const days = await db.createTableFrom('days', join(data, 'seattle-weather.csv'))
await days.glimpse()

// %% What kinds of days are there?
const kinds = days
  .groupBy('weather')
  .agg((d) => ({ days: fn.count(), warmest: d.temp_max.max(), rain: d.precipitation.sum() }))
  .sort(desc('days'))
await kinds.show()

// %% The warmest day of each year
await days
  .withColumns((d) => ({ year: d.date.dt.year() }))
  .withColumns((d) => ({
    place: fn.rowNumber().over({ partitionBy: d.year, orderBy: [desc(d.temp_max), d.date] }),
  }))
  .filter((d) => d.place.eq(1))
  .select('year', 'date', 'temp_max')
  .sort('year')
  .show()

// %% Kinds of weather as columns
const byMonth = days
  .withColumns((d) => ({ month: d.date.dt.month() }))
  .pivot({
    index: 'month',
    on: 'weather',
    values: ['sun', 'rain', 'snow'],
    value: 'date',
    agg: 'count',
  })
  .sort('month')
console.log(await byMonth.toMarkdown(12))

// %% A mean over four weeks, and pictures
const smooth = days.withColumns((d) => ({
  mean: d.temp_max.mean().over({ orderBy: d.date, rows: [-13, 14] }),
}))
await writeFile(
  'temperature.svg',
  await line(smooth, {
    x: 'date',
    y: 'mean',
    every: 'month',
    title: 'Mean of the warmest hour, °C',
  }),
)
await writeFile('kinds.svg', await bar(days, { x: 'weather', title: 'Days' }))

// %% Where the time went
const profile = await smooth.filter((d) => d.mean.gt(25)).profile()
await writeFile('profile.html', profile.html())
console.log(`${profile.rows} days within warm weeks; temperature.svg, kinds.svg, profile.html`)
