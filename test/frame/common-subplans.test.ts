import { describe, expect, it } from 'vitest'
import { connect, desc, fn, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore } from '../support/logged-store.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'

const COLUMNS = { id: t.int32(), part: t.int32().nullable(), price: t.decimal(12, 2) }

async function lakeOf(prng: Prng, rowCount = 400) {
  const { store, log } = loggedStore(memoryStore())
  const lake = await connect(store, { cache: false })
  // Whatever the limit, nothing is held for others then.
  const apart = await connect(store, { cache: false, memoryLimit: '8GB' })
  const db = await lake.database('test/common', { create: true })
  const table = await db.createTable('T', COLUMNS, { partitionRows: 100 })
  const rows = Array.from({ length: rowCount }, (_, id) => ({
    id,
    part: prng.chance(0.05) ? null : prng.int(0, 30),
    price: `${prng.int(0, 99_999)}.25`,
  }))
  await table.insert(rows)
  const opened = () => log.filter(({ operation }) => operation === 'open').map(({ key }) => key)
  const forget = () => {
    log.length = 0
  }
  return {
    db,
    table,
    apart: await (await apart.database('test/common')).table('T', COLUMNS),
    opened,
    forget,
  }
}

type Frame = any

/** Parts that are worth holding. */
const PARTS: readonly ((of: Frame) => Frame)[] = [
  (of) => of.groupBy('part').agg((o: any) => ({ n: fn.count(), most: o.price.max() })),
  (of) =>
    of
      .filter((o: any) => o.id.lt(250))
      .groupBy('part')
      .agg((o: any) => ({ n: o.id.sum() })),
  (of) => of.sort(desc('price'), 'id').limit(20),
  (of) => of.select('part').distinct(),
]

/** Plans in which a part stands twice or three times. */
const PLANS: readonly ((part: Frame) => Frame)[] = [
  (part) => part.union(part),
  (part) => part.join(part, { on: 'part' }),
  (part) => part.join(part.limit(3), { on: 'part', how: 'semi' }),
  (part) =>
    part.join(
      part.agg((o: any) => ({ greatest: o.part.max() })),
      { how: 'cross' },
    ),
  (part) => part.union(part.filter((o: any) => o.part.gt(3))).union(part),
  (part) => part.join(part, { on: 'part', how: 'left' }).limit(4),
]

describe('a part that stands in a plan more than once', () => {
  it('gives the rows that it gives when each is run for itself', { timeout: 600_000 }, async () => {
    for (let index = 0; index < runs(2); index++) {
      const prng = new Prng(seed + 31 * (index + 1))
      const { table, apart } = await lakeOf(prng, prng.int(0, 400))
      for (const part of PARTS) {
        for (const plan of PLANS) {
          const [found, expected] = [plan(part(table)), plan(part(apart))]
          expect(await found.toArray(), await found.explain()).toEqual(await expected.toArray())
        }
      }
    }
  })

  it('is run once: each file is opened once, and explain says so', async () => {
    const { table, apart, opened, forget } = await lakeOf(new Prng(7))
    const plan = (of: Frame) => {
      const part = of.groupBy('part').agg((o: any) => ({ most: o.price.max() }))
      return part.join(
        part.agg((o: any) => ({ all: o.most.max() })),
        { on: [['most', 'all']] },
      )
    }
    expect(await plan(table).explain()).toMatch(/run once for all its likes/)
    forget()
    const rows = await plan(table).toArray()
    const once = opened()
    expect(once.length).toBe(new Set(once).size)
    forget()
    expect(await plan(apart).explain()).not.toMatch(/run once/)
    expect(await plan(apart).toArray()).toEqual(rows)
    expect(opened().length).toBe(2 * once.length)
  })

  it('is not held for others when it is of many rows, or only looks alike', async () => {
    const { table } = await lakeOf(new Prng(3))
    const of = (least: number) =>
      table
        .filter((o: any) => o.id.gte(least))
        .groupBy('part')
        .agg(() => ({ n: fn.count() }))
    expect(await of(5).union(of(6)).explain()).not.toContain('run once')
    expect(await of(5).union(of(5)).explain()).toContain('run once')
    expect(await table.union(table).explain()).not.toContain('run once')
  })

  it('fails once for all', async () => {
    const { table } = await lakeOf(new Prng(5))
    const part = table.groupBy('part').agg((o: any) => ({ n: o.id.mul(2_000_000_000).sum() }))
    await expect(part.union(part).toArray()).rejects.toMatchObject({ code: 'INVALID' })
  })
})
