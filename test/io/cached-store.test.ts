import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'
import { cachedStore } from '../../src/io/cached-store.ts'
import { crc32 } from '../../src/io/checksum.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { ObjectCache } from '../../src/io/object-cache.ts'
import { objectStoreConformance } from '../conformance/object-store.ts'
import { loggedStore } from '../support/logged-store.ts'
import { runs } from '../support/random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { path: root, remove } = await temporaryFolder()
afterAll(remove)

let folders = 0
let folder = ''
beforeEach(() => {
  folder = path.join(root, String(folders++))
})

objectStoreConformance('memory with copies in a folder', async () => {
  const cache = new ObjectCache({ folder: path.join(root, 'conformance'), bytesMax: 1e6 })
  const memory = memoryStore()
  const store = cachedStore(memory, cache)
  return { store, again: () => cachedStore(memory, cache), close: async () => {} }
})

const bodyOf = (n: number) => Buffer.from(`object ${n}\n`.repeat(20 + n * 10))
const keyOf = (n: number) => `a/b/T/c/partition${n}.csv`
const contentOf = (body: Uint8Array) => ({ bytes: body.length, crc32: crc32(body) })

type Damage = 'flip' | 'cut' | 'empty' | 'gone' | 'folder' | 'other'
type Step =
  | { readonly kind: 'read'; readonly of: number; readonly bytes: number; readonly process: 0 | 1 }
  | { readonly kind: 'damage'; readonly how: Damage; readonly at: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        of: fc.nat(7),
        bytes: fc.constantFrom(1, 100, 1e6),
        process: fc.constantFrom(0 as const, 1 as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('damage' as const),
        how: fc.constantFrom<Damage>('flip', 'cut', 'empty', 'gone', 'folder', 'other'),
        at: fc.nat(20),
      }),
    },
  ),
  { maxLength: 30 },
)

function damage(place: string, how: Damage, at: number): void {
  const names = fs.existsSync(place) ? fs.readdirSync(place) : []
  const name = names[at % Math.max(1, names.length)]
  if (name === undefined) return
  const file = path.join(place, name)
  if (!fs.statSync(file).isFile()) {
    fs.rmSync(file, { recursive: true })
    return
  }
  const bytes = fs.readFileSync(file)
  bytes[at % Math.max(1, bytes.length)]! ^= 4
  if (how === 'flip') fs.writeFileSync(file, bytes)
  else if (how === 'cut') fs.truncateSync(file, Math.floor(bytes.length / 2))
  else if (how === 'empty') fs.truncateSync(file, 0)
  else if (how === 'other') fs.writeFileSync(file, bodyOf(at))
  else fs.rmSync(file)
  if (how === 'folder') fs.mkdirSync(file)
}

test('what is read never depends on the copies, whatever becomes of them', async () => {
  const store = memoryStore()
  for (let n = 0; n < 8; n++) await store.create(keyOf(n), bodyOf(n))
  const base = folder
  let round = 0
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(1, 2000, 1e6), async (taken, bytesMax) => {
      const place = path.join(base, String(round++))
      const caches = [0, 1].map(() => new ObjectCache({ folder: place, bytesMax }))
      for (const step of taken) {
        if (step.kind === 'damage') {
          damage(place, step.how, step.at)
          continue
        }
        const cache = caches[step.process]!
        const body = bodyOf(step.of)
        const source = await cachedStore(store, cache).open(keyOf(step.of), {
          content: contentOf(body),
        })
        const target = Buffer.alloc(Math.min(step.bytes, body.length))
        for (let at = 0; at < body.length; at += target.length) {
          const count = await source!.read(target, at)
          const wanted = body.subarray(at, at + target.length)
          expect(target.subarray(0, count).equals(wanted)).toBe(true)
          if (step.bytes === 1) break
        }
        source!.close()
        await cache.settled()
      }
    }),
    { numRuns: runs(60) },
  )
})

test('an object is fetched once, and again only when its copy is damaged', async () => {
  const { store, log } = loggedStore(memoryStore())
  const objectCache = { folder }
  await using lake = await connect(store, { objectCache })
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('T', { n: t.int32(), s: t.utf8() }, { partitionRows: 50 })
  const ids = Array.from({ length: 200 }, (_, n) => n)
  await table.insert({ n: ids, s: ids.map((n) => `s${n}`) })
  const opened = async () => {
    log.length = 0
    await using other = await connect(store, { objectCache })
    const again = await (await other.database('a/b')).table('T')
    expect(await again.filter((r) => r.s.str.endsWith('7')).count()).toBe(20)
    await other.close()
    return log.filter(({ operation }) => operation === 'open').length
  }
  expect(await opened()).toBe(4)
  expect(await opened()).toBe(0)
  const [entry] = fs.readdirSync(folder)
  fs.truncateSync(path.join(folder, entry!), 10)
  expect(await opened()).toBe(1)
  expect(await opened()).toBe(0)
  // A table is proved by its own objects.
  log.length = 0
  expect(await table.verify()).toEqual([])
  expect(log.filter(({ operation }) => operation === 'open')).toHaveLength(8)
})

describe('the folder of copies', () => {
  const content = (n: number) => ({ store: 'test:', key: `k${n}`, ...contentOf(bodyOf(n)) })
  const bytes = () =>
    fs.readdirSync(folder).reduce((sum, n) => sum + fs.statSync(path.join(folder, n)).size, 0)

  test('is kept below its bound, the least recently used going first', async () => {
    const size = bodyOf(0).length
    const cache = new ObjectCache({ folder, bytesMax: size * 10 })
    const small = (n: number) => ({ ...content(0), key: `k${n}` })
    for (let n = 0; n < 30; n++) {
      cache.keep(small(n), bodyOf(0))
      await cache.settled()
      await new Promise((resolve) => setTimeout(resolve, 3))
      expect(await cache.find(small(0))).toBeDefined()
      expect(bytes()).toBeLessThanOrEqual(size * 10)
    }
    expect(await cache.find(small(29))).toBeDefined()
    expect(await cache.find(small(5))).toBeUndefined()
  })

  test('loses nothing of what others put there', async () => {
    fs.mkdirSync(folder)
    const foreign = path.join(folder, 'thesis.txt')
    fs.writeFileSync(foreign, 'x'.repeat(5000))
    const cache = new ObjectCache({ folder, bytesMax: 1000 })
    for (let n = 0; n < 8; n++) {
      cache.keep({ ...content(0), key: `k${n}` }, bodyOf(0))
      await cache.settled()
    }
    expect(fs.readFileSync(foreign, 'utf8')).toHaveLength(5000)
    expect(bytes()).toBeLessThan(6001)
  })

  test('does without copies where it cannot be written to', async () => {
    fs.writeFileSync(folder, 'a file')
    const cache = new ObjectCache({ folder, bytesMax: 1e6 })
    cache.keep(content(1), bodyOf(1))
    await cache.settled()
    expect(await cache.find(content(1))).toBeUndefined()
  })

  test('is for buckets, and has a path and a size', async () => {
    const INVALID = { code: 'INVALID' }
    const refused = (objectCache: unknown, url = 's3://bucket') =>
      expect(connect(url, { objectCache: objectCache as never })).rejects.toMatchObject(INVALID)
    await refused({ folder }, 'memory:')
    await refused({ folder }, root)
    await refused(true)
    await refused({ folder: '' })
    await refused({ bytesMax: 5 })
    await refused({ folder, bytesMax: 'much' })
    await refused({ folder, bytesMax: 0 })
    await refused({ folder, size: 5 })
  })
})
