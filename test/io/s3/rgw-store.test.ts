import { randomUUID } from 'node:crypto'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../../src/io/object-store.ts'
import { probeStore as probeUrl } from '../../../src/io/probe-store.ts'
import { s3Store } from '../../../src/io/s3/open-s3-store.ts'
import { probeStore } from '../../../src/io/s3/probe-store.ts'
import type { S3Limits } from '../../../src/io/s3/s3-options.ts'
import { objectStoreConformance } from '../../conformance/object-store.ts'
import { runs } from '../../support/random.ts'
import { noteUntested, startS3 } from '../../support/rgw.ts'
import { makeBucket } from '../../support/s3-bucket.ts'

const RACERS = 8
const ROUNDS = Math.min(100, runs(100))

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
  const open = (folder: string, limits?: Partial<S3Limits>) =>
    s3Store(`s3://${bucket.name}/${folder}`, bucket.options, limits)
  const text = (value: string) => new TextEncoder().encode(value)
  const read = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString()

  objectStoreConformance('S3', async () => {
    const folder = `conformance/${randomUUID()}`
    const [store, other, third] = await Promise.all([open(folder), open(folder), open(folder)])
    let turn = 0
    return { store, again: () => (turn++ % 2 === 0 ? other : third), close: async () => {} }
  })

  describe('racing writers on S3', () => {
    const race = async <T>(run: (store: ObjectStore, racer: number) => Promise<T>) => {
      const stores = await Promise.all(Array.from({ length: RACERS }, () => open('race')))
      return (round: number) =>
        Promise.all(stores.map((store, n) => run(store, round * RACERS + n)))
    }

    it(`creates a key once in each of ${ROUNDS} rounds of ${RACERS}`, async () => {
      const store = await open('race')
      const start = await race((mine, n) =>
        mine.create(`create/${Math.floor(n / RACERS)}`, text(`${n}`)),
      )
      for (let round = 0; round < ROUNDS; round++) {
        const answers = await start(round)
        const winners = answers.flatMap((answer, n) => (answer === 'created' ? [n] : []))
        expect(winners).toHaveLength(1)
        expect(read(await store.get(`create/${round}`))).toBe(`${round * RACERS + winners[0]!}`)
      }
    })

    it(`lands one swap at most in each of ${ROUNDS} rounds of ${RACERS}`, async () => {
      const store = await open('race')
      let token: string | null = null
      const start = await race((mine, n) => mine.swapCell('cell.json', token, text(`${n}`)))
      let landings = 0
      for (let round = 0; round < ROUNDS; round++) {
        const answers = await start(round)
        const cell = await store.readCell('cell.json')
        const left = Number(read(cell?.body ?? null)) - round * RACERS
        for (const [n, answer] of answers.entries()) {
          if (answer.outcome === 'swapped') expect(n).toBe(left)
          if (answer.outcome === 'lost') expect(n).not.toBe(left)
        }
        if (cell?.token !== token) landings++
        token = cell?.token ?? null
      }
      expect(landings).toBeGreaterThan(ROUNDS * 0.9)
    })
  })

  describe('an object on S3', () => {
    const body = Uint8Array.from({ length: 300_001 }, (_, n) => (n * 7919) >> 3)
    const all = async (store: ObjectStore, key: string, step: number) => {
      const source = (await store.open(key))!
      const parts: Uint8Array[] = []
      for (let at = 0; at < source.byteLength; ) {
        const target = new Uint8Array(step)
        const count = await source.read(target, at)
        expect(count).toBeGreaterThan(0)
        parts.push(target.subarray(0, count))
        at += count
      }
      source.close()
      return Buffer.concat(parts)
    }

    it('is read the same in one request and in pieces', async () => {
      const whole = await open('pieces')
      await whole.create('a.csv', body)
      expect(Buffer.compare(await all(whole, 'a.csv', 70_000), body)).toBe(0)
      const pieces = await open('pieces', { wholeBytes: 65_536, pieceBytes: 10_000 })
      expect(Buffer.compare(await all(pieces, 'a.csv', 7_001), body)).toBe(0)
      const source = (await pieces.open('a.csv'))!
      for (const at of [299_000, 5, 100_000, 65_535, 65_536, 250_000, 75_536, 300_000]) {
        const target = new Uint8Array(900)
        const count = await source.read(target, at)
        expect(Buffer.compare(target.subarray(0, count), body.subarray(at, at + count))).toBe(0)
      }
      source.close()
    })

    it('without bytes is opened as such', async () => {
      const store = await open('empty')
      await store.create('none.csv', new Uint8Array(0))
      const source = (await store.open('none.csv'))!
      expect(source.byteLength).toBe(0)
      expect(await source.read(new Uint8Array(4), 0)).toBe(0)
      source.close()
    })

    it('whose reader is closed, or aborted, gives its connection back', async () => {
      const store = await open('pieces', { requests: 2, pieceBytes: 10_000, wholeBytes: 20_000 })
      await store.create('b.csv', body)
      for (let n = 0; n < 8; n++) (await store.open('b.csv'))!.close()
      const abort = new AbortController()
      const source = (await store.open('b.csv', { signal: abort.signal }))!
      abort.abort()
      await expect(async () => source.read(new Uint8Array(9), 200_000)).rejects.toMatchObject({
        code: 'ABORTED',
      })
      source.close()
      expect((await store.get('b.csv'))!.length).toBe(body.length)
    })

    it('is listed over more than one page', async () => {
      const store = await open('paged')
      for (let at = 0; at < 1010; at += 101) {
        const keys = Array.from({ length: 101 }, (_, n) => `k/${String(at + n).padStart(5, '0')}`)
        await Promise.all(keys.map((key) => store.create(key, text(key))))
      }
      const found: string[] = []
      for await (const { key } of store.list('k/')) found.push(key)
      expect(found).toHaveLength(1010)
      expect(found).toEqual([...found].sort())
    })
  })

  describe('a bucket', () => {
    it('that keeps the laws is found safe, and left as it was', async () => {
      const store = await open('probe')
      const report = await probeStore(store)
      expect(report.checks.filter(({ holds }) => !holds)).toEqual([])
      expect(report).toMatchObject({ store: store.url, isSafe: true })
      for await (const { key } of store.list('')) expect(key).toBe('nothing is left')
    })

    // Other servers take both forms.
    const isRgw = server.credentials !== undefined
    it('that refuses matching tags, as RGW does when they are quoted, is not written to', async () => {
      const url = `s3://${bucket.name}/quoted`
      const report = await probeUrl(url, { ...bucket.options, quotedEtags: isRgw })
      expect(report.isSafe).toBe(!isRgw)
      const store = await s3Store(url, { ...bucket.options, quotedEtags: isRgw })
      const created = store.create('k', text('x'))
      if (!isRgw) return expect(await created).toBe('created')
      const refusal = { code: 'INVALID', message: expect.stringContaining('quotedEtags') }
      await expect(created).rejects.toMatchObject(refusal)
      await expect(store.swapCell('k.json', null, text('x'))).rejects.toMatchObject(refusal)
      expect(await store.get('k')).toBeNull()
    })

    it('that does not exist, or keys that are wrong, are told with what would help', async () => {
      const missing = await s3Store('s3://graupel-no-such-bucket', bucket.options)
      await expect(missing.get('k')).rejects.toMatchObject({
        code: 'INVALID',
        message: expect.stringContaining('no such bucket'),
      })
      const credentials = { accessKeyId: 'testkey', secretAccessKey: 'not-the-secret-key' }
      const url = `s3://${bucket.name}/denied`
      const denied = await s3Store(url, { ...bucket.options, credentials })
      const error = await denied.get('k').catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'INVALID' })
      expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toMatch(
        /testkey|not-the-secret-key/,
      )
    })

    it("is reached by a client of one's own that tries once", async () => {
      const settings = { ...bucket.options, forcePathStyle: true } as object
      const store = await s3Store(`s3://${bucket.name}/own`, {
        client: new S3Client({ ...settings, maxAttempts: 1 }),
      })
      expect(store.url).toBe((await open('own')).url)
      expect(await store.create('k', text('x'))).toBe('created')
      const eager = s3Store(`s3://${bucket.name}/own`, { client: new S3Client(settings) })
      await expect(eager).rejects.toMatchObject({ code: 'INVALID' })
    })

    it('may hold what others put there', async () => {
      const store = await open('foreign')
      for (const Key of ['foreign/folder/', 'foreign/head.json']) {
        await bucket.client.send(
          new PutObjectCommand({ Bucket: bucket.name, Key, Body: '{"a": 1}\n' }),
        )
      }
      const cell = (await store.readCell('head.json'))!
      expect(read(cell.body)).toBe('{"a": 1}\n')
      expect(await store.swapCell('head.json', cell.token, text('{}'))).toMatchObject({
        outcome: 'swapped',
      })
      const keys: string[] = []
      for await (const { key } of store.list('')) keys.push(key)
      expect(keys).toEqual(['head.json'])
    })
  })
}
