import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  connect,
  type DataFrame,
  GraupelError,
  type Int32,
  type Lake,
  t,
  type Utf8,
} from '../../src/index.ts'
import { localStore } from '../../src/io/local-store.ts'
import { countedStore, type SourceCount } from '../support/counted-store.ts'

const ROWS = 120_000
const PARTITIONS = 12

let root: string
let lake: Lake
let rows: DataFrame<{ id: Int32; text: Utf8 }>
let count: SourceCount
let wholeBytes: number

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'graupel-early-'))
  const counted = countedStore(localStore(root))
  count = counted.count
  lake = await connect(counted.store, { cache: false })
  const db = await lake.database('acme/sales', { create: true })
  const table = await db.createTable(
    'rows',
    { id: t.int32(), text: t.utf8() },
    { partitionRows: ROWS / PARTITIONS },
  )
  const ids = Int32Array.from({ length: ROWS }, (_, i) => i)
  const { bytes } = await table.insert({ id: [...ids], text: Array.from(ids, (i) => `text ${i}`) })
  wholeBytes = bytes
  rows = table
})

afterAll(async () => {
  await lake.close()
  rmSync(root, { recursive: true, force: true })
})

beforeEach(() => {
  Object.assign(count, { opened: 0, closed: 0, closedTwice: 0, bytesRead: 0 })
})

/** All sources are closed, once, and stay so: nothing reads on behind the caller's back. */
async function expectQuiet(): Promise<void> {
  const { opened, closed, closedTwice, bytesRead } = count
  expect({ open: opened - closed, closedTwice }).toEqual({ open: 0, closedTwice: 0 })
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(count).toEqual({ opened, closed, closedTwice, bytesRead })
}

test('a whole scan opens each column file once and closes it', async () => {
  expect((await rows.collect()).numRows).toBe(ROWS)
  expect(count.opened).toBe(2 * PARTITIONS)
  expect(count.bytesRead).toBeGreaterThanOrEqual(wholeBytes)
  await expectQuiet()
})

describe('leaving early', () => {
  test('a loop over batches stops reading and closes files', async () => {
    let seen = 0
    for await (const batch of rows.batches({ batchSize: 1000 })) {
      seen += batch.numRows
      if (seen >= 2000) break
    }
    expect(seen).toBeGreaterThanOrEqual(2000)
    await expectQuiet()
    expect(count.opened).toBeGreaterThan(0)
    expect(count.bytesRead).toBeLessThan(wholeBytes / 2)
  })

  test('a loop over rows does so too, also by an error of the loop itself', async () => {
    for await (const row of rows) if (row.id === 10) break
    await expectQuiet()
    const loop = async () => {
      for await (const row of rows) if (row.id === 10) throw new RangeError('of the loop')
    }
    await expect(loop()).rejects.toThrow(RangeError)
    await expectQuiet()
    expect(count.bytesRead).toBeLessThan(wholeBytes)
  })

  test('works at every batch, with a filter and a join in between', async () => {
    const pairs = rows
      .filter((o) => o.id.mod(3).eq(0))
      .join(rows.rename({ text: 'other' }), { on: 'id' })
    for (const last of [1, 2, 5]) {
      let batches = 0
      for await (const _ of pairs.batches({ batchSize: 500 })) if (++batches === last) break
      expect(batches).toBe(last)
      await expectQuiet()
    }
  })

  test('before the first batch reads nothing', async () => {
    const batches = rows.batches()
    await batches.return()
    expect((await batches.next()).done).toBe(true)
    expect(count.opened).toBe(0)
  })

  test('by a limit reads no further than it must', async () => {
    expect(await rows.limit(5).toArray()).toHaveLength(5)
    await expectQuiet()
    expect(count.bytesRead).toBeLessThan(wholeBytes / 4)
  })
})

describe('a signal that fires in the middle of a scan', () => {
  const aborting = () => {
    const controller = new AbortController()
    let told = 0
    const onProgress = ({ phase }: { phase: string }) => {
      if (phase === 'scan' && ++told === 2) controller.abort(new Error('enough'))
    }
    return { signal: controller.signal, onProgress }
  }

  const ACTIONS: readonly (readonly [string, (options: object) => Promise<unknown>])[] = [
    ['collect', (options) => rows.collect(options)],
    ['toArray', (options) => rows.toArray(options)],
    ['a sort', (options) => rows.sort('text').collect(options)],
    [
      'an aggregate',
      (options) =>
        rows
          .groupBy('text')
          .agg((o) => ({ n: o.id.sum() }))
          .count(options),
    ],
    ['a join', (options) => rows.join(rows, { on: 'id', suffix: '2' }).collect(options)],
    ['toCSV', (options) => rows.toCSV(join(root, 'out.csv'), options)],
    ['write', (options) => rows.write('copy', options)],
  ]

  test.each(ACTIONS)('ends %s with ABORTED and its reason, and closes files', async (_, action) => {
    const error = await action(aborting()).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(GraupelError)
    expect(error).toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } })
    await expectQuiet()
    expect(count.opened).toBeGreaterThan(0)
    expect(count.bytesRead).toBeLessThan(wholeBytes)
    const db = await lake.database('acme/sales')
    expect(await db.tables()).toEqual(['rows'])
  })

  test('an error of the progress callback ends it likewise, and is passed on', async () => {
    const onProgress = () => {
      throw new RangeError('of the caller')
    }
    await expect(rows.collect({ onProgress })).rejects.toThrow(RangeError)
    await expectQuiet()
  })
})
