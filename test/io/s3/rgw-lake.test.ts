import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { connect, t } from '../../../src/index.ts'
import type { ObjectStore } from '../../../src/io/object-store.ts'
import { s3Store } from '../../../src/io/s3/open-s3-store.ts'
import { loggedStore } from '../../support/logged-store.ts'
import { raceTransactions } from '../../support/race-transactions.ts'
import { noteUntested, startS3 } from '../../support/rgw.ts'
import { makeBucket } from '../../support/s3-bucket.ts'
import { s3Proxy } from '../../support/s3-proxy.ts'

const run = promisify(execFile)
const COLUMNS = { id: t.int64(), amount: t.float64(), city: t.utf8() }
const PROCESSES = 3
const COMMITS = 4
const ROWS = 25

const server = await startS3()
if (typeof server === 'string') {
  noteUntested(server)
  it('may go without a server only where CI is not set', () => {
    expect(process.env['CI'], server).toBeUndefined()
  })
} else {
  const bucket = await makeBucket(server)
  afterAll(async () => {
    await bucket.remove()
    await server.stop()
  })
  let folders = 0
  let url = ''
  beforeEach(() => {
    url = `s3://${bucket.name}/lake ${folders++}`
  })

  describe('a lake on S3', () => {
    it('is made, loaded, asked and looked back at', async () => {
      await using lake = await connect(url, bucket.options)
      const db = await lake.database('acme/sales', { create: true })
      const orders = await db.createTable('orders', COLUMNS, { partitionRows: 100 })
      const ids = Array.from({ length: 250 }, (_, n) => n)
      const first = await orders.insert({
        id: ids,
        amount: ids.map((id) => id / 2),
        city: ids.map((id) => `city ${id % 10}`),
      })
      expect(first).toMatchObject({ version: 1, rows: 250, partitions: 3 })
      await orders.insert([{ id: 250n, amount: -1, city: 'late' }])
      const sums = orders.groupBy('city').agg((o) => ({ n: o.id.count(), s: o.amount.sum() }))
      expect(await sums.filter((s) => s.city.eq('city 3')).toArray()).toEqual([
        { city: 'city 3', n: 25n, s: (3 * 25 + 10 * 300) / 2 },
      ])
      expect(await orders.count()).toBe(251)
      expect(await orders.at({ version: 1 }).count()).toBe(250)
      const versions = (await orders.history()).map(({ version }) => version)
      expect([...versions].sort()).toEqual([0, 1, 2].slice(-versions.length))

      await using other = await connect(url, bucket.options)
      expect(await other.databases()).toEqual(['acme/sales'])
      const again = await (await other.database('acme/sales')).table('orders')
      expect(await again.filter((o) => o.city.eq('late')).toArray()).toEqual([
        { id: 250n, amount: -1, city: 'late' },
      ])
    })

    it('shows transactions of two lakes over two tables whole', async () => {
      const open = () => connect(url, bucket.options)
      expect(await raceTransactions(open, 4)).toBeGreaterThan(0)
    }, 120_000)

    it('takes appends of several processes at once, each exactly once', async () => {
      await using lake = await connect(url, bucket.options)
      const db = await lake.database('acme/sales', { create: true })
      await db.createTable('orders', COLUMNS)
      const { endpoint, credentials } = server
      const keys = [credentials?.accessKeyId ?? '', credentials?.secretAccessKey ?? '']
      const start = (process: number) => {
        const from = process * COMMITS * ROWS
        const numbers = [from, COMMITS, ROWS].map(String)
        const script = 'test/support/append-to-bucket.ts'
        const words = ['--import', 'tsx', script, url, endpoint, ...keys, ...numbers]
        return run(globalThis.process.execPath, words)
      }
      await Promise.all(Array.from({ length: PROCESSES }, (_, n) => start(n)))
      const orders = await db.table('orders')
      const all = await orders.select('id').toArray()
      const ids = all.map(({ id }) => Number(id)).sort((a, b) => a - b)
      expect(ids).toEqual(Array.from({ length: PROCESSES * COMMITS * ROWS }, (_, n) => n))
      expect(orders.version).toBe(PROCESSES * COMMITS)
    })
  })

  describe('a table kept as gzip', () => {
    const ids = Array.from({ length: 3000 }, (_, n) => n)
    const rows = { id: ids, amount: ids, city: ids.map((id) => `city ${id % 10}`) }
    const key = 'acme/sales/packed/city/partition1.csv'
    const stored = (Key: string) => {
      const path = `${url.slice(`s3://${bucket.name}/`.length)}/${Key}`
      return { Bucket: bucket.name, Key: path }
    }

    it('answers as a plain one does, and its files unpack to the same CSV', async () => {
      await using lake = await connect(url, bucket.options)
      const db = await lake.database('acme/sales', { create: true })
      for (const [name, compression] of [
        ['packed', 'gzip'],
        ['plain', 'none'],
      ] as const) {
        const table = await db.createTable(name, COLUMNS, { compression, partitionRows: 1000 })
        await table.insert(rows)
        expect(await table.filter((o) => o.city.eq('city 3')).toArray()).toHaveLength(300)
        expect(await table.agg((o) => ({ s: o.id.add(1).sum() })).toArray()).toEqual([
          { s: 4_501_500n },
        ])
        expect(await table.verify()).toEqual([])
      }
      const packed = await bucket.client.send(new GetObjectCommand(stored(key)))
      const plain = await bucket.client.send(
        new GetObjectCommand(stored(key.replace('packed', 'plain'))),
      )
      expect([packed.ContentEncoding, plain.ContentEncoding]).toEqual(['gzip', undefined])
      const unpacked = gunzipSync(await packed.Body!.transformToByteArray())
      expect(unpacked.toString()).toBe(await plain.Body!.transformToString())
      expect(packed.ContentLength).toBeLessThan(plain.ContentLength! / 4)
    })

    it('is read where some of its files are plain, and DATA where one claims what it is not', async () => {
      await using lake = await connect(url, { ...bucket.options, cache: false })
      const db = await lake.database('acme/sales', { create: true })
      const table = await db.createTable('packed', COLUMNS, { compression: 'gzip' })
      await table.insert(rows)
      const found = () => table.filter((o) => o.city.eq('city 3')).count()
      const { Body, Metadata } = await bucket.client.send(new GetObjectCommand(stored(key)))
      const packed = Buffer.from(await Body!.transformToByteArray())
      const put = (input: object) =>
        bucket.client.send(new PutObjectCommand({ ...stored(key), ...input }))
      await put({ Body: gunzipSync(packed) })
      expect(await found()).toBe(300)
      const bytes = Number(Metadata?.['bytes'])
      const bomb = gzipSync(Buffer.alloc(5_000_000))
      for (const [content, claim] of [
        [packed, bytes - 1],
        [packed, bytes + 1],
        [packed, ''],
        [packed, 4_000_000_000],
        [bomb, bytes],
        [gunzipSync(packed), bytes],
        [packed.subarray(0, packed.length - 9), bytes],
      ] as const) {
        await put({ Body: content, ContentEncoding: 'gzip', Metadata: { bytes: String(claim) } })
        await expect(found(), String(claim)).rejects.toMatchObject({ code: 'DATA' })
      }
      await put({ Body: packed, ContentEncoding: 'br', Metadata: { bytes: String(bytes) } })
      await expect(found()).rejects.toMatchObject({ code: 'DATA' })
      await put({ Body: packed, ContentEncoding: 'gzip', Metadata: { bytes: String(bytes) } })
      expect(await found()).toBe(300)
    })
  })

  describe('what a lake asks of S3', () => {
    it.each([10, 100])('for an append of one partition to %i columns', async (width) => {
      const { store, log } = loggedStore(await s3Store(url, bucket.options))
      const depth = measuredDepth(store)
      await using lake = await connect(depth.store)
      const db = await lake.database('acme/wide', { create: true })
      const names = Array.from({ length: width }, (_, n) => `c${n}`)
      const columns = Object.fromEntries(names.map((name) => [name, t.int32()]))
      const table = await db.createTable('wide', columns)
      const rows = Object.fromEntries(names.map((name) => [name, [1, 2, 3]]))
      await table.insert(rows)
      await settle(log)
      log.length = 0
      depth.reset()
      await table.insert(rows)
      const writes = log.filter(({ operation }) => /create|swapCell/.test(operation))
      expect(writes).toHaveLength(width + 2)
      expect(log.findIndex(({ operation }) => operation === 'swapCell')).toBe(width + 1)
      expect(depth.ofSwap()).toBe(2)
      await settle(log)
    })

    it('for an append of one row to a table that has many: a record and a swap', async () => {
      const { store, log } = loggedStore(await s3Store(url, bucket.options))
      await using lake = await connect(store)
      const db = await lake.database('acme/small', { create: true })
      const table = await db.createTable('small', { id: t.int32(), name: t.utf8() })
      for (let id = 0; id < 20; id++) await table.insert([{ id, name: `n${id}` }])
      await settle(log)
      log.length = 0
      for (let id = 20; id < 30; id++) await table.insert([{ id, name: `n${id}` }])
      await settle(log)
      const asked = log.map(({ operation }) => operation)
      expect(asked).toEqual(Array.from({ length: 10 }, () => ['create', 'swapCell']).flat())
      expect(await table.filter((r) => r.name.eq('n25')).toArray()).toEqual([
        { id: 25, name: 'n25' },
      ])
    })

    it('for 3 columns of 5 partitions, the second time: one question and 15 files', async () => {
      const proxy = await s3Proxy(server.endpoint)
      try {
        await using lake = await connect(url, {
          ...bucket.options,
          endpoint: proxy.endpoint,
          cache: false,
        })
        const db = await lake.database('acme/sales', { create: true })
        const made = await db.createTable('orders', COLUMNS, { partitionRows: 1000 })
        const ids = Array.from({ length: 5000 }, (_, n) => n)
        await made.insert({ id: ids, amount: ids, city: ids.map((id) => `c${id % 7}`) })
        await settle(proxy.log)
        const query = async () =>
          (await db.table('orders'))
            .filter((o) => o.city.str.contains('c').and(o.id.add(1).gt(0)))
            .agg((o) => ({ a: o.id.add(1).sum(), b: o.amount.sum() }))
            .toArray()
        const first = await query()
        expect(first).toEqual([{ a: 12_502_500n, b: 12_497_500 }])
        proxy.log.length = 0
        expect(await query()).toEqual(first)
        const [question, ...files] = proxy.log
        expect(question).toMatchObject({ method: 'GET', status: 304 })
        expect(question?.path).toContain('head.json')
        const keys = new Set(files.map(({ path }) => path.replace(/\?.*/, '')))
        expect(files.map(({ method }) => method)).toEqual(Array(15).fill('GET'))
        expect(keys.size).toBe(15)
        for (const key of keys) expect(key).toMatch(/\/partition\d\.csv$/)
      } finally {
        await proxy.close()
      }
    })
  })
}

/** Waits until nothing is asked any more. */
async function settle(log: readonly unknown[]): Promise<void> {
  for (let seen = -1; seen !== log.length; ) {
    seen = log.length
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

/** Counts how many requests followed each other: each is one deeper than those that were answered. */
function measuredDepth(store: ObjectStore) {
  let answered = 0
  let swap = 0
  const counted = new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function' || name === 'list') return member
      return async (...args: unknown[]) => {
        const depth = answered + 1
        if (name === 'swapCell') swap = depth
        try {
          return await Reflect.apply(member, target, args)
        } finally {
          answered = Math.max(answered, depth)
        }
      }
    },
  })
  const reset = () => {
    answered = 0
  }
  return { store: counted, reset, ofSwap: () => swap }
}
