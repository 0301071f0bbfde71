import { expect, test } from 'vitest'
import { connect } from '../../src/index.ts'
import { compareRows, plainRows } from '../support/compare-rows.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { type RandomPlan, randomPlan } from '../support/random-plan.ts'
import { createRandomTable, randomTable } from '../support/random-table.ts'
import { PLAIN, runVariant, VARIANTS } from '../support/run-variant.ts'

const PLANS = runs(120)
const PLANS_PER_LAKE = 20

async function randomSources(prng: Prng, lakes: number): Promise<RandomPlan[][]> {
  const tables = ['l', 'r', 's'].map((prefix) => randomTable(prng, prefix))
  const all: RandomPlan[][] = []
  for (let copy = 0; copy < lakes; copy++) {
    const lake = await connect('memory:')
    const db = await lake.database('test/equivalence', { create: true })
    const sources: RandomPlan[] = []
    for (const table of tables) {
      const frame = await createRandomTable(db, prng, table)
      sources.push({
        frame,
        sql: `SELECT * FROM "${table.name}"`,
        columns: table.columns,
        ordered: false,
      })
    }
    all.push(sources)
  }
  return all
}

test(`${PLANS} random plans give the same rows with and without every rule, at any batch size`, {
  timeout: 600_000,
}, async () => {
  let filled = 0
  for (let lake = 0; lake * PLANS_PER_LAKE < PLANS; lake++) {
    const prng = new Prng(seed + 7919 * (lake + 1))
    const [sources] = await randomSources(prng, 1)
    for (let index = 0; index < PLANS_PER_LAKE; index++) {
      const { frame, ordered, sql } = randomPlan(prng, sources!)
      const expected = await runVariant(frame, PLAIN)
      if (expected.rows.length > 0) filled++
      for (const variant of VARIANTS) {
        const actual = await runVariant(frame, variant)
        const difference = compareRows(plainRows(actual.rows), plainRows(expected.rows), {
          ordered,
        })
        if (difference !== null) {
          throw new Error(
            `${variant.name}: ${difference}\nlake ${lake}, plan ${index} (GRAUPEL_TEST_SEED=${seed})\n${sql}\n${expected.plan}\n=>\n${actual.plan}`,
          )
        }
      }
    }
  }
  expect(filled).toBeGreaterThan(PLANS / 4)
})

test('random plans give the same rows however the rows are dealt to partitions', {
  timeout: 600_000,
}, async () => {
  const prng = new Prng(seed + 104_729)
  for (let round = 0; round < runs(4); round++) {
    const [first, second] = await randomSources(prng, 2)
    for (let index = 0; index < PLANS_PER_LAKE; index++) {
      const planSeed = prng.int(0, 2 ** 31)
      const one = randomPlan(new Prng(planSeed), first!)
      const other = randomPlan(new Prng(planSeed), second!)
      const { rows } = await runVariant(one.frame, VARIANTS[0]!)
      const again = await runVariant(other.frame, VARIANTS[0]!)
      const difference = compareRows(plainRows(again.rows), plainRows(rows), one)
      expect(difference, `seed ${seed}, plan seed ${planSeed}\n${one.sql}`).toBeNull()
    }
  }
})

test('TLP: the rows where p is true, false and null are together all rows', async () => {
  const prng = new Prng(seed + 15_485_863)
  const { randomExpr } = await import('../support/random-expr.ts')
  for (let round = 0; round < runs(5); round++) {
    const [sources] = await randomSources(prng, 1)
    for (const { frame, columns } of sources!) {
      const all = await frame.count()
      for (let index = 0; index < 10; index++) {
        const p = randomExpr(prng, columns, 'bool', 3)
        const parts = await Promise.all([
          frame.filter(p.build).count(),
          frame.filter((row: any) => p.build(row).not()).count(),
          frame.filter((row: any) => p.build(row).isNull()).count(),
        ])
        expect(parts[0] + parts[1] + parts[2], `seed ${seed}: ${p.sql}`).toBe(all)
      }
    }
  }
})
