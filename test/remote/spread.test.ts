import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bindFrame } from '../../src/frame/execute.ts'
import { type FrameState, frameState } from '../../src/frame/frame-state.ts'
import { connect, type DataFrame, t } from '../../src/index.ts'
import type { LogicalPlan } from '../../src/plan/logical-plan.ts'
import { shuffledJoins } from '../../src/remote/shuffled-joins.ts'
import { dealt, handTotals, Spread } from '../../src/remote/spread.ts'
import { runs } from '../support/random.ts'

const boundPlan = async (frame: unknown): Promise<LogicalPlan> => {
  const state = (frame as { readonly [frameState]: FrameState })[frameState]
  return (await bindFrame(state, { optimized: true })).plan
}

test('every partition is dealt once, no hand is empty, and none outweighs another by more than a partition', async () => {
  await using lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  let number = 0
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 6 }), async (rows, count) => {
      const table = await db.createTable(`t${number++}`, { a: t.int64() })
      for (const of of rows) {
        await table.insert(Array.from({ length: of }, (_, at) => ({ a: BigInt(at) })))
      }
      const scans = new Spread().sources(await boundPlan(table))!
      const hands = dealt(scans, count)
      expect(hands).toHaveLength(Math.min(count, rows.length))
      const ids = hands.flatMap(({ partitions }) =>
        [...partitions.values()].flat().map(({ id }) => id),
      )
      expect(ids.sort((a, b) => a - b)).toEqual(rows.map((_, at) => at + 1))
      const loads = hands.map((hand) => handTotals(hand).bytes)
      const largest = Math.max(...dealt(scans, 12).map((hand) => handTotals(hand).bytes))
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(largest)
      for (const hand of hands) expect(handTotals(hand).partitions).toBeGreaterThan(0)
    }),
    { numRuns: runs(25) },
  )
})

test('a join is shuffled by the bytes that would be read again or meet in one server', async () => {
  await using lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const rows = (count: number) => Array.from({ length: count }, (_, at) => ({ a: BigInt(at) }))
  const [small, large] = [
    await db.createTable('small', { a: t.int64() }),
    await db.createTable('large', { a: t.int64() }),
  ] as unknown as [DataFrame<any>, DataFrame<any>]
  await (small as any).insert(rows(10))
  await (large as any).insert(rows(1000))
  const renamed = (of: DataFrame<any>) => of.rename({ a: 'b' }) as DataFrame<any>
  const groups = (of: DataFrame<any>) =>
    of.groupBy('a').agg((o: any) => ({ n: o.a.count() })) as DataFrame<any>
  const shuffled = async (left: unknown, right: unknown, how: string, fromBytes: number) => {
    const on = how === 'cross' ? undefined : [['a', 'b']]
    const frame = (left as any).join(right, { on, how })
    return shuffledJoins(await boundPlan(frame), fromBytes).size
  }
  const [least, most] = [20, 3000]
  expect(await shuffled(large, renamed(small), 'inner', least)).toBe(1)
  expect(await shuffled(large, renamed(small), 'inner', least * 2)).toBe(0)
  expect(await shuffled(large, renamed(small), 'left', least * 2)).toBe(0)
  expect(await shuffled(small, renamed(large), 'full', most)).toBe(1)
  expect(await shuffled(small, renamed(large), 'full', most * 2)).toBe(0)
  expect(await shuffled(large, renamed(small), 'cross', 1)).toBe(0)
  expect(await shuffled(groups(large), renamed(small), 'left', 1)).toBe(1)
  expect(await shuffled(groups(large), renamed(groups(small).select('a')), 'left', 1)).toBe(0)
})

test('what has to see all rows is not dealt, and of a join the side that may be', async () => {
  await using lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const [small, large] = [
    await db.createTable('small', { a: t.int64() }),
    await db.createTable('large', { b: t.int64(), c: t.utf8() }),
  ] as unknown as [DataFrame<any>, DataFrame<any>]
  await (small as any).insert([{ a: 1n }])
  await (large as any).insert([
    { b: 1n, c: 'one' },
    { b: 2n, c: 'two' },
  ])
  const scans = async (frame: unknown) =>
    new Spread()
      .sources(await boundPlan(frame))
      ?.map((of) => (of.kind === 'scan' ? of.table.name : of.kind)) ?? null
  expect(await scans(large.filter((o: any) => o.b.gt(0n)))).toEqual(['a/b.large'])
  expect(await scans(large.groupBy('c').agg((o: any) => ({ n: o.b.sum() })))).toBeNull()
  expect(await scans(large.sort('c'))).toBeNull()
  const side = async (how: string) => {
    const plan = await boundPlan(small.join(large as never, { on: [['a', 'b']], how } as never))
    return plan.kind === 'join' ? new Spread().dealtSide(plan) : plan.kind
  }
  expect(await side('inner')).toBe('right')
  expect(await side('left')).toBe('left')
  expect(await side('full')).toBeNull()
})
