/**
 * Measures a scan of a bucket beside 8 parallel plain GETs of the same objects, interleaved in one
 * run. `tsx bench/remote.ts --rows 2000000 --rounds 5`; on Ceph RGW of this machine unless
 * GRAUPEL_TEST_S3_ENDPOINT names a server.
 */
import { parseArgs } from 'node:util'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { connect, t } from '../src/index.ts'
import { startS3 } from '../test/support/rgw.ts'
import { makeBucket } from '../test/support/s3-bucket.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '5' },
    partition: { type: 'string', default: '250000' },
  },
})
const rows = Number(values.rows)
const rounds = Number(values.rounds)
const GETS = 8
const COLUMNS = { id: t.int64(), amount: t.decimal(12, 2), code: t.int32() }

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1]!

const server = await startS3()
if (typeof server === 'string') throw new Error(server)
const bucket = await makeBucket(server)
try {
  const url = `s3://${bucket.name}/bench`
  await using lake = await connect(url, bucket.options)
  const db = await lake.database('bench/remote', { create: true })
  const table = await db.createTable('facts', COLUMNS, { partitionRows: Number(values.partition) })
  for (let from = 0; from < rows; from += 1_000_000) {
    const ids = Array.from({ length: Math.min(1_000_000, rows - from) }, (_, n) => from + n)
    await table.insert({
      id: ids,
      amount: ids.map((id) => ((id * 7919) % 1_000_000) / 100),
      code: ids.map((id) => (id * 31) % 5000),
    })
  }
  const objects = await dataFiles()
  const bytes = objects.reduce((sum, { size }) => sum + size, 0)
  console.log(`${rows} rows, ${objects.length} objects, ${(bytes / 2 ** 20).toFixed(1)} MiB`)
  const contenders = [
    { name: `${GETS} parallel GETs, bytes thrown away`, run: plainGets, times: [] as number[] },
    { name: 'scan: sums of all three columns', run: scan, times: [] as number[] },
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
    const speed = bytes / 2 ** 20 / (ms / 1000)
    console.log(`${name}: ${ms.toFixed(0)} ms, ${speed.toFixed(0)} MiB/s`)
  }

  /** Sums that no metadata answer. */
  async function scan() {
    const [sums] = await table
      .agg((f) => ({
        a: f.id.add(1).sum(),
        b: f.amount.mul(2).sum(),
        c: f.code.mul(2).sum(),
      }))
      .toArray()
    if (sums?.a !== (BigInt(rows) * BigInt(rows + 1)) / 2n) throw new Error(`wrong: ${sums?.a}`)
  }

  async function dataFiles() {
    const found: { key: string; size: number }[] = []
    const { s3Store } = await import('../src/io/s3/open-s3-store.ts')
    const store = await s3Store(url, bucket.options)
    for await (const { key, byteLength } of store.list('')) {
      if (/\/partition\d+\.csv$/.test(key)) found.push({ key: `bench/${key}`, size: byteLength })
    }
    return found
  }

  async function plainGets() {
    let next = 0
    const take = async () => {
      while (next < objects.length) {
        const command = new GetObjectCommand({ Bucket: bucket.name, Key: objects[next++]!.key })
        const { Body } = await bucket.client.send(command)
        for await (const _ of Body as AsyncIterable<Uint8Array>);
      }
    }
    await Promise.all(Array.from({ length: GETS }, take))
  }
} finally {
  await bucket.remove()
  await server.stop()
}
