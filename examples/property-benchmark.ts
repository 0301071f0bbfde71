/**
 * A benchmark that proves what it times: random tables and random questions, each answered by the
 * library and by plain JavaScript. First they must agree, then both are timed on the same questions.
 *
 *     npx tsx examples/property-benchmark.ts
 */
import fc from 'fast-check'
import { connect, fn, t } from '../src/index.ts'

interface Car {
  readonly id: number
  readonly origin: string
  readonly power: number | null
}

const CARS = { id: t.int32(), origin: t.utf8(), power: t.int32().nullable() }
const car = fc.record({
  id: fc.integer({ min: 0, max: 1_000_000 }),
  origin: fc.constantFrom('Europe', 'Japan', 'USA', ''),
  power: fc.option(fc.integer({ min: 40, max: 400 })),
})
const question = fc.record({
  from: fc.integer({ min: 0, max: 1_000_000 }),
  power: fc.integer({ min: 40, max: 400 }),
})
type Question = typeof question extends fc.Arbitrary<infer Q> ? Q : never

await using lake = await connect('memory:', { cache: false })
const db = await lake.database('bench/cars', { create: true })
let tables = 0

async function tableOf(cars: readonly Car[]) {
  const name = `cars ${tables++}`
  const table = await db.createTable(name, CARS, { clusterBy: ['id'], partitionRows: 5000 })
  if (cars.length > 0) await table.insert(cars)
  return table
}

type Cars = Awaited<ReturnType<typeof tableOf>>

const answered = (cars: Cars, { from, power }: Question) =>
  cars
    .filter((c) => c.id.gte(from).and(c.power.lt(power)))
    .groupBy('origin')
    .agg((c) => ({ n: fn.count(), most: c.power.max() }))
    .sort('origin')
    .toArray({ int64: 'number' })

function expected(cars: readonly Car[], { from, power }: Question) {
  const groups = new Map<string, { origin: string; n: number; most: number | null }>()
  for (const { id, origin, power: own } of cars) {
    if (id < from || own === null || own >= power) continue
    const { n = 0, most = own } = groups.get(origin) ?? {}
    groups.set(origin, { origin, n: n + 1, most: Math.max(most ?? own, own) })
  }
  return [...groups.values()].sort((a, b) => (a.origin < b.origin ? -1 : 1))
}

const same = fc.asyncProperty(fc.array(car, { maxLength: 60 }), question, async (cars, asked) => {
  const [ours, plain] = [await answered(await tableOf(cars), asked), expected(cars, asked)]
  if (JSON.stringify(ours) !== JSON.stringify(plain)) {
    throw new Error(`${JSON.stringify(ours)} is not ${JSON.stringify(plain)}`)
  }
})
const runs = Number(process.env['RUNS'] ?? 100)
await fc.assert(same, { numRuns: runs })
console.log(`${runs} random tables and questions: the answers are equal`)

// The same questions on one large table; the seed makes them the same for everybody.
const [rows] = fc.sample(fc.array(car, { minLength: 20_000, maxLength: 20_000, size: 'max' }), {
  numRuns: 1,
  seed: 7,
})
const large = await tableOf(rows!)
const questions = fc.sample(question, { numRuns: 21, seed: 7 })
const times = { graupel: [] as number[], loops: [] as number[] }
for (const asked of questions) {
  const start = performance.now()
  await answered(large, asked)
  const between = performance.now()
  expected(rows!, asked)
  times.graupel.push(between - start)
  times.loops.push(performance.now() - between)
}
const median = (of: number[]) => of.sort((a, b) => a - b)[of.length >> 1]!.toFixed(2)
console.log(`${rows!.length} rows, ${questions.length} questions, median of each:`)
console.log(`  graupel, from its files  ${median(times.graupel)} ms`)
console.log(`  loops over live objects  ${median(times.loops)} ms`)
