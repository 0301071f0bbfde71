import { describe, expect, it } from 'vitest'
import { connect, type DataFrame, fn, type Lake, t } from '../../src/index.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function withNumbers(
  count: number,
  work: (frame: DataFrame<any>, lake: Lake) => Promise<void>,
): Promise<void> {
  await using lake = await connect('memory:')
  const n = Array.from({ length: count }, (_, at) => at)
  await work(lake.from({ n }, { n: t.int32() }), lake)
}

describe('mapRows', () => {
  it('keeps rows and their order, calls once for each, and some at a time', () =>
    withNumbers(60, async (frame) => {
      let [open, most, calls] = [0, 0, 0]
      const mapped = await frame.mapRows(
        { square: t.int64(), text: t.utf8().nullable() },
        async ({ n }) => {
          calls++
          most = Math.max(most, ++open)
          // The first of them end last.
          await pause(n < 10 ? 20 : 1)
          open--
          return { square: n * n, text: n % 2 === 0 ? `${n}` : null }
        },
        { concurrency: 5 },
      )
      expect(await mapped.count()).toBe(60)
      const rows = await mapped.toArray({ int64: 'number' })
      expect(rows).toEqual(
        Array.from({ length: 60 }, (_, n) => {
          return { n, square: n * n, text: n % 2 === 0 ? `${n}` : null }
        }),
      )
      expect({ most, calls }).toEqual({ most: 5, calls: 60 })
    }))

  it('puts an answer in the place of a column of its name, and goes on as any frame', () =>
    withNumbers(10, async (frame) => {
      const texts = await frame.mapRows({ n: t.utf8() }, ({ n }) => ({ n: `#${n % 2}` }))
      expect(texts.schema.fields).toEqual([{ name: 'n', type: 'utf8', nullable: false }])
      const grouped = texts.groupBy('n').agg(() => ({ count: fn.count() }))
      expect(await grouped.sort('n').toArray()).toEqual([
        { n: '#0', count: 5n },
        { n: '#1', count: 5n },
      ])
    }))

  it('gives the function only the columns that are asked for', async () => {
    await using lake = await connect('memory:')
    const frame = lake.from([{ a: 'x', b: 1.5, ['__proto__']: true }])
    const seen: unknown[] = []
    const answer = { ok: t.bool() }
    const body = (row: object) => {
      seen.push(Object.entries(row))
      return { ok: true }
    }
    await frame.mapRows(answer, body, { columns: ['b'] })
    const all = await frame.mapRows(answer, body)
    expect(seen).toEqual([[['b', 1.5]], expect.arrayContaining([['__proto__', true]])])
    expect(Object.keys((await all.first())!)).toEqual(['a', 'b', '__proto__', 'ok'])
  })

  it('takes answers called like words of JavaScript', () =>
    withNumbers(2, async (frame) => {
      const columns = Object.fromEntries([
        ['__proto__', t.int32()],
        ['then', t.int32()],
      ])
      const answer = ({ n }: { n: number }) =>
        Object.fromEntries([
          ['__proto__', n],
          ['then', 1],
        ])
      // A thenable would be taken for a promise; a number called `then` is none.
      const rows = await (await frame.mapRows(columns, answer)).toArray()
      expect(rows.map((row) => Object.entries(row))).toEqual([
        [
          ['n', 0],
          ['__proto__', 0],
          ['then', 1],
        ],
        [
          ['n', 1],
          ['__proto__', 1],
          ['then', 1],
        ],
      ])
    }))

  it('over no rows has its columns, and calls nothing', () =>
    withNumbers(0, async (frame) => {
      const mapped = await frame.mapRows({ x: t.date() }, () => {
        throw new Error('called')
      })
      expect(mapped.schema.fields.map(({ name }) => name)).toEqual(['n', 'x'])
      expect(await mapped.toArray()).toEqual([])
    }))

  it('names the row that failed, tells the others, and starts no more', () =>
    withNumbers(1000, async (frame) => {
      let [started, told] = [0, 0]
      const failed = frame.mapRows(
        { x: t.int32() },
        async ({ n }, { signal }) => {
          started++
          signal.addEventListener('abort', () => told++)
          if (n === 17) throw new Error('no such model')
          if (n > 17) await new Promise(() => {})
          return { x: 1 }
        },
        { concurrency: 4 },
      )
      await expect(failed).rejects.toMatchObject({
        code: 'INVALID',
        message: 'mapRows, row 17: no such model',
        facts: { row: 17 },
        cause: { message: 'no such model' },
      })
      expect(started).toBeLessThan(25)
      expect(told).toBeGreaterThan(0)
    }))

  it('is held to the types that it was told, row by row', () =>
    withNumbers(9, async (frame) => {
      let calls = 0
      const answering = (row: number, answer: unknown) =>
        frame.mapRows(
          { x: t.int32() },
          async ({ n }) => {
            calls++
            return (n === row ? answer : { x: n }) as { x: number }
          },
          { concurrency: 1 },
        )
      for (const answer of [{ x: 'five' }, { x: null }, {}, { x: 2.5 }, 5, null, [1]]) {
        await expect(answering(5, answer)).rejects.toMatchObject({
          code: 'INVALID',
          facts: { row: 5 },
        })
      }
      // The row after a wrong one may have begun.
      expect(calls).toBeLessThanOrEqual(7 * 7)
      await expect(answering(2, { y: 1 })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        facts: { row: 2, column: 'y' },
      })
    }))

  it('ends with ABORTED at once, whatever still hangs', () =>
    withNumbers(100, async (frame) => {
      const caller = new AbortController()
      let told: unknown
      const mapped = frame.mapRows(
        { x: t.int32() },
        (_, { signal }) => {
          signal.addEventListener('abort', () => {
            told = signal.aborted
          })
          return new Promise<never>(() => {})
        },
        { signal: caller.signal, concurrency: 3 },
      )
      setTimeout(() => caller.abort('enough'), 5)
      await expect(mapped).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' })
      expect(told).toBe(true)
      await expect(
        frame.mapRows({ x: t.int32() }, () => ({ x: 1 }), { signal: caller.signal }),
      ).rejects.toMatchObject({ code: 'ABORTED' })
    }))

  it('refuses what makes no sense before it calls anything', () =>
    withNumbers(3, async (frame) => {
      const body = () => {
        throw new Error('called')
      }
      const wrong = [
        frame.mapRows({}, body),
        frame.mapRows({ x: t.int64().identity() }, body),
        frame.mapRows({ x: 'int32' } as never, body),
        frame.mapRows({ x: t.int32() }, 3 as never),
        frame.mapRows({ x: t.int32() }, body, { concurrency: 0 }),
        frame.mapRows({ x: t.int32() }, body, { parallel: 3 } as never),
      ]
      for (const call of wrong) await expect(call).rejects.toMatchObject({ code: 'INVALID' })
      await expect(frame.mapRows({ x: t.int32() }, body, { columns: ['m'] })).rejects.toMatchObject(
        { code: 'NOT_FOUND' },
      )
    }))
})
