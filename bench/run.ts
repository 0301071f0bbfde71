/**
 * Measures graupel beside DuckDB in one interleaved run and checks that both give the same answer.
 * `npm run bench` (6M rows, 9 rounds) or `npm run bench -- --rows 1000000 --rounds 5`.
 */
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { connect } from 'graupel'
import { CSV_TYPES, DATA, ensureLineItem, LAKE, ROWS } from './data.ts'
import { q6, q6Sql } from './q6.ts'

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: String(ROWS) },
    rounds: { type: 'string', default: '9' },
  },
})
const rows = Number(options.rows)
const rounds = Number(options.rounds)

interface Contender {
  readonly name: string
  readonly run: () => Promise<string>
  readonly times: number[]
}

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1]!

async function interleave(contenders: readonly Contender[]): Promise<void> {
  const answers = new Set<string>()
  for (const { run } of contenders) answers.add(await run())
  if (answers.size !== 1) throw new Error(`answers differ: ${[...answers].join(' | ')}`)
  for (let round = 0; round < rounds; round++) {
    for (const { run, times } of contenders) {
      const start = performance.now()
      answers.add(await run())
      times.push(performance.now() - start)
    }
  }
  if (answers.size !== 1) throw new Error(`answers differ: ${[...answers].join(' | ')}`)
  console.log(`answer of all: ${[...answers][0]}`)
}

await ensureLineItem(rows)
await using lake = await connect(LAKE, { threads: 2 })
const db = await lake.database('bench/tpch')
const lineitem = await db.table('lineitem')
const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
const duck = await instance.connect()

const sql = (from: string) => async () => {
  const reader = await duck.runAndReadAll(q6Sql(from))
  return String(reader.getRows()[0]![0])
}
const csv = `read_csv('${DATA}lineitem.csv', header = true, auto_detect = false, delim = ',', columns = ${CSV_TYPES})`

const contenders: Contender[] = [
  {
    name: 'graupel on CSV columns, TypeScript kernels, 2 threads',
    run: async () => String((await q6(lineitem).first())?.['revenue']),
    times: [],
  },
  {
    name: 'DuckDB on Parquet (snappy), 2 threads',
    run: sql(`'${DATA}lineitem.parquet'`),
    times: [],
  },
  { name: 'DuckDB on row CSV, 2 threads', run: sql(csv), times: [] },
]
console.log(`Q6-like scan of ${rows} rows, ${rounds} interleaved rounds, files re-read each time`)
await interleave(contenders)
const ours = median(contenders[0]!.times)
for (const { name, times } of contenders) {
  const [least, greatest] = [Math.min(...times), Math.max(...times)]
  console.log(
    `${name.padEnd(54)} median ${median(times).toFixed(0).padStart(6)} ms (${least.toFixed(0)}..${greatest.toFixed(0)})  ours/this ${(ours / median(times)).toFixed(3)}`,
  )
}
duck.closeSync()
instance.closeSync()

console.log('\npeak memory of a fresh process each (resident set, MB)')
for (const [label, ...args] of [
  ['Q6 on 1x the rows', 'scan', 'narrow1'],
  ['Q6 on 4x the rows', 'scan', 'narrow4'],
  ['load 1M rows from CSV', 'load', '1000000'],
  ['load 4M rows from CSV', 'load', '4000000'],
] as const) {
  const script = new URL('memory.mjs', import.meta.url).pathname
  const output = execFileSync(process.execPath, [script, args[0], DATA, args[1]], {
    encoding: 'utf8',
  })
  console.log(`${label.padEnd(26)} ${output.trim()}`)
}
