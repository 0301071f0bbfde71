import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { DataFrame, Lake, Progress } from 'graupel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clickhouse, type MovedFragment } from '../../src/remote/index.ts'
import { compareRows, frameRows } from '../support/compare-rows.ts'
import { numbersIn, PARTITIONS, type RemotePlace, ROWS, startRemotePlace } from './remote-place.ts'
import { CLUSTER, type ClickHouse, startClickHouse } from './start-clickhouse.ts'

let place: RemotePlace
let lake: Lake
/** Numbers from 0 on, in partitions of one size. */
let numbers: DataFrame<any>

beforeAll(async () => {
  place = await startRemotePlace()
  ;({ lake, numbers } = await numbersIn(place, 'cluster'))
})

afterAll(async () => {
  await lake?.close()
  await place?.stop()
})

/** Every pair of numbers and, where `again`, of a third with them: work for seconds, or for hours. */
function pairs(again: 'twice' | 'thrice'): DataFrame<any> {
  const two = numbers.select('a').join(
    numbers.select((o: any) => ({ b: o.a })) as never,
    {
      how: 'cross',
    } as never,
  ) as DataFrame<any>
  if (again === 'twice') return two
  return two.join(
    numbers.select((o: any) => ({ c: o.a })) as never,
    { how: 'cross' } as never,
  ) as never
}

const forHours = () =>
  pairs('thrice').agg((o: any) => ({ n: o.a.mul(o.b).add(o.c).max() })) as DataFrame<any>

test('each file stands in one fragment, and fragments have about as many bytes', async () => {
  const frame = numbers.groupBy('b').agg((o: any) => ({ n: o.a.sum() }))
  const sent = await frame.explain({ engine: place.engine })
  const fragments = sent.split('remote(').slice(1)
  expect(fragments).toHaveLength(3)
  for (const fragment of fragments) {
    expect(new Set(fragment.match(/partition\d+\.csv/g)).size).toBe(2)
  }
  const files = sent.match(/\/[ab]\/partition\d+\.csv(?=[,}])/g)
  expect(new Set(sent.match(/partition\d+\.csv/g)).size).toBe(PARTITIONS)
  expect(files?.length).toBe(new Set(files).size)
  for (const node of place.nodes) expect(sent).toContain(node.address)
})

test('aggregates are merged from states, and every other node of a plan answers as here', async () => {
  const some = numbers.filter((o: any) => o.a.gt(5n))
  const few = numbers.filter((o: any) => o.a.lt(50n)).rename({ a: 'c', b: 'd' })
  const frames: DataFrame<any>[] = [
    some.agg((o: any) => ({
      n: o.a.count(),
      distinct: o.b.countDistinct(),
      sum: o.a.sum(),
      mean: o.a.mean(),
      min: o.b.min(),
      max: o.b.max(),
      stddev: o.a.stddev(),
      median: o.a.median(),
    })),
    some.join(few as never, { on: [['a', 'c']], how: 'left' } as never) as never,
    few.join(some as never, { on: [['c', 'a']], how: 'right' } as never) as never,
    some.join(few as never, { on: [['a', 'c']], how: 'full' } as never) as never,
    some.join(few as never, { on: [['a', 'c']], how: 'anti' } as never) as never,
    // Two fragments that are alike but for the names of their columns.
    numbers.join(
      numbers.rename({ a: 'c', b: 'd' }) as never,
      {
        on: [['a', 'c']],
        how: 'full',
      } as never,
    ) as never,
    some.union(numbers as never).distinct() as never,
    some.sort('b').limit(7, 3) as never,
    some.sort('b') as never,
    some.withColumns((o: any) => ({ w: o.a.sum().over({ orderBy: o.a, rows: [-2, 1] }) })) as never,
  ]
  for (const frame of frames) {
    const here = await frameRows(frame)
    for (const engine of [place.engine, place.single]) {
      expect(compareRows(await frameRows(frame, { engine }), here, { ordered: false })).toBeNull()
    }
  }
  const sorted = await frames.at(-2)!.toArray({ engine: place.engine })
  expect(sorted).toEqual(await frames.at(-2)!.toArray())
})

test('an aborted query is ABORTED, and no node works at it any more', async () => {
  const controller = new AbortController()
  const query = forHours().toArray({ engine: place.engine, signal: controller.signal })
  const ended = expect(query).rejects.toMatchObject({ code: 'ABORTED' })
  await expect
    .poll(async () => Math.min(...(await place.running())), { timeout: 60_000 })
    .toBeGreaterThan(0)
  controller.abort()
  await ended
  expect(await place.running()).toEqual([0, 0, 0])
})

test.each([0, 30, 200])(
  'a query that is aborted after %i ms ends, here and on every node',
  async (ms) => {
    const query = forHours().toArray({ engine: place.engine, signal: AbortSignal.timeout(ms) })
    await expect(query).rejects.toMatchObject({ code: 'ABORTED' })
    await expect.poll(() => place.running(), { timeout: 20_000 }).toEqual([0, 0, 0])
  },
)

