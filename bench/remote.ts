/**
 * Measures scans of a bucket beside 8 parallel plain GETs of the same objects, interleaved in one
 * run. `tsx bench/remote.ts --rows 600000 --rounds 9`; on Ceph RGW of this machine unless
 * GRAUPEL_TEST_S3_ENDPOINT names a server.
 */
import { parseArgs } from 'node:util'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { connect, t } from '../src/index.ts'
import { s3Store } from '../src/io/s3/open-s3-store.ts'
import { startS3 } from '../test/support/rgw.ts'
import { makeBucket } from '../test/support/s3-bucket.ts'

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
const COLUMNS = { id: t.int64(), amount: t.decimal(12, 2), code: t.int32(), note: t.utf8() }
const WORDS = 'sleet rime hail graupel snow frost drizzle fog thaw gust'.split(' ')

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1]!
const noteOf = (id: number) =>
  Array.from({ length: 40 }, (_, n) => WORDS[(id * 7 + n * n * 3 + (id >> 5)) % 10]).join(' ')

interface DataFile {
  readonly key: string
  readonly size: number
}

const server = await startS3()
if (typeof server === 'string') throw new Error(server)
const bucket = await makeBucket(server)
try {
  const url = `s3://${bucket.name}/bench`
  await using lake = await connect(url, bucket.options)
  const db = await lake.database('bench/remote', { create: true })
  const table = await db.createTable('facts', COLUMNS, { partitionRows: Number(values.partition) })
  for (let from = 0; from < rows; from += 100_000) {
    const ids = Array.from({ length: Math.min(100_000, rows - from) }, (_, n) => from + n)
    await table.insert({
      id: ids,
      amount: ids.map((id) => ((id * 7919) % 1_000_000) / 100),
      code: ids.map((id) => (id * 31) % 5000),
      note: ids.map(noteOf),
    })
  }
  const files = await dataFiles()
  const numbers = files.filter(({ key }) => !key.includes('/note/'))
  const notes = files.filter(({ key }) => key.includes('/note/'))
  await compare('sums of three columns of numbers', numbers, sums)
  await compare('count of a filter on long text', notes, found)

  /** Sums that no metadata answer. */
  async function sums() {
    const [sums] = await table
      .agg((f) => ({
        a: f.id.add(1).sum(),
        b: f.amount.mul(2).sum(),
        c: f.code.mul(2).sum(),
      }))
      .toArray()
    if (sums?.a !== (BigInt(rows) * BigInt(rows + 1)) / 2n) throw new Error(`wrong: ${sums?.a}`)
  }

  async function found() {
    const count = await table.filter((f) => f.note.eq('no such weather')).count()
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
  await bucket.remove()
  await server.stop()
}

/** Runs `scan` and plain GETs of the files that it reads in turn, and prints both. */
async function compare(title: string, files: readonly DataFile[], scan: () => Promise<void>) {
  const mebibytes = files.reduce((sum, { size }) => sum + size, 0) / 2 ** 20
  console.log(`${title}: ${files.length} objects, ${mebibytes.toFixed(1)} MiB`)
  const gets = { name: `${GETS} parallel GETs, bytes thrown away`, times: [] as number[] }
  const ours = { name: 'scan', times: [] as number[] }
  const contenders = [
    { ...gets, run: () => plainGets(files) },
    { ...ours, run: scan },
  ]
  for (const { run } of contenders) await run()
  for (let round = 0; round < rounds; round++) {
    for (const { run, times } of contenders) {
      const begun = performance.now()
      await run()
      times.push(performance.now() - begun)
    }
  }
  for (const { name, times } of contenders) {
    const ms = median(times)
    console.log(`  ${name}: ${ms.toFixed(0)} ms, ${(mebibytes / (ms / 1000)).toFixed(0)} MiB/s`)
  }
  const ratio = median(gets.times) / median(ours.times)
  console.log(`  scan / GETs: ${ratio.toFixed(2)} of their throughput`)
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
