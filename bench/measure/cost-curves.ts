/**
 * Cost curves: how the time of a question grows with rows, columns, partitions and selectivity:
 * `npm run bench -- --curves`. Questions are random ones of `graupel/testing`; a time that grows
 * faster than what it depends on, in three tries, fails.
 */
import fc from 'fast-check'
import { connect } from 'graupel'
import {
  COST_NUMBERS,
  type CostCase,
  costCase,
  layTable,
  memoryStore,
  questionTo,
} from 'graupel/testing'
import { median } from './contender.ts'

interface Axis {
  readonly name: string
  readonly sizes: readonly number[]
  /** The case at a size; what is not the axis is as large as in the middle of the others. */
  readonly at: (of: CostCase, size: number) => CostCase
  /** Growth of the time for a growth of the size, both as powers: 1 is in proportion. */
  readonly exponentMax: number
}

const ROWS = 160_000
/** Nearly all keys: of all of them statistics would know the sums. */
const all = (of: CostCase) => ({ from: 0, to: Math.floor(of.keyRange * 0.9) })
const QUESTIONS = ['rows', 'sum', 'groups', 'top', 'count', 'limit'] as const

const AXES: readonly Axis[] = [
  {
    name: 'rows',
    sizes: [40_000, 80_000, 160_000, 320_000, 640_000],
    at: (of, rows) => ({ ...of, ...all(of), rows, partitionRows: rows / 4 }),
    exponentMax: 1.25,
  },
  {
    name: 'columns',
    sizes: [1, 2, 4, 8],
    at: (of, columns) => ({
      ...of,
      ...all(of),
      rows: ROWS,
      partitionRows: ROWS,
      columns,
      asked: columns,
    }),
    exponentMax: 1.25,
  },
  {
    name: 'partitions',
    sizes: [8, 32, 128, 512],
    at: (of, count) => ({ ...of, ...all(of), rows: ROWS, partitionRows: Math.ceil(ROWS / count) }),
    exponentMax: 1.25,
  },
  {
    name: 'selectivity, %',
    sizes: [1, 4, 16, 64],
    at: (of, percent) => {
      const to = Math.floor((of.keyRange * percent) / 100)
      // One key in all rows is in the range or not.
      const keys = of.keys === 'constant' ? 'uniform' : of.keys
      return { ...of, keys, rows: ROWS, partitionRows: ROWS / 8, from: 0, to }
    },
    exponentMax: 1.25,
  },
]

const cases = fc
  .array(fc.nat(9999), { minLength: COST_NUMBERS, maxLength: COST_NUMBERS })
  .map((numbers) => costCase(numbers))
const TRIES = 3
const ROUNDS = 5

/** Milliseconds that the question of each case takes, of cases that are run in turn. */
async function timesOf(cases: readonly CostCase[]): Promise<number[]> {
  const lake = await connect(memoryStore(), { cache: false })
  try {
    const db = await lake.database('bench/curves', { create: true })
    const frames = []
    for (const [number, of] of cases.entries()) {
      frames.push(questionTo(await layTable(db, of, `t${number}`), of))
    }
    const times = frames.map(() => [] as number[])
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [number, frame] of frames.entries()) {
        const start = performance.now()
        for await (const _ of frame.batches()) {
          // only what it takes is of interest
        }
        if (round > 0) times[number]!.push(performance.now() - start)
      }
    }
    return times.map((of) => Math.min(...of))
  } finally {
    await lake.close()
  }
}

/**
 * The slope of the best line through `log(size)` and `log(time)` of the three largest sizes: what is
 * the same for all sizes hides less of the growth there.
 */
function exponentOf(sizes: readonly number[], times: readonly number[]): number {
  const [xs, ys] = [sizes.slice(-3).map(Math.log), times.slice(-3).map(Math.log)]
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const [mx, my] = [mean(xs), mean(ys)]
  const covariance = xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i]! - my), 0)
  return covariance / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0)
}

export interface CurveOptions {
  /** Random questions for each axis. */
  readonly questions: number
  readonly seed: number
}

/** Measures and prints every curve; answers those whose time grows faster than it may. */
export async function measureCurves({ questions, seed }: CurveOptions): Promise<string[]> {
  const surprises: string[] = []
  console.log(`seed ${seed}; milliseconds, the least of ${ROUNDS}; exponent: 1 grows in proportion`)
  for (const { name, sizes, at, exponentMax } of AXES) {
    const exponents: number[] = []
    const sampled = fc.sample(fc.noBias(cases), { numRuns: questions, seed })
    for (const [number, sample] of sampled.entries()) {
      const drawn = { ...sample, question: QUESTIONS[number % QUESTIONS.length]! }
      const sized = sizes.map((size) => at(drawn, size))
      let times = await timesOf(sized)
      let exponent = exponentOf(sizes, times)
      for (let more = 1; more < TRIES && exponent > exponentMax; more++) {
        times = (await timesOf(sized)).map((time, i) => Math.min(time, times[i]!))
        exponent = exponentOf(sizes, times)
      }
      const question = `${drawn.question}, keys ${drawn.keys}, ${drawn.asked} columns asked`
      const points = sizes.map((size, i) => `${size}: ${times[i]!.toFixed(2)}`).join('  ')
      console.log(`${name.padEnd(15)} ^${exponent.toFixed(2)}  ${points}  (${question})`)
      exponents.push(exponent)
      if (exponent > exponentMax) surprises.push(`${name} ^${exponent.toFixed(2)}: ${question}`)
    }
    console.log(`${name.padEnd(15)} ^${median(exponents).toFixed(2)}  median of ${questions}`)
  }
  return surprises
}
