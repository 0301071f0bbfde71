/**
 * Measures scans of a bucket beside 8 parallel plain GETs of the same objects, and tables kept plain
 * beside such as are kept as gzip, through a link of 100 MB/s and without one; all interleaved.
 * `tsx bench/remote.ts --rows 600000 --rounds 9`; on Ceph RGW of this machine unless
 * GRAUPEL_TEST_S3_ENDPOINT names a server.
 */
import { parseArgs } from 'node:util'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { connect, t } from '../src/index.ts'
import { s3Store } from '../src/io/s3/open-s3-store.ts'
import { startS3 } from '../test/support/rgw.ts'
import { makeBucket } from '../test/support/s3-bucket.ts'
import { throttledLink } from './throttled-link.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '600000' },
    rounds: { type: 'string', default: '9' },
    partition: { type: 'string', default: '30000' },
  },
})
const rows = Number(values.rows)
const rounds = Number(values.rounds)
const GETS = 8
const LINK_BYTES = 100e6
const COLUMNS = { id: t.int64(), amount: t.decimal(12, 2), code: t.int32(), note: t.utf8() }
const WORDS = 'sleet rime hail graupel snow frost drizzle fog thaw gust mist breeze squall'.split(
  ' ',
)

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1]!
/** Forty words that a hash of the number chooses. */
const noteOf = (id: number) => {
  let state = Math.imul(id + 1, 0x9e3779b1)
  return Array.from({ length: 40 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5
    return WORDS[(state >>> 8) % WORDS.length]
  }).join(' ')
}

interface DataFile {
  readonly key: string
  readonly size: number
}

const server = await startS3()
if (typeof server === 'string') throw new Error(server)
const bucket = await makeBucket(server)
const link = await throttledLink(server.endpoint, LINK_BYTES)
try {
  const url = `s3://${bucket.name}/bench`
  await using lake = await connect(url, { ...bucket.options, cache: false })
  await using far = await connect(url, {
    ...bucket.options,
    endpoint: link.endpoint,
    cache: false,
  })
  const db = await lake.database('bench/remote', { create: true })
  const settings = { partitionRows: Number(values.partition) }
  const table = await db.createTable('plain', COLUMNS, settings)
  const packed = await db.createTable('packed', COLUMNS, { ...settings, compression: 'gzip' })
  const seconds = { plain: 0, packed: 0 }
  for (let from = 0; from < rows; from += 100_000) {
    const ids = Array.from({ length: Math.min(100_000, rows - from) }, (_, n) => from + n)
    const columns = {
      id: ids,
      amount: ids.map((id) => ((id * 7919) % 1_000_000) / 100),
      code: ids.map((id) => (id * 31) % 5000),
      note: ids.map(noteOf),
    }
    seconds.plain += await secondsOf(() => table.insert(columns))
    seconds.packed += await secondsOf(() => packed.insert(columns))
  }
  const files = await dataFiles()
  const numbers = files.filter(({ key }) => key.includes('/plain/') && !key.includes('/note/'))
  const notes = files.filter(({ key }) => key.includes('/plain/') && key.includes('/note/'))
  for (const [title, objects, scan] of [
    ['sums of three columns of numbers', numbers, sums],
    ['count of a filter on long text', notes, found],
  ] as const) {
    const names = [`${GETS} parallel GETs, bytes thrown away`, 'scan']
    await compare(title, objects, [
      { name: names[0]!, run: () => plainGets(objects) },
      { name: names[1]!, run: () => scan(table) },
    ])
  }
  const size = (name: string) =>
    files.filter(({ key }) => key.includes(name)).reduce((sum, of) => sum + of.size, 0) / 2 ** 20
  console.log(
    `kept plain ${size('/plain/').toFixed(1)} MiB, as gzip ${size('/packed/').toFixed(1)}`,
  )
  console.log(`  loaded in ${seconds.plain.toFixed(1)} s and ${seconds.packed.toFixed(1)} s`)
  const there = await far.database('bench/remote')
  const [farPlain, farPacked] = [
    await there.table('plain', COLUMNS),
    await there.table('packed', COLUMNS),
  ]
  const speed = `${LINK_BYTES / 1e6} MB/s`
  for (const [title, objects, scan] of [
    ['sums of three columns of numbers', numbers, sums],
    ['count of a filter on long text', notes, found],
  ] as const) {
    await compare(`${title}, no link`, objects, [
      { name: 'gzip', run: () => scan(packed) },
      { name: 'plain', run: () => scan(table) },
    ])
    await compare(`${title}, ${speed}`, objects, [
      { name: 'gzip', run: () => scan(farPacked) },
      { name: 'plain', run: () => scan(farPlain) },
    ])
  }

  /** Sums that no metadata answer. */
  async function sums(of: typeof table) {
    const [sums] = await of
      .agg((f) => ({
        a: f.id.add(1).sum(),
        b: f.amount.mul(2).sum(),
        c: f.code.mul(2).sum(),
      }))
      .toArray()
    if (sums?.a !== (BigInt(rows) * BigInt(rows + 1)) / 2n) throw new Error(`wrong: ${sums?.a}`)
  }

  async function found(of: typeof table) {
    const count = await of.filter((f) => f.note.eq('no such weather')).count()
    if (count !== 0) throw new Error(`wrong: ${count}`)
  }

  async function dataFiles(): Promise<DataFile[]> {
    const found: DataFile[] = []
    const store = await s3Store(url, bucket.options)
    for await (const { key, byteLength } of store.list('')) {
      if (/\/partition\d+\.csv$/.test(key)) found.push({ key: `bench/${key}`, size: byteLength })
    }
    return found
  }
} finally {
  await link.close()
  await bucket.remove()
  await server.stop()
}

interface Contender {
  readonly name: string
  run(): Promise<void>
}

/** Runs two contenders in turn and prints how much of those bytes each takes a second. */
async function compare(
  title: string,
  files: readonly DataFile[],
  contenders: readonly [Contender, Contender],
) {
  const mebibytes = files.reduce((sum, { size }) => sum + size, 0) / 2 ** 20
  console.log(`${title}: ${files.length} objects, ${mebibytes.toFixed(1)} MiB`)
  const times: number[][] = contenders.map(() => [])
  const processor: number[][] = contenders.map(() => [])
  for (const { run } of contenders) await run()
  for (let round = 0; round < rounds; round++) {
    for (const [position, { run }] of contenders.entries()) {
      const before = process.cpuUsage()
      times[position]!.push((await secondsOf(run)) * 1000)
      const { user, system } = process.cpuUsage(before)
      processor[position]!.push((user + system) / 1000)
    }
  }
  const medians = times.map(median)
  for (const [position, { name }] of contenders.entries()) {
    const ms = medians[position]!
    const own = median(processor[position]!).toFixed(0)
    const rate = (mebibytes / (ms / 1000)).toFixed(0)
    console.log(`  ${name}: ${ms.toFixed(0)} ms (${own} ms of this process), ${rate} MiB/s`)
  }
  const [first, second] = contenders
  const ratio = (medians[0]! / medians[1]!).toFixed(2)
  console.log(`  ${second.name} / ${first.name}: ${ratio} of the throughput`)
}

async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await run()
  return (performance.now() - begun) / 1000
}

async function plainGets(files: readonly DataFile[]) {
  let next = 0
  const take = async () => {
    while (next < files.length) {
      const command = new GetObjectCommand({ Bucket: bucket.name, Key: files[next++]!.key })
      const { Body } = await bucket.client.send(command)
      for await (const _ of Body as AsyncIterable<Uint8Array>);
    }
  }
  await Promise.all(Array.from({ length: GETS }, take))
}
