import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { connect, type DataFrame, type Lake } from 'graupel'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { clickhouse, type MovedFragment, removeShuffles } from '../../src/remote/index.ts'
import { s3Proxy } from '../support/s3-proxy.ts'
import { numbersIn, PARTITIONS, type RemotePlace, ROWS, startRemotePlace } from './remote-place.ts'
import { CLUSTER, startClickHouse } from './start-clickhouse.ts'

let place: RemotePlace
let lake: Lake
let numbers: DataFrame<any>

beforeAll(async () => {
  place = await startRemotePlace()
  ;({ lake, numbers } = await numbersIn(place, 'failures'))
})

afterAll(async () => {
  await lake?.close()
  await place?.stop()
})

afterEach(async () => {
  expect(await place.leftovers()).toEqual([])
})

const joined = (left: unknown, right: unknown, on: string[][], how: string): DataFrame<any> =>
  (left as any).join(right, { on, how })

/** 1,440,000 pairs with a key of 97 values: a side that takes a while to write. */
function pairs(): DataFrame<any> {
  const few = numbers.filter((o: any) => o.a.lt(600n)).select((o: any) => ({ x: o.a }))
  const both = (numbers.select('a') as any).join(few, { how: 'cross' }) as DataFrame<any>
  return both.select((o: any) => ({ x: o.x, k: o.a.mul(7n).add(o.x).mod(97n) })) as never
}

/** Each pair meets 25 numbers: a join that takes a while. */
function slow(how = 'full'): DataFrame<any> {
  const right = numbers.select((o: any) => ({ c: o.a, m: o.a.mod(97n) }))
  return joined(pairs(), right, [['k', 'm']], how)
    .groupBy('k')
    .agg((o: any) => ({ n: o.x.count(), sum: o.x.add(o.c).sum(), most: o.c.max() }))
    .sort('k') as never
}

const RUNNING = 'SELECT count() FROM system.processes WHERE is_initial_query'
/** What runs in a server while sides are written, and while they are joined. */
const PHASES = {
  written: `${RUNNING} AND query LIKE 'INSERT INTO FUNCTION%'`,
  joined:
    "SELECT count() FROM system.processes WHERE query LIKE '%_tmp/%' AND query LIKE '%cityHash64%' = 0 AND query LIKE '%Parquet%' AND query NOT LIKE '%system.processes%' AND query NOT LIKE '%toString(count())%'",
} as const

async function until(asked: () => Promise<string>): Promise<void> {
  await expect.poll(asked, { timeout: 60_000, interval: 10 }).not.toBe('0')
}

test.each(['written', 'joined'] as const)(
  'a query that is aborted while buckets are %s ends on every node, and leaves nothing',
  async (phase) => {
    const controller = new AbortController()
    const query = slow().toArray({ engine: place.shuffling, signal: controller.signal })
    const ended = expect(query).rejects.toMatchObject({ code: 'ABORTED' })
    await until(() => place.nodes[0]!.ask(PHASES[phase]))
    controller.abort()
    await ended
    expect(await place.leftovers()).toEqual([])
    for (const node of place.nodes) {
      expect(await node.ask(PHASES.written)).toBe('0')
      expect(await node.ask(PHASES.joined)).toBe('0')
    }
  },
)

test.each([0, 100, 300])('one that is aborted after %i ms leaves nothing', async (ms) => {
  const query = slow().toArray({ engine: place.shuffling, signal: AbortSignal.timeout(ms) })
  await expect(query).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await place.leftovers()).toEqual([])
})

test('leaving the batches of a shuffled join leaves nothing', async () => {
  const right = numbers.select((o: any) => ({ m: o.a.mod(97n) }))
  const frame = joined(pairs(), right, [['k', 'm']], 'full')
  let rows = 0
  for await (const batch of frame.batches({ engine: place.shuffling, batchSize: 1000 })) {
    rows += batch.numRows
    if (rows > 5000) break
  }
  expect(rows).toBeGreaterThan(5000)
})

test.each(['written', 'joined'] as const)(
  'an error while buckets are %s is told with the code of the engine, and leaves nothing',
  async (phase) => {
    const over = (of: any) =>
      of
        .sub(2399n)
        .mul(0n)
        .add(2n ** 62n)
        .add(of.mul(2n ** 51n))
    const left = numbers.select((o: any) => ({ k: o.a, y: phase === 'written' ? over(o.a) : o.a }))
    const frame = joined(left, numbers, [['k', 'a']], 'full')
    const summed = frame.agg((o: any) => ({
      n: (phase === 'written' ? o.y : over(o.y.add(o.a))).max(),
    }))
    const error = await summed.toArray({ engine: place.shuffling }).catch((caught) => caught)
    expect(error).toMatchObject({ code: 'INVALID', facts: { engine: 'clickhouse' } })
    expect(Number(error.facts.engineCode)).toBeGreaterThan(0)
  },
)

