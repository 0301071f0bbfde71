import { afterAll, describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../src/io/object-store.ts'

/** A place for one run of the suite. `again` opens the same place as another process would. */
export interface StoreUnderTest {
  readonly store: ObjectStore
  again(): ObjectStore
  close(): Promise<void>
}

const text = (value: string) => new TextEncoder().encode(value)
const read = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString())

const ODD_SEGMENTS = [
  'plain',
  'with space',
  '!43ON',
  'a.b.c',
  '.hidden',
  '-dash',
  'é',
  '日本語',
  '😀',
  '+plus&amp=1',
  "it's(a*test)",
  '100%25',
  'a#b?c',
  '__proto__',
  'x'.repeat(200),
]

const BAD_KEYS = [
  '',
  '/',
  '/etc/passwd',
  'a//b',
  'a/',
  '.',
  '..',
  '../x',
  'a/../b',
  'a/./b',
  'a\\b',
  '..\\x',
  'a\0b',
  'a\nb',
  'lone\ud800',
  'a/.tmp-x',
  'x'.repeat(256),
  'x/'.repeat(600).slice(0, -1),
]

const LOST = { outcome: 'lost' }
const SWAPPED = { outcome: 'swapped', token: expect.any(String) }

/** Every store passes this suite, unchanged. */
export function objectStoreConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as an object store`, () => {
    const opened: StoreUnderTest[] = []
    const fresh = async () => {
      const place = await open()
      opened.push(place)
      return place
    }
    afterAll(async () => {
      for (const place of opened) await place.close()
    })
    objects(fresh)
    folders(fresh)
    cells(fresh)
    keys(fresh)
  })
}

type Fresh = () => Promise<StoreUnderTest>

function objects(fresh: Fresh): void {
  it('gives back what was created, byte for byte, also through another instance', async () => {
    const { store, again } = await fresh()
    const body = Uint8Array.from({ length: 70_000 }, (_, index) => index * 31)
    expect(await store.create('a/b/c.csv', body)).toBe('created')
    expect(Buffer.compare((await store.get('a/b/c.csv'))!, body)).toBe(0)
    expect(Buffer.compare((await again().get('a/b/c.csv'))!, body)).toBe(0)
  })

  it('keeps its own copy of a body', async () => {
    const { store } = await fresh()
    const body = Buffer.from('before') // whose slice() is a view
    await store.create('k', body)
    body.fill(0)
    const got = (await store.get('k'))!
    got.fill(0)
    expect(read(await store.get('k'))).toBe('before')
  })

  it('gives back what it was asked to keep compressed, and nothing else', async () => {
    const { store, again } = await fresh()
    const bodies = ['', 'short', 'graupel and hail\n'.repeat(5000)]
    for (const [index, body] of bodies.entries()) {
      const key = `packed/${index}.csv`
      expect(await store.create(key, text(body), { compression: 'gzip' })).toBe('created')
      expect(await store.create(key, text('x'), { compression: 'gzip' })).toBe('exists')
      expect(read(await store.get(key))).toBe(body)
      const source = (await again().open(key))!
      expect(source.byteLength).toBe(body.length)
      const target = Buffer.alloc(20)
      for (const at of [70_000, 0, body.length - 7]) {
        const count = at < 0 ? 0 : await source.read(target, at)
        expect(target.subarray(0, count).toString()).toBe(at < 0 ? '' : body.slice(at, at + 20))
      }
      source.close()
    }
  })

  it('has an object of no bytes, which is not a missing one', async () => {
    const { store } = await fresh()
    expect(await store.get('none/such')).toBeNull()
    expect(await store.open('none/such')).toBeNull()
    await store.create('empty', new Uint8Array(0))
    expect(await store.get('empty')).toHaveLength(0)
  })

  it('creates a key once: the second body is refused and the first stays', async () => {
    const { store } = await fresh()
    expect(await store.create('k', text('first'))).toBe('created')
    expect(await store.create('k', text('second'))).toBe('exists')
    expect(read(await store.get('k'))).toBe('first')
  })

  it('lets exactly one of many racing creators win, and keeps that one', async () => {
    const { store, again } = await fresh()
    const stores = [store, again(), again()]
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) => stores[n % 3]!.create('race/k', text(`body ${n}`))),
    )
    const winners = answers.flatMap((answer, n) => (answer === 'created' ? [n] : []))
    expect(winners).toHaveLength(1)
    expect(read(await store.get('race/k'))).toBe(`body ${winners[0]}`)
  })

  it('replaces a key, whether it is there or not', async () => {
    const { store, again } = await fresh()
    await store.replace('k', text('first'))
    await store.replace('k', text('second, longer'))
    expect(read(await again().get('k'))).toBe('second, longer')
  })

  it('shows readers the old body or the new, never a mixture', async () => {
    const { store, again } = await fresh()
    const bodies = [new Uint8Array(50_000).fill(1), new Uint8Array(80_000).fill(2)]
    await store.replace('k', bodies[0]!)
    const other = again()
    const seen = Promise.all(Array.from({ length: 30 }, () => other.get('k')))
    for (let n = 0; n < 10; n++) await store.replace('k', bodies[n % 2]!)
    for (const body of await seen) {
      expect(body!.every((byte) => byte === body![0])).toBe(true)
      expect([50_000, 80_000]).toContain(body!.length)
    }
  })

  it('reads any range of an opened object, and 0 bytes at its end', async () => {
    const { store } = await fresh()
    await store.create('k', text('0123456789'))
    const source = (await store.open('k'))!
    expect(source.byteLength).toBe(10)
    const at = async (size: number, position: number) => {
      const target = new Uint8Array(size)
      const count = await source.read(target, position)
      return Buffer.from(target.subarray(0, count)).toString()
    }
    expect(await at(4, 0)).toBe('0123')
    expect(await at(3, 7)).toBe('789')
    expect('89').toContain((await at(5, 8)).slice(0, 2))
    expect(await at(5, 10)).toBe('')
    expect(await at(5, 99)).toBe('')
    source.close()
    source.close()
  })

  it('deletes a key, and is silent where there is none', async () => {
    const { store } = await fresh()
    await store.create('a/k', text('x'))
    await store.delete('a/k')
    await store.delete('a/k')
    await store.delete('never/was')
    expect(await store.get('a/k')).toBeNull()
    expect(await store.create('a/k', text('again'))).toBe('created')
  })

  it('lists by key bytes, below a prefix that is a whole folder', async () => {
    const { store } = await fresh()
    const keys = ['b/1', 'a/b/c', 'a.c/x', 'a/b-c', 'a/😀', 'a/\uffee', 'a/Z', 'ab/x', 'a/b/a']
    for (const key of keys) await store.create(key, text(key))
    const list = async (prefix: string) => {
      const found: string[] = []
      for await (const { key, byteLength } of store.list(prefix)) {
        expect(byteLength).toBe(Buffer.byteLength(key))
        found.push(key)
      }
      return found
    }
    const ordered = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)))
    expect(await list('')).toEqual(ordered)
    expect(await list('a/')).toEqual(ordered.filter((key) => key.startsWith('a/')))
    expect(await list('a/b/')).toEqual(['a/b/a', 'a/b/c'])
    expect(await list('zzz/')).toEqual([])
    await expect(list('a')).rejects.toMatchObject({ code: 'INVALID' })
    await expect(list('../')).rejects.toMatchObject({ code: 'INVALID' })
  })
}

function folders(fresh: Fresh): void {
  it('names the folders right below a prefix, each once, also those that hold only a cell', async () => {
    const { store, again } = await fresh()
    for (const key of ['a/b/1', 'a/b/c/2', 'a/d.e/3', 'a/4', 'ab/5', '6', 'a/日 本/7']) {
      await store.create(key, text(key))
    }
    await store.swapCell('a/only/x.json', null, text('{}'))
    await store.swapCell('cells/deep/er/x.json', null, text('{}'))
    const below = async (prefix: string) => {
      const found: string[] = []
      for await (const name of again().folders(prefix)) found.push(name)
      return found.sort()
    }
    expect(await below('')).toEqual(['a', 'ab', 'cells'])
    expect(await below('a/')).toEqual(['b', 'd.e', 'only', '日 本'])
    expect(await below('a/b/')).toEqual(['c'])
    expect(await below('cells/deep/')).toEqual(['er'])
    expect(await below('none/')).toEqual([])
    await expect(below('a')).rejects.toMatchObject({ code: 'INVALID' })
    await expect(below('../')).rejects.toMatchObject({ code: 'INVALID' })
  })
}

function cells(fresh: Fresh): void {
  it('makes a cell once, and swaps it only with the token of its content', async () => {
    const { store, again } = await fresh()
    expect(await store.readCell('t/head.json')).toBeNull()
    expect(await store.swapCell('t/head.json', null, text('one'))).toMatchObject(SWAPPED)
    expect(await store.swapCell('t/head.json', null, text('other'))).toEqual(LOST)
    const one = (await again().readCell('t/head.json'))!
    expect(read(one.body)).toBe('one')
    expect(await store.swapCell('t/head.json', one.token, text('two'))).toMatchObject(SWAPPED)
    expect(await again().swapCell('t/head.json', one.token, text('stale'))).toEqual(LOST)
    expect(read((await again().readCell('t/head.json'))!.body)).toBe('two')
  })

  it('never gives two contents of a cell the same token', async () => {
    const { store } = await fresh()
    const tokens = new Set<string>()
    let token: string | null = null
    for (let n = 0; n < 10; n++) {
      const answer = await store.swapCell('head.json', token, text(`body ${n % 2}`))
      token = (await store.readCell('head.json'))!.token
      expect(answer).toEqual({ outcome: 'swapped', token })
      tokens.add(token)
    }
    expect(tokens.size).toBe(10)
  })

  it('lets at most one of many racing swaps land', async () => {
    const { store, again } = await fresh()
    const stores = [store, again(), again()]
    await store.swapCell('head.json', null, text('base'))
    const { token } = (await store.readCell('head.json'))!
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        stores[n % 3]!.swapCell('head.json', token, text(`${n}`)),
      ),
    )
    const landed = read((await again().readCell('head.json'))!.body)
    expect(answers.filter(({ outcome }) => outcome === 'swapped').length).toBeLessThanOrEqual(1)
    expect(answers[Number(landed)]).not.toEqual(LOST)
    for (const [n, answer] of answers.entries()) {
      if (answer.outcome === 'swapped') expect(landed).toBe(`${n}`)
    }
  })

  it('lets timers fire while somebody polls a cell', async () => {
    const { store } = await fresh()
    await store.swapCell('a/cell.json', null, text('{}'))
    let fired = false
    setTimeout(() => {
      fired = true
    }, 1)
    for (let n = 0; n < 100_000 && !fired; n++) await store.readCell('a/cell.json')
    expect(fired).toBe(true)
  })

  it('counts every increment of racing read-and-swap loops exactly once', async () => {
    const { store, again } = await fresh()
    await store.swapCell('count.json', null, text(''))
    const add = async (mine: ObjectStore, mark: string) => {
      for (;;) {
        const cell = (await mine.readCell('count.json'))!
        const marks = read(cell.body)!
        if (marks.includes(mark)) return
        const answer = await mine.swapCell('count.json', cell.token, text(`${marks}${mark}`))
        if (answer.outcome === 'swapped') return
      }
    }
    const work: Promise<void>[] = []
    for (let n = 0; n < 20; n++) work.push(add(n % 2 === 0 ? store : again(), `<${n}>`))
    await Promise.all(work)
    const marks = read((await store.readCell('count.json'))!.body)!
    for (let n = 0; n < 20; n++) expect(marks.split(`<${n}>`)).toHaveLength(2)
  })
}

function keys(fresh: Fresh): void {
  it('takes odd keys as they are', async () => {
    const { store } = await fresh()
    for (const segment of ODD_SEGMENTS) {
      const key = `odd/${segment}/k${segment.slice(0, 20)}`
      expect(await store.create(key, text(segment)), key).toBe('created')
      expect(read(await store.get(key)), key).toBe(segment)
    }
    const listed: string[] = []
    for await (const { key } of store.list('odd/')) listed.push(key)
    expect(new Set(listed).size).toBe(ODD_SEGMENTS.length)
  })

  it.each(BAD_KEYS)('refuses the key %j in every operation', async (key) => {
    const { store } = await fresh()
    const refused = { code: 'INVALID' }
    await expect(store.get(key)).rejects.toMatchObject(refused)
    await expect(store.open(key)).rejects.toMatchObject(refused)
    await expect(store.create(key, text('x'))).rejects.toMatchObject(refused)
    await expect(store.replace(key, text('x'))).rejects.toMatchObject(refused)
    await expect(store.delete(key)).rejects.toMatchObject(refused)
    await expect(store.readCell(key)).rejects.toMatchObject(refused)
    await expect(store.swapCell(key, null, text('x'))).rejects.toMatchObject(refused)
  })

  it('throws ABORTED for a signal that has fired, and does nothing', async () => {
    const { store } = await fresh()
    const signal = AbortSignal.abort()
    await expect(store.create('k', text('x'), { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    await expect(store.get('k', { signal })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await store.get('k')).toBeNull()
  })
}
