import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type DataFrame, GraupelError } from '../../src/index.ts'
import { compareRows, frameRows } from '../support/compare-rows.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { type RandomPlan, randomPlan } from '../support/random-plan.ts'
import { createRandomTable, randomTable } from '../support/random-table.ts'
import { type RemotePlace, startRemotePlace } from './remote-place.ts'

const PLANS = runs(300)
const PLANS_PER_LAKE = 30

let place: RemotePlace

beforeAll(async () => {
  place = await startRemotePlace()
})

afterAll(() => place?.stop())

/** What the engine did not take, and how often. */
const refusals = new Map<string, number>()

/** `null` when the engine said at once that it cannot run the plan, with the node that it named. */
async function remoteRows(frame: DataFrame<any>) {
  try {
    return await frameRows(frame, { engine: place.engine })
  } catch (error) {
    const refusal = error instanceof GraupelError && error.facts['node'] !== undefined
    if (refusal) {
      const named = `${error.facts['node']}: ${error.facts['why']}`
      refusals.set(named, (refusals.get(named) ?? 0) + 1)
      return null
    }
    throw error
  }
}

async function compareLake(
  lakeSeed: number,
  count: number,
): Promise<{ ran: number; filled: number }> {
  const prng = new Prng(lakeSeed)
  await using lake = await connect(
    `s3://${place.bucket.name}/lake-${lakeSeed}`,
    place.bucket.options,
  )
  const db = await lake.database('test/oracle', { create: true })
  const sources: RandomPlan[] = []
  for (const prefix of ['l', 'r', 's']) {
    const table = randomTable(prng, prefix)
    const frame = await createRandomTable(db, prng, table)
    sources.push({ frame, sql: prefix, columns: table.columns, ordered: false })
  }
  let [ran, filled] = [0, 0]
  for (let index = 0; index < count; index++) {
    const plan = randomPlan(prng, sources)
    const where = `lake ${lakeSeed}, plan ${index} (GRAUPEL_TEST_SEED=${seed})\n${plan.sql}`
    const expected = await frameRows(plan.frame)
    const actual = await remoteRows(plan.frame).catch((cause) => {
      throw new Error(`the engine failed: ${cause.message} ${cause.cause?.message}\n${where}`, {
        cause,
      })
    })
    if (actual === null) continue
    ran++
    if (expected.length > 0) filled++
    const difference = compareRows(actual, expected, { ordered: plan.ordered })
    if (difference !== null) {
      const sent = await plan.frame.explain({ engine: place.engine })
      throw new Error(`rows differ: ${difference}\n${where}\n${sent}`)
    }
  }
  return { ran, filled }
}

test(`of ${PLANS} random plans those that the engine takes give the rows that they give here`, async () => {
  let [ran, filled] = [0, 0]
  for (let at = 0; at < PLANS; at += PLANS_PER_LAKE) {
    const found = await compareLake(seed + at, Math.min(PLANS_PER_LAKE, PLANS - at))
    ran += found.ran
    filled += found.filled
  }
  console.log(`remote: ${ran} of ${PLANS} plans ran there, ${filled} with rows, seed ${seed}`)
  console.log(
    [...refusals]
      .sort((a, b) => b[1] - a[1])
      .map(([why, times]) => `${times} ${why}`)
      .join('\n'),
  )
  expect(filled).toBeGreaterThan(PLANS / 4)
})