test('keys that may not write are an error of the first statement that writes', async () => {
  const s3Credentials = { accessKeyId: 'nobody', secretAccessKey: 'hush-hush' }
  const engine = clickhouse({ ...place.options, s3Credentials, shuffleFromBytes: 1 })
  const frame = joined(numbers, numbers.rename({ a: 'c', b: 'd' }), [['a', 'c']], 'full')
  const error = await frame.toArray({ engine }).catch((caught) => caught)
  expect(error.code).toBe('UNAVAILABLE')
  expect(`${error.message} ${error.cause?.message}`).not.toContain('hush-hush')
})

/** What befalls a file of a bucket after it was written. */
const DAMAGES = {
  lost: (Key: string) => new DeleteObjectCommand({ Bucket: place.bucket.name, Key }),
  cut: (Key: string) => new PutObjectCommand({ Bucket: place.bucket.name, Key, Body: 'PAR1' }),
  emptied: (Key: string) =>
    new PutObjectCommand({ Bucket: place.bucket.name, Key, Body: new Uint8Array() }),
  replaced: (Key: string, by: string) =>
    new CopyObjectCommand({
      Bucket: place.bucket.name,
      Key,
      CopySource: `${place.bucket.name}/${by}`,
    }),
} as const

test.each(
  (['lost', 'cut', 'emptied', 'replaced'] as const).flatMap((damage) =>
    (['counted', 'joined'] as const).map((before) => ({ damage, before })),
  ),
)('a file of a bucket that is $damage before it is $before is DATA', async ({ damage, before }) => {
  let lists = 0
  // The left side is listed first; when the right one is, the left one has been counted.
  const proxy = await s3Proxy(place.bucket.options.endpoint!, async ({ path }) => {
    if (!/list-type=2/.test(path) || !/_tmp(?:%2F|\/)/.test(path)) return
    if (++lists !== (before === 'counted' ? 1 : 2)) return
    const files = (await place.leftovers()).filter((key) => /\/0\/\d\/\d\.parquet$/.test(key))
    await place.bucket.client.send(DAMAGES[damage](files[0]!, files.at(-1)!) as never)
  })
  try {
    const options = { ...place.bucket.options, endpoint: proxy.endpoint }
    await using other = await connect(`s3://${place.bucket.name}/failures`, options)
    const table = (await (
      await other.database('a/b')
    ).table('numbers')) as unknown as DataFrame<any>
    const frame = joined(table, table.rename({ a: 'c', b: 'd' }), [['a', 'c']], 'full')
    const query = frame.toArray({ engine: place.shuffling })
    await expect(query).rejects.toMatchObject({ code: 'DATA' })
    expect(lists).toBeGreaterThan(1)
  } finally {
    await proxy.close()
  }
})

test.each([
  ['written', 1],
  ['joined', 0],
] as const)(
  'while buckets are %s node %i is killed: its fragments move, and the answer is right',
  async (phase, victim) => {
    const { nodes, stop } = await startClickHouse(3)
    try {
      const moved: MovedFragment[] = []
      const engine = clickhouse({
        url: nodes.map(({ url }) => url),
        cluster: CLUSTER,
        s3Credentials: place.keys,
        shuffleFromBytes: 1,
        onMoved: (of) => moved.push(of),
      })
      const query = slow().toArray({ engine })
      await until(() => nodes[victim]!.ask(PHASES[phase]))
      await nodes[victim]!.kill()
      expect(await query).toEqual(await slow().toArray())
      expect(moved).toHaveLength(1)
      expect(moved[0]!.from).toBe(nodes[victim]!.address)
      expect(nodes.map(({ address }) => address)).toContain(moved[0]!.to)
      expect(moved[0]!.to).not.toBe(moved[0]!.from)
    } finally {
      await stop()
    }
  },
)

test('what a client that died has left is removed on demand, and nothing else', async () => {
  const url = `s3://${place.bucket.name}/failures`
  const put = (Key: string) =>
    place.bucket.client.send(new PutObjectCommand({ Bucket: place.bucket.name, Key, Body: 'x' }))
  for (const name of ['q1/0/0/1.parquet', 'q1/0/1/1.parquet', 'q2/probe']) {
    await put(`failures/_tmp/${name}`)
  }
  await put('failures/_tmpx/kept')
  expect(await removeShuffles(url, place.bucket.options)).toBe(3)
  expect(await removeShuffles(url, place.bucket.options)).toBe(0)
  expect(await numbers.count()).toBe(PARTITIONS * ROWS)
  await expect(removeShuffles('memory:')).rejects.toMatchObject({ code: 'INVALID' })
})
