import { parseArgs } from 'node:util'
import { BENCH_ROWS } from './rows/bench-rows.ts'

/** What `npm run bench --` was asked. */
export interface BenchOptions {
  readonly scale: number
  readonly rounds: number
  /** Names of rows; null for all that are not extra. */
  readonly only: readonly string[] | null
  readonly isQuick: boolean
  /** Where the chart goes; null for its usual place. */
  readonly chart: string | null
  /** Whether cost curves are measured, and nothing else. */
  readonly isCurves: boolean
  /** For what is drawn at random. */
  readonly seed: number
}

/** Rows that are measured otherwise than by a query in this process. */
export const OTHER_ROWS = [
  'process-q6-small',
  'process-q6',
  'process-q1',
  'process-group-many',
  'load',
  'decode',
]

/** Throws for a row that does not exist, naming those that do. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      scale: { type: 'string' },
      rounds: { type: 'string' },
      chart: { type: 'string' },
      curves: { type: 'boolean', default: false },
      seed: { type: 'string' },
    },
  })
  const isQuick = values.quick
  const scale = Number(values.scale ?? (isQuick ? '0.1' : '1'))
  const rounds = Number(values.rounds ?? (isQuick ? '3' : '7'))
  if (!(scale >= 0.01) || !(rounds >= 1)) throw new Error('scale has to be at least 0.01, rounds 1')
  const only = values.only === undefined ? null : named(values.only)
  const seed = Number(values.seed ?? Date.now() % 2 ** 31)
  return {
    isQuick,
    scale,
    rounds,
    only,
    chart: values.chart ?? null,
    isCurves: values.curves,
    seed,
  }
}

function named(text: string): string[] {
  const tpch = [...BENCH_ROWS.keys()].filter((name) => /^q\d+$/.test(name))
  const names = text.split(',').flatMap((name) => (name === 'tpch' ? tpch : [name.trim()]))
  const known = [...BENCH_ROWS.keys(), ...OTHER_ROWS]
  const stranger = names.find((name) => !known.includes(name))
  if (stranger === undefined) return names
  throw new Error(`no row is called "${stranger}"; there are: tpch, ${known.join(', ')}`)
}
