import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SPILL_PREFIX, SpillFolder } from '../../src/io/spill-folder.ts'
import { runs } from '../support/random.ts'
import { batchesOf, cutLengths, rowsOf, WIDE_SCHEMA, wideRows } from '../support/scalar-rows.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let parent: Awaited<ReturnType<typeof temporaryFolder>>
let folder: SpillFolder

beforeEach(async () => {
  parent = await temporaryFolder()
  folder = new SpillFolder(parent.path)
})

afterEach(async () => {
  folder.remove()
  await parent.remove()
})

test('rows come back as they were written, batch by batch, from several files at once', async () => {
  await fc.assert(
    fc.property(wideRows(40), wideRows(40), cutLengths, (some, others, cuts) => {
      const [one, other] = [folder.writer(WIDE_SCHEMA), folder.writer(WIDE_SCHEMA)]
      const batches = batchesOf(WIDE_SCHEMA, some, cuts)
      const more = batchesOf(WIDE_SCHEMA, others, cuts)
      for (let i = 0; i < Math.max(batches.length, more.length); i++) {
        if (i < batches.length) one.append(batches[i]!)
        if (i < more.length) other.append(more[i]!)
      }
      const files = [one.finish(), other.finish()]
      expect([...files[0]!.batches()].map(({ length }) => length)).toEqual(
        batches.map(({ length }) => length),
      )
      expect(rowsOf([...files[0]!.batches()])).toEqual(some)
      expect(rowsOf([...files[1]!.batches()])).toEqual(others)
      expect(files.map(({ rows }) => rows)).toEqual([some.length, others.length])
    }),
    { numRuns: runs(60) },
  )
})

test('blocks larger than what is written together come back too', () => {
  const rows = Array.from({ length: 3000 }, (_, i) => [
    i,
    i / 3,
    2n ** 60n * BigInt(i % 9),
    `text ${'x'.repeat(i % 100)}`,
    i % 2 === 0,
    -(10n ** 37n) * BigInt(i % 10),
    null,
  ])
  const [batch] = batchesOf(WIDE_SCHEMA, rows, [3000])
  const writer = folder.writer(WIDE_SCHEMA)
  const bytes = writer.append(batch!) + writer.append(batch!)
  const file = writer.finish()
  expect(file.bytes).toBe(bytes)
  expect(rowsOf([...file.batches()])).toEqual([...rows, ...rows])
})

test('the folder is made when it is needed, for its owner alone, and is gone when removed', () => {
  expect(readdirSync(parent.path)).toEqual([])
  const writer = folder.writer(WIDE_SCHEMA)
  writer.append(batchesOf(WIDE_SCHEMA, [[1, 2, 3n, 'a', true, 4n, 5]], [1])[0]!)
  const [name, ...others] = readdirSync(parent.path)
  expect(others).toEqual([])
  expect(name!.startsWith(SPILL_PREFIX)).toBe(true)
  if (process.platform !== 'win32') {
    expect(statSync(join(parent.path, name!)).mode & 0o777).toBe(0o700)
  }
  folder.remove()
  folder.remove()
  expect(readdirSync(parent.path)).toEqual([])
})

test('a file that has been cut short throws DATA', () => {
  const writer = folder.writer(WIDE_SCHEMA)
  writer.append(batchesOf(WIDE_SCHEMA, [[1, 2, 3n, 'a', true, 4n, 5]], [1])[0]!)
  const file = writer.finish()
  const [name] = readdirSync(parent.path)
  truncateSync(join(parent.path, name!, '0'), file.bytes - 8)
  expect(() => [...file.batches()]).toThrow(expect.objectContaining({ code: 'DATA' }))
})
