/**
 * Measures graupel beside its peers, interleaved in one run, all answers compared: `npm run bench`.
 * `-- --quick` takes a tenth of the data, `-- --only q6,load` some rows, `-- --only tpch` all 22
 * queries; `--curves` measures how times grow instead; `--scale`, `--rounds` and `--chart FILE` as wanted.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measureCurves } from './measure/cost-curves.ts'
import { measureDecode } from './measure/decode-rows.ts'
import { measureLoad, measureProcess } from './measure/fresh-process.ts'
import { measureQuery } from './measure/query-rows.ts'
import type { BenchResult } from './measure/result.ts'
import { type BenchOptions, benchOptions, OTHER_ROWS } from './options.ts'
import { chartSvg } from './report/chart.ts'
import { resultLines, tableHead } from './report/table.ts'
import { BENCH_ROWS } from './rows/bench-rows.ts'

const options = benchOptions(process.argv.slice(2))

if (options.isCurves) {
  const { seed, isQuick } = options
  const surprises = await measureCurves({ questions: isQuick ? 2 : 6, seed })
  for (const surprise of surprises) console.error(`grows faster than it may: ${surprise}`)
  process.exit(surprises.length > 0 ? 1 : 0)
}

async function* results({ only, ...rest }: BenchOptions): AsyncGenerator<BenchResult> {
  const wanted = ({ name, isExtra }: { name: string; isExtra?: boolean }) =>
    only === null ? isExtra !== true : only.includes(name)
  for (const row of BENCH_ROWS.values()) if (wanted(row)) yield await measureQuery(row, rest)
  for (const name of OTHER_ROWS.filter((name) => wanted({ name }))) {
    if (name === 'load') yield* await measureLoad(rest)
    else if (name === 'decode') yield* await measureDecode()
    else yield* await measureProcess(name.replace('process-', ''), rest)
  }
}

const done: BenchResult[] = []
const folder = new URL('.data/', import.meta.url)
mkdirSync(folder, { recursive: true })
const json = fileURLToPath(new URL('results.json', folder))

/** After every row, so that a run that is cut short leaves what it has found. */
function keep(): void {
  const report = {
    node: process.version,
    date: new Date().toISOString(),
    ...options,
    results: done,
  }
  writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
}

console.log(`scale ${options.scale}, ${options.rounds} interleaved rounds, 2 threads each; medians`)
console.log(tableHead())
for await (const result of results(options)) {
  done.push(result)
  keep()
  for (const line of resultLines(result)) console.log(line)
}

// What is shown to people is drawn by whole runs only, unless it is asked for.
const isWhole = options.only === null && options.scale >= 1
const usual = isWhole ? new URL('../docs/bench.svg', import.meta.url) : new URL('bench.svg', folder)
const chart = options.chart ?? fileURLToPath(usual)
writeFileSync(chart, chartSvg(done, { scale: options.scale }))
console.log(`\n${json}\n${chart}`)
