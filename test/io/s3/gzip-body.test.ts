import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  GZIP_BYTES_MAX,
  gzipped,
  UnpackedSource,
  unpacked,
  unpackedBytes,
} from '../../../src/io/s3/gzip-body.ts'
import { runs } from '../../support/random.ts'

const DATA = { code: 'DATA' }
const key = 'a/b/T/c/partition1.csv'

/** Bytes that a network brings in parts of `step`. */
const arriving = (bytes: Uint8Array, step: number) => ({
  byteLength: bytes.length,
  read: async (target: Uint8Array, position: number) => {
    const part = bytes.subarray(position, position + Math.min(step, target.length))
    target.set(part)
    return part.length
  },
  close() {},
})

test('a body comes back as it was, from any position and in any parts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }),
      fc.integer({ min: 20, max: 300 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.nat(13_000), { maxLength: 5 }),
      async (text, count, step, positions) => {
        const body = Buffer.from(text.repeat(count))
        const packed = await gzipped(body)
        fc.pre(packed !== undefined)
        const source = new UnpackedSource(arriving(packed!, step), { bytes: body.length, key })
        expect(source.byteLength).toBe(body.length)
        for (const position of [...positions, 0]) {
          const target = Buffer.alloc(100)
          const read = await source.read(target, position)
          const wanted = body.subarray(position, position + 100)
          expect(target.subarray(0, read).equals(wanted)).toBe(true)
        }
        source.close()
      },
    ),
    { numRuns: runs(50) },
  )
})

test('a body that does not become smaller stays plain', async () => {
  expect(await gzipped(new Uint8Array(0))).toBeUndefined()
  expect(await gzipped(Buffer.from('abc'))).toBeUndefined()
  const large = new Uint8Array(GZIP_BYTES_MAX + 1)
  expect(await gzipped(large)).toBeUndefined()
})

test('never more is unpacked than was claimed, and anything else than that is DATA', async () => {
  const body = Buffer.from('graupel '.repeat(1000))
  const packed = gzipSync(body)
  const bytes = body.length
  expect(body.equals(await unpacked(packed, { bytes, key }))).toBe(true)
  await expect(unpacked(packed, { bytes: bytes - 1, key })).rejects.toMatchObject(DATA)
  await expect(unpacked(packed, { bytes: bytes + 1, key })).rejects.toMatchObject(DATA)
  await expect(unpacked(packed, { bytes: 0, key })).rejects.toMatchObject(DATA)
  await expect(unpacked(body, { bytes, key })).rejects.toMatchObject(DATA)
  await expect(unpacked(packed.subarray(0, 20), { bytes, key })).rejects.toMatchObject(DATA)
  const flipped = Buffer.from(packed)
  flipped[flipped.length - 6]! ^= 1
  await expect(unpacked(flipped, { bytes, key })).rejects.toMatchObject(DATA)
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const before = process.memoryUsage().arrayBuffers
  await expect(unpacked(bomb, { bytes, key })).rejects.toMatchObject(DATA)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
})

test('headers tell how a body is stored; what is no claim of ours is DATA', () => {
  const claim = (ContentEncoding?: string, bytes?: string) =>
    unpackedBytes({ ContentEncoding, Metadata: bytes === undefined ? {} : { bytes } }, key)
  expect(claim()).toBeUndefined()
  expect(claim('')).toBeUndefined()
  expect(claim('identity', '7')).toBeUndefined()
  expect(claim('aws-chunked')).toBeUndefined()
  expect(claim('gzip', '7')).toBe(7)
  expect(claim('aws-chunked,gzip', '7')).toBe(7)
  for (const bytes of [undefined, '', '-1', '1e3', ' 7', '99999999999', `${GZIP_BYTES_MAX + 1}`]) {
    expect(() => claim('gzip', bytes), bytes).toThrow(expect.objectContaining(DATA))
  }
  for (const encoding of ['br', 'zstd', 'gzip, br', 'GZIPPED']) {
    expect(() => claim(encoding, '7'), encoding).toThrow(expect.objectContaining(DATA))
  }
})