test('batches come while the query still runs, and leaving them ends it on every node', async () => {
  let rows = 0
  for await (const batch of pairs('thrice').batches({ engine: place.engine, batchSize: 1000 })) {
    expect(batch.numRows).toBeLessThanOrEqual(1000)
    rows += batch.numRows
    if (rows > 5000) break
  }
  expect(rows).toBeGreaterThan(5000)
  expect(await place.running()).toEqual([0, 0, 0])
})

test('progress tells bytes as they are read there and rows as they come, and `done` once', async () => {
  const told: Progress[] = []
  const rows = await numbers.toArray({ engine: place.engine, onProgress: (of) => told.push(of) })
  expect(rows).toHaveLength(PARTITIONS * ROWS)
  expect(told.filter(({ phase }) => phase === 'done')).toHaveLength(1)
  const last = told.at(-1)!
  expect(last).toMatchObject({ phase: 'done', rows: PARTITIONS * ROWS })
  expect(last.bytes).toBeGreaterThan(0)
  for (const [at, { bytes }] of told.slice(1).entries()) {
    expect(bytes).toBeGreaterThanOrEqual(told[at]!.bytes)
  }
})

test('what a listener of progress throws ends the query on every node', async () => {
  const onProgress = () => {
    throw new Error('enough')
  }
  await expect(forHours().toArray({ engine: place.engine, onProgress })).rejects.toThrow('enough')
  expect(await place.running()).toEqual([0, 0, 0])
})

/** The keys in the bucket. */
async function keys(): Promise<string[]> {
  const page = await place.bucket.client.send(
    new ListObjectsV2Command({ Bucket: place.bucket.name }),
  )
  return (page.Contents ?? []).map(({ Key }) => Key!)
}

/** A cluster of which nodes are killed. */
async function mortal(run: (of: ClickHouse) => Promise<void>): Promise<void> {
  const servers = await startClickHouse(3)
  try {
    await run(servers)
  } finally {
    await servers.stop()
  }
}

const WORKS =
  "SELECT count() FROM system.processes WHERE query LIKE '%RawBLOB%' AND query NOT LIKE '%system.processes%'"

test.each([
  ['a node', 1],
  ['the node that merges', 0],
])(
  '%s that is killed in the middle has its fragments moved, and the answer is right',
  async (_, victim) => {
    await mortal(async ({ nodes }) => {
      const moved: MovedFragment[] = []
      const engine = clickhouse({
        url: nodes.map(({ url }) => url),
        cluster: CLUSTER,
        s3Credentials: place.keys,
        onMoved: (of) => moved.push(of),
      })
      const before = await keys()
      const frame = pairs('twice')
        .withColumns((o: any) => ({ k: o.b.mod(7n) }))
        .groupBy('k')
        .agg((o: any) => ({ n: o.a.mul(o.b).sum(), most: o.a.mul(3n).add(o.b).max() }))
        .sort('k')
      const query = frame.toArray({ engine })
      await expect
        .poll(() => nodes[victim]!.ask(WORKS), { timeout: 60_000, interval: 20 })
        .not.toBe('0')
      await nodes[victim]!.kill()
      expect(await query).toEqual(await frame.toArray())
      expect(moved).toHaveLength(1)
      const [{ fragment, from, to }] = moved as [MovedFragment]
      expect([0, 1, 2]).toContain(fragment)
      expect(from).toBe(nodes[victim]!.address)
      expect(to).not.toBe(from)
      expect(nodes.map(({ address }) => address)).toContain(to)
      expect(await keys()).toEqual(before)
      expect((await keys()).filter((key) => key.includes('_tmp'))).toEqual([])
    })
  },
)

test('a query whose nodes are all gone is UNAVAILABLE', async () => {
  await mortal(async ({ nodes, stop }) => {
    const engine = clickhouse({
      url: nodes.map(({ url }) => url),
      cluster: nodes.map(({ address }) => address),
      s3Credentials: place.keys,
    })
    expect(await numbers.agg((o: any) => ({ n: o.a.sum() })).toArray({ engine })).toHaveLength(1)
    await stop()
    await expect(numbers.toArray({ engine })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

test('an error of a fragment tells the server, its fragments and the code of the engine', async () => {
  const frame = numbers.select((o: any) => ({
    x: o.a
      .sub(1399n)
      .mul(0n)
      .add(2n ** 62n)
      .add(o.a.mul(2n ** 51n)),
  }))
  const error: any = await frame.toArray({ engine: place.engine }).catch((caught) => caught)
  expect(error).toMatchObject({
    code: 'INVALID',
    facts: { engine: 'clickhouse', queryId: expect.any(String) },
  })
  expect(Number(error.facts.engineCode)).toBeGreaterThan(0)
  expect(place.nodes.map(({ address }) => address)).toContain(error.facts.server)
  expect(error.facts.fragments).toHaveLength(1)
})
