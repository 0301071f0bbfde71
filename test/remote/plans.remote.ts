import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type DataFrame, GraupelError } from '../../src/index.ts'
import type { QueryEngine } from '../../src/remote/index.ts'
import { compareRows, frameRows } from '../support/compare-rows.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { type RandomPlan, randomPlan } from '../support/random-plan.ts'
import { createRandomTable, type RandomTable, randomTable } from '../support/random-table.ts'
import { type RemotePlace, startRemotePlace } from './remote-place.ts'

/** Plans that the engine takes, each compared. */
const PLANS = runs(500)
const PLANS_PER_LAKE = 50
/** Of those with joins that can be shuffled, how many are compared so as well. */
const SHUFFLED_PER_LAKE = 4
/** Less than this share taken, and much has been refused that was not before. */
const TAKEN_MIN = 0.4

let place: RemotePlace

beforeAll(async () => {
  place = await startRemotePlace()
})

afterAll(() => place?.stop())

/** What the engine did not take, and how often. */
const refusals = new Map<string, number>()

const isRefusal = (error: unknown): error is GraupelError =>
  error instanceof GraupelError && error.facts['node'] !== undefined

/** `null` when the engine said at once that it cannot run the plan, with the node that it named. */
async function remoteRows(frame: DataFrame<any>, engine: QueryEngine) {
  try {
    return await frameRows(frame, { engine })
  } catch (error) {
    if (isRefusal(error)) {
      const named = `${error.facts['node']}: ${error.facts['why']}`
      refusals.set(named, (refusals.get(named) ?? 0) + 1)
      return null
    }
    throw error
  }
}

/** Every kind of table in turn: as they come, clustered, mostly null. */
const SHAPES = ['plain', 'clustered', 'null-rich'] as const

function shaped(prng: Prng, table: RandomTable, shape: (typeof SHAPES)[number]): RandomTable {
  if (shape !== 'null-rich') return table
  const columns = table.columns.map((of) => ({ ...of, nullable: !of.name.endsWith('_id') }))
  const rows = table.rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, nullable }) => [name, nullable && prng.chance(0.6) ? null : row[name]]),
    ),
  )
  return { ...table, columns, rows }
}

/** What became of the plans of one lake. */
interface Compared {
  readonly tried: number
  readonly ran: number
  readonly filled: number
  readonly shuffled: number
}

async function compareLake(
  lakeSeed: number,
  wanted: number,
  shape: (typeof SHAPES)[number],
): Promise<Compared> {
  const prng = new Prng(lakeSeed)
  await using lake = await connect(
    `s3://${place.bucket.name}/lake-${lakeSeed}`,
    place.bucket.options,
  )
  const db = await lake.database('test/oracle', { create: true })
  const sources: RandomPlan[] = []
  for (const prefix of ['l', 'r', 's']) {
    const table = shaped(prng, randomTable(prng, prefix), shape)
    const clusterBy = shape === 'clustered' ? [prng.pick(table.columns).name] : []
    const frame = await createRandomTable(db, prng, table, { clusterBy })
    sources.push({ frame, sql: prefix, columns: table.columns, ordered: false })
  }
  let [tried, ran, filled, shuffled] = [0, 0, 0, 0]
  while (ran < wanted && tried < wanted * 3) {
    const plan = randomPlan(prng, sources)
    const where = `lake ${lakeSeed} (${shape}), plan ${tried} (GRAUPEL_TEST_SEED=${seed})\n${plan.sql}`
    tried++
    const expected = await frameRows(plan.frame)
    if (!(await comparePlan(plan, expected, place.engine, where))) continue
    ran++
    if (expected.length > 0) filled++
    if (shuffled === SHUFFLED_PER_LAKE || expected.length === 0) continue
    if (!(await isShuffled(plan.frame))) continue
    shuffled++
    await comparePlan(plan, expected, place.shuffling, where)
    expect(await place.leftovers()).toEqual([])
  }
  return { tried, ran, filled, shuffled }
}

/** What metadata answers alone is not sent, so that the engine may refuse to explain it. */
async function isShuffled(frame: DataFrame<any>): Promise<boolean> {
  try {
    return (await frame.explain({ engine: place.shuffling })).includes('shuffle of')
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}

/** False when the engine does not take the plan. Throws when its rows differ. */
async function comparePlan(
  { frame, ordered }: RandomPlan,
  expected: Awaited<ReturnType<typeof frameRows>>,
  engine: QueryEngine,
  where: string,
): Promise<boolean> {
  const sent = () => frame.explain({ engine })
  const actual = await remoteRows(frame, engine).catch(async (cause) => {
    throw new Error(`the engine failed: ${cause.message}\n${where}\n${await sent()}`, { cause })
  })
  if (actual === null) return false
  const difference = compareRows(actual, expected, { ordered })
  if (difference === null) return true
  throw new Error(`rows differ: ${difference}\n${where}\n${await sent()}`)
}

const total = { tried: 0, ran: 0, filled: 0, shuffled: 0 }

const TURNS = Array.from({ length: Math.ceil(PLANS / PLANS_PER_LAKE) }, (_, turn) => ({
  turn,
  shape: SHAPES[turn % SHAPES.length]!,
  wanted: Math.min(PLANS_PER_LAKE, PLANS - turn * PLANS_PER_LAKE),
}))

test.each(TURNS)(
  '$wanted random plans over $shape tables that the cluster takes give the rows that they give here ($turn)',
  async ({ turn, shape, wanted }) => {
    const found = await compareLake(seed + turn, wanted, shape)
    total.tried += found.tried
    total.ran += found.ran
    total.filled += found.filled
    total.shuffled += found.shuffled
    expect(found.ran).toBe(wanted)
  },
)

test('most plans are taken, many have rows, and some are shuffled', () => {
  const { tried, ran, filled, shuffled } = total
  console.log(
    `remote: ${ran} of ${tried} plans ran there, ${filled} with rows, ${shuffled} shuffled too, seed ${seed}`,
  )
  console.log(
    [...refusals]
      .sort((a, b) => b[1] - a[1])
      .map(([why, times]) => `${times} ${why}`)
      .join('\n'),
  )
  expect(ran).toBe(PLANS)
  expect(ran / tried).toBeGreaterThan(TAKEN_MIN)
  expect(filled).toBeGreaterThan(PLANS / 3)
  expect(shuffled).toBeGreaterThanOrEqual(TURNS.length)
})
