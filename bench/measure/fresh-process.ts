import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { build } from 'tsup'
import { makeDataset } from '../datasets/make-dataset.ts'
import { tpch } from '../datasets/tpch.ts'
import { csvSource, viewStatements } from '../peers/duckdb-views.ts'
import { BENCH_ROWS } from '../rows/bench-rows.ts'
import { TPCH } from '../tpch/tables.ts'
import { answersDiffer } from './answers-differ.ts'
import type { Answer } from './contender.ts'
import type { MeasureOptions } from './query-rows.ts'
import { type BenchResult, resultOf } from './result.ts'

const execute = promisify(execFile)
const ROOT = new URL('..', import.meta.url).pathname

const ENGINES = [
  ['graupel-job', 'graupel'],
  ['duckdb-job', 'DuckDB, Parquet'],
] as const

/** The arguments of both engines' processes, in the order of `ENGINES`. */
type Jobs = readonly [readonly string[], readonly string[]]

/** Bundles the scripts of the child processes, so that no TypeScript loader is measured. */
async function bundleJobs(): Promise<string> {
  await build({
    config: false,
    entry: ENGINES.map(([script]) => `${ROOT}child/${script}.ts`),
    outDir: `${ROOT}.data/child`,
    format: 'esm',
    target: 'node20',
    silent: true,
    external: ['graupel', /^@duckdb/],
    outExtension: () => ({ js: '.mjs' }),
  })
  return `${ROOT}.data/child/`
}

interface Run {
  readonly answer: Answer
  readonly megabytes: number
  readonly milliseconds: number
}

/**
 * What children see of the environment. Node reads extra certificates before anything else: tens of
 * milliseconds, in both engines' processes, that have nothing to do with either.
 */
const { NODE_EXTRA_CA_CERTS: _, ...ENVIRONMENT } = process.env

async function runChild(script: string, args: readonly string[]): Promise<Run> {
  const start = performance.now()
  const { stdout } = await execute(process.execPath, [script, ...args], { env: ENVIRONMENT })
  const milliseconds = performance.now() - start
  return { ...(JSON.parse(stdout) as Pick<Run, 'answer' | 'megabytes'>), milliseconds }
}

/** Runs a job in fresh processes of both engines in turn: figures of time and of memory. */
async function pairs(jobs: Jobs, rounds: number) {
  const folder = await bundleJobs()
  const time = ENGINES.map(([, name]) => ({ name, times: [] as number[] }))
  const memory = ENGINES.map(([, name]) => ({ name, times: [] as number[] }))
  for (let round = 0; round < rounds; round++) {
    const answers: Answer[] = []
    for (const [position, [script]] of ENGINES.entries()) {
      const run = await runChild(`${folder}${script}.mjs`, jobs[position]!)
      answers.push(run.answer)
      time[position]!.times.push(run.milliseconds)
      memory[position]!.times.push(run.megabytes)
    }
    const difference = answersDiffer(answers[0]!, answers[1]!)
    if (difference !== null) throw new Error(`processes of "${jobs[0].join(' ')}": ${difference}`)
  }
  return { time, memory }
}

const MEMORY_GOAL = { goal: 1, stretch: 0.7 }

/** Wall time and peak memory of one query, process start and all. */
export async function measureProcess(
  name: string,
  { scale, rounds }: MeasureOptions,
): Promise<BenchResult[]> {
  const { dataset, title, sql } = BENCH_ROWS.get(name)!
  const folder = await makeDataset(dataset, scale)
  const { time, memory } = await pairs(
    [
      ['query', name, folder],
      [...viewStatements(dataset, folder, 'parquet'), sql],
    ],
    rounds,
  )
  const goal = name === 'q6-small' ? { goal: 0.7, stretch: 0.5 } : null
  return [
    resultOf({ name: `process-${name}`, title: `fresh process, ${title}`, goal }, time),
    resultOf(
      { name: `memory-${name}`, title: `peak memory, ${title}`, goal: MEMORY_GOAL },
      memory,
      'MB',
    ),
  ]
}

/** Wall time and peak memory of loading the row CSV of line items, beside DuckDB's CSV to Parquet. */
export async function measureLoad({ scale, rounds }: MeasureOptions): Promise<BenchResult[]> {
  const folder = await makeDataset(tpch, scale)
  const times = Math.min(rounds, 3)
  const from = csvSource(`${folder}lineitem.csv`, TPCH.lineitem)
  const copy = `COPY (SELECT * FROM ${from}) TO '${folder}copy.parquet' (FORMAT parquet)`
  const { time, memory } = await pairs([['load', folder], [copy]], times)
  const goal = { goal: 2, stretch: 1 }
  return [
    resultOf({ name: 'load', title: 'load of the row CSV', goal }, time),
    resultOf({ name: 'memory-load', title: 'peak memory, load', goal: MEMORY_GOAL }, memory, 'MB'),
  ]
}
