import { expect, test } from 'vitest'
import { connect, desc, fn, t } from '../../src/index.ts'
import { BOUND_RULES, RULES } from '../../src/plan/optimizer.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { PLAIN, runVariant, type Variant } from '../support/run-variant.ts'

type AnyFrame = any

const PREFIXES = ['a', 'b', 'c', 'd', 'e']
const SIZES = [0, 1, 4, 30, 200]
const PLANS = runs(150)

const WRITTEN: Variant = { ...PLAIN, name: 'as written', rules: RULES, boundRules: BOUND_RULES }
const ORDERED: Variant = { ...WRITTEN, name: 'ordered', joins: 'ordered' }
const NARROWED: Variant = { ...ORDERED, name: 'ordered and narrowed', runTimePruning: 'on' }
const SPLIT: Variant = { ...NARROWED, name: 'choices for each side', choices: 'for each side' }
const SPILLED: Variant = { ...SPLIT, name: 'spilled', batchRowsMax: 7, memoryLimit: 3000 }

/** Five tables of very different sizes, a key that no two rows share, and keys that many do. */
async function tables(prng: Prng): Promise<AnyFrame[]> {
  const lake = await connect('memory:')
  const db = await lake.database('test/joins', { create: true })
  const frames = []
  for (const p of PREFIXES) {
    const columns = {
      [`${p}_id`]: t.int32(),
      [`${p}_few`]: t.int32().nullable(),
      [`${p}_some`]: t.int32(),
      [`${p}_ratio`]: t.float64(),
    }
    const table = await db.createTable(p, columns, { partitionRows: prng.pick([7, 1000]) })
    const rows = prng.pick(SIZES)
    const ids = prng.sample(
      Array.from({ length: rows * 2 }, (_, id) => id),
      rows,
    )
    if (prng.chance(0.5)) ids.sort((x, y) => x - y)
    const values = ids.map((id) => ({
      [`${p}_id`]: id,
      [`${p}_few`]: prng.chance(0.1) ? null : prng.int(0, 5),
      [`${p}_some`]: prng.int(0, rows),
      [`${p}_ratio`]: prng.next() * 10 ** prng.int(-9, 9),
    }))
    if (rows > 0) await table.insert(values as never)
    frames.push(await db.table(p))
  }
  return frames
}

/** Joins of some of the tables, each with one that is there already, and what stands above them. */
function joined(prng: Prng, frames: readonly AnyFrame[]): AnyFrame {
  const order = prng.sample([...PREFIXES.keys()], prng.int(2, 5))
  const key = (p: string) => `${p}_${prng.pick(['id', 'id', 'few', 'some'])}`
  const source = (i: number): AnyFrame => {
    const p = PREFIXES[i]!
    const frame = frames[i]
    if (prng.chance(0.2)) return frame.filter((o: any) => o[`${p}_some`].lt(prng.int(0, 60)))
    if (prng.chance(0.1)) return frame.limit(20)
    return frame
  }
  let frame = source(order[0]!)
  const there = [PREFIXES[order[0]!]!]
  for (const i of order.slice(1)) {
    const p = PREFIXES[i]!
    const how = prng.chance(0.65)
      ? 'inner'
      : prng.pick(['left', 'left', 'semi', 'semi', 'anti', 'right', 'full'])
    const on = Array.from({ length: prng.pick([1, 1, 1, 2]) }, () => [
      key(prng.pick(there)),
      key(p),
    ])
    frame = frame.join(source(i), { on, how })
    if (how !== 'semi' && how !== 'anti') there.push(p)
  }
  return above(prng, frame, there)
}

function above(prng: Prng, frame: AnyFrame, there: readonly string[]): AnyFrame {
  const p = prng.pick(there)
  const [head, last] = [there[0]!, there.at(-1)!]
  const counted = () => (o: any) => ({
    n: fn.count(),
    s: o[`${p}_some`].sum(),
    m: o[`${p}_id`].max(),
  })
  switch (prng.int(0, 12)) {
    case 0:
      return frame.agg(counted())
    case 1:
      return frame.groupBy(`${p}_few`, `${p}_id`).agg(counted()).sort(`${p}_few`, `${p}_id`)
    case 2:
      return frame.groupBy(`${p}_few`).agg(counted())
    case 3:
      return frame.groupBy(`${p}_few`).agg(counted()).sort(desc('n')).limit(3)
    case 4:
      return frame.agg((o: any) => ({ s: o[`${p}_ratio`].sum() }))
    case 5:
      return frame.agg((o: any) => ({ f: o[`${p}_id`].first() }))
    case 6:
      return frame.limit(prng.int(0, 9))
    case 7:
      return frame.select(...frame.schema.fields.slice(1).map((of: any) => of.name))
    case 8:
      return frame.sort(`${p}_some`).limit(5)
    case 9:
      return frame.groupBy(`${head}_id`, `${head}_few`).agg((o: any) => ({
        n: o[`${last}_few`].count(),
        least: o[`${last}_id`].min(),
        most: o[`${last}_ratio`].max(),
      }))
    case 10:
    case 11: {
      const chosen = frame.filter((o: any) => {
        const cases = Array.from({ length: prng.int(2, 3) }, () =>
          o[`${head}_few`].eq(prng.int(0, 5)).and(o[`${last}_some`].lt(prng.int(0, 60))),
        )
        return cases.reduce((a, b) => a.or(b))
      })
      return prng.chance(0.5) ? chosen : chosen.agg(counted())
    }
    default:
      return frame
  }
}

test(`${PLANS} random joins give the same rows in the same order, however they are ordered`, {
  timeout: 600_000,
}, async () => {
  let moved = 0
  let filled = 0
  for (let index = 0; index < PLANS; index++) {
    const prng = new Prng(seed + 1299 * (index + 1))
    const frame = joined(prng, await tables(prng))
    const expected = await runVariant(frame, WRITTEN)
    for (const variant of [ORDERED, NARROWED, SPLIT, SPILLED]) {
      const found = await runVariant(frame, variant)
      if (variant === ORDERED && found.plan !== expected.plan) {
        moved++
        if (expected.rows.length > 0) filled++
      }
      const where = `${variant.name}, plan ${index} (GRAUPEL_TEST_SEED=${seed})`
      expect(found.rows, `${where}\n${expected.plan}\n=>\n${found.plan}`).toEqual(expected.rows)
    }
  }
  expect(moved).toBeGreaterThan(PLANS / 20)
  expect(filled).toBeGreaterThan(PLANS / 40)
})
