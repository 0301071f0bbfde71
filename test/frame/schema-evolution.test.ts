import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { requestScheduler } from '../../src/testing/request-scheduler.ts'
import { inVirtualTime } from '../simulation/virtual-time.ts'
import { loggedStore } from '../support/logged-store.ts'
import { runs, seed } from '../support/random.ts'

const COLUMNS = { id: t.int32(), a: t.utf8().nullable(), b: t.int32().nullable() }
const ROWS = [
  { id: 1, a: 'x', b: 10 },
  { id: 2, a: null, b: 20 },
]

async function filled(where: Parameters<typeof connect>[0] = 'memory:') {
  const lake = await connect(where)
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('t', COLUMNS)
  await table.insert(ROWS)
  return { lake, db, table }
}

describe('a change of columns', () => {
  test('writes no column file, and history names it', async () => {
    const { store, log } = loggedStore(memoryStore())
    const { table } = await filled(store)
    const before = log.length
    const more = await table.addColumns({ c: t.int64().nullable() })
    const renamed = await more.renameColumns({ a: 'b', b: 'a' })
    const fewer = await renamed.dropColumns(['a'])
    const ordered = await fewer.reorderColumns(['c', 'b'])
    expect(JSON.stringify(log.slice(before))).not.toMatch(/\/partition\d/)
    expect(await ordered.toArray()).toEqual([
      { c: null, b: 'x', id: 1 },
      { c: null, b: null, id: 2 },
    ])
    expect((await ordered.history()).map(({ operation }) => operation).slice(0, 4)).toEqual([
      'reorderColumns',
      'dropColumns',
      'renameColumns',
      'addColumns',
    ])
    expect(await ordered.verify()).toEqual([])
  })

  test('leaves older versions the columns that they had, and those of today where asked', async () => {
    const { table } = await filled()
    const dropped = await table.dropColumns(['b'])
    const now = await dropped.addColumns({ b: t.utf8().nullable() })
    await now.insert([{ id: 3, a: 'z', b: 'new' }])
    expect(await now.at({ version: 1 }, { schema: 'then' }).toArray()).toEqual(ROWS)
    expect(await now.at({ version: 1 }).toArray()).toEqual(ROWS.map((row) => ({ ...row, b: null })))
    expect(await table.toArray()).toEqual(ROWS)
    expect(await table.at({ version: 1 }).toArray()).toEqual(ROWS)
    expect(await now.filter((r) => r.b.isNull()).count()).toBe(2)
    expect(await now.filter((r) => r.b.eq('new')).count()).toBe(1)
    expect(await now.verify()).toEqual([])
  })

  test('a restore and a clone of an older version have the columns of today', async () => {
    const { table } = await filled()
    const dropped = await table.dropColumns(['b'])
    const now = await dropped.addColumns({ b: t.utf8().nullable() })
    await now.update({ set: { b: 'new' } })
    const rows = ROWS.map((row) => ({ ...row, b: null }))
    const clone = await now.clone('copy', { at: { version: 1 } })
    expect(await clone.toArray()).toEqual(rows)
    await now.restore({ version: 1 })
    expect(await now.toArray()).toEqual(rows)
    await now.vacuum({ retain: { versions: 1 } })
    expect(await now.toArray()).toEqual(rows)
    expect(await now.verify()).toEqual([])
    expect(await clone.verify()).toEqual([])
  })

  test('changes are told in the columns of the handle', async () => {
    const { table } = await filled()
    const now = await table.addColumns({ c: t.int32().nullable() })
    expect(await now.changes({ from: { version: 1 } }).count()).toBe(0)
    await now.update({ set: { c: 5 }, where: (r) => r.id.eq(1) })
    const told = await now.changes({ from: { version: 1 } }).toArray()
    expect(told.map(({ id, c, _change }) => [id, c, _change])).toEqual([
      [1, null, 'updateBefore'],
      [1, 5, 'updateAfter'],
    ])
  })

  test('a handle of other columns writes nothing', async () => {
    const { db, table } = await filled()
    const other = await db.table('t')
    const now = await other.dropColumns(['b'])
    await now.addColumns({ b: t.int32().nullable() })
    for (const write of [
      () => table.insert(ROWS),
      () => table.update({ set: { b: 1 } }),
      () => table.delete((r) => r.id.eq(1)),
      () => table.truncate(),
      () => table.restore({ version: 1 }),
      () => table.dropColumns(['a']),
      () => table.insert(ROWS),
    ]) {
      await expect(write()).rejects.toMatchObject({ code: 'CONFLICT' })
    }
    expect(await (await db.table('t')).count()).toBe(2)
  })

  test.each([
    ['a column that takes no null', (of: any) => of.addColumns({ c: t.int32() }), 'INVALID'],
    ['a name twice', (of: any) => of.addColumns({ a: t.int32().nullable() }), 'INVALID'],
    ['a name that is taken', (of: any) => of.renameColumns({ a: 'b' }), 'INVALID'],
    ['a name that is none', (of: any) => of.renameColumns({ q: 'c' }), 'NOT_FOUND'],
    ['all columns', (of: any) => of.dropColumns(['id', 'a', 'b']), 'INVALID'],
  ])('refuses %s, and nothing is committed', async (_, change, code) => {
    const { db, table } = await filled()
    await expect(change(table)).rejects.toMatchObject({ code })
    expect((await db.table('t')).version).toBe(1)
  })
})

describe('a widened column', () => {
  test('takes larger values, and what was written stays as it was, in every version', async () => {
    const lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const table = await db.createTable('t', {
      n: t.int8().default(5),
      d: t.decimal(4, 2),
      u: t.uint32(),
    })
    await table.insert([
      { n: 127, d: '99.99', u: 4_294_967_295 },
      { d: '-1.00', u: 0 },
    ])
    expect(await table.filter((r) => r.n.eq(127)).count()).toBe(1)
    const now = await table.widenColumns({
      n: t.int64().nullable(),
      d: t.decimal(38, 2),
      u: t.int64(),
    })
    await now.insert([
      { n: null, d: '1000000.00', u: -1 },
      { d: '0.00', u: 2n ** 40n },
    ])
    expect(await now.sort('d').toArray()).toEqual([
      { n: 5n, d: '-1.00', u: 0n },
      { n: 5n, d: '0.00', u: 2n ** 40n },
      { n: 127n, d: '99.99', u: 4_294_967_295n },
      { n: null, d: '1000000.00', u: -1n },
    ])
    expect(await now.filter((r) => r.n.eq(127)).count()).toBe(1)
    expect(await now.agg((r) => ({ n: r.n.max(), d: r.d.sum() })).toArray()).toEqual([
      { n: 127n, d: '1000098.99' },
    ])
    const old = [
      { n: 127, d: '99.99', u: 4_294_967_295 },
      { n: 5, d: '-1.00', u: 0 },
    ]
    expect(await table.toArray()).toEqual(old)
    const then = now.at({ version: 1 }, { schema: 'then' })
    expect(then.schema.fields.map(({ type }: { type: string }) => type)).toEqual([
      'int8',
      'decimal(4,2)',
      'uint32',
    ])
    expect(await then.toArray()).toEqual(old)
    expect(await now.at({ version: 1 }).toArray()).toEqual([
      { n: 127n, d: '99.99', u: 4_294_967_295n },
      { n: 5n, d: '-1.00', u: 0n },
    ])
    await now.update({ set: { u: 7 }, where: (r) => r.n.eq(127) })
    await now.optimize()
    await now.restore({ version: 1 })
    expect(await now.filter((r) => r.n.eq(127)).count()).toBe(1)
    expect(await now.verify()).toEqual([])
  })

  test.each([
    ['a smaller type', { n: t.int8() }],
    ['one without some of its values', { n: t.uint32() }],
    ['another scale', { d: t.decimal(12, 3) }],
    ['fewer digits', { d: t.decimal(8, 2) }],
    ['a float', { n: t.float64() }],
    ['text', { n: t.utf8() }],
    ['no null', { s: t.utf8() }],
    ['another default', { n: t.int64().default(3) }],
  ])('cannot become one of %s', async (_, to) => {
    const lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const columns = { n: t.int32(), d: t.decimal(10, 2), s: t.utf8().nullable() }
    const table: any = await db.createTable('t', columns)
    await expect(table.widenColumns(to)).rejects.toMatchObject({ code: 'INVALID' })
    expect((await db.table('t')).version).toBe(0)
  })
})

describe('beside a change of columns', () => {
  test('an old handle clones, tags and optimizes what it sees', async () => {
    const { db, table } = await filled()
    await table.insert([{ id: 3 }])
    await (await db.table('t')).addColumns({ c: t.int32().default(1) })
    await table.tag('before')
    const clone = await table.clone('copy')
    expect(await clone.count()).toBe(3)
    await table.optimize()
    expect(await table.count()).toBe(3)
    const now = await db.table('t')
    expect(
      await now
        .at({ tag: 'before' })
        .agg((r: any) => ({ c: r.c.sum() }))
        .toArray(),
    ).toEqual([{ c: 3n }])
    expect(await now.verify()).toEqual([])
  })

  test('a conflict names the change and its version', async () => {
    const { db, table } = await filled()
    await (await db.table('t')).renameColumns({ a: 'z' })
    await expect(table.insert(ROWS)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/version 2, by renameColumns/),
      facts: { version: 2, operation: 'renameColumns' },
    })
  })

  test('a trimmed log still has the files of a dropped column', async () => {
    const { db, table } = await filled()
    for (let n = 0; n < 150; n++) await table.write([{ id: n, b: n }], { mode: 'overwrite' })
    const last = table.version
    const now = await table.dropColumns(['b'])
    await now.vacuum({ retain: { versions: 2 } })
    const then = (await db.table('t')).at({ version: last }, { schema: 'then' })
    expect(await then.toArray()).toEqual([{ id: 149, a: null, b: 149 }])
    expect(await now.verify()).toEqual([])
  })

  test('a vacuum forgets what no version has any more, and a name that comes again gets another folder', async () => {
    const store = memoryStore()
    const { db, table } = await filled(store)
    const head = async () => {
      const cell = await store.readCell('a/b/t/_table/head.json')
      return JSON.parse(Buffer.from(cell!.body).toString())
    }
    const filesOf = async (folder: string) => {
      const keys: string[] = []
      for await (const { key } of store.list(`a/b/t/${folder}/`)) keys.push(key)
      return keys
    }
    const dropped = await table.dropColumns(['b'])
    const clone = await dropped.clone('copy', { at: { version: 1 } })
    await dropped.insert([{ id: 3, a: 'z' }])
    await dropped.vacuum({ retain: { versions: 1 } })
    expect(await head()).toMatchObject({ retainedFrom: 1, dropped: [{ name: 'b' }] })
    expect(await filesOf('b')).toHaveLength(2)
    await db.dropTable('copy')
    await db.vacuum({ retain: '0s' })
    // The clone's pin goes with the next vacuum of its source.
    await dropped.vacuum({ retain: { versions: 100 } })
    const { keys } = await dropped.vacuum({ retain: { versions: 1 }, dryRun: true })
    expect(keys.filter((key) => key.startsWith('a/b/t/b/')).sort()).toEqual(await filesOf('b'))
    await dropped.vacuum({ retain: { versions: 1 } })
    expect(await filesOf('b')).toEqual([])
    expect(await head()).not.toHaveProperty('dropped')
    const now = await dropped.addColumns({ b: t.int64().default(5n) })
    await now.insert([{ id: 4 }, { id: 5, b: 6n }])
    expect((await head()).columns.map((of: any) => of.folder)).toEqual(['id', 'a', 'b!-4'])
    expect((await now.toArray()).map(({ b }) => b)).toEqual([5n, 5n, 5n, 5n, 6n])
    expect(await now.verify()).toEqual([])
    await expect(clone.toArray()).rejects.toThrow()
    const late = table.insert([{ id: 9 }])
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  const changes: [string, (of: any) => Promise<any>][] = [
    ['addColumns', (of) => of.addColumns({ c: t.int32().default(9) })],
    ['renameColumns', (of) => of.renameColumns({ a: 'z' })],
    ['dropColumns', (of) => of.dropColumns(['b'])],
    ['reorderColumns', (of) => of.reorderColumns(['b'])],
    ['widenColumns', (of) => of.widenColumns({ id: t.int64() })],
  ]
  test.each(changes)(
    '%s and appends at once, in any order: what was acknowledged is there once',
    async (_, change) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0 }), fc.integer({ min: 1, max: 3 }), raced),
        { numRuns: runs(15), seed },
      )

      async function raced(raceSeed: number, count: number) {
        const bare = memoryStore()
        const { db } = await filled(bare)
        const ends = await inVirtualTime({ seed: raceSeed, passing: false }, async ({ pass }) => {
          const scheduler = requestScheduler(raceSeed, { idle: () => void pass() })
          const actor = (name: string, work: (of: any) => Promise<unknown>) => async () => {
            const lake = await connect(scheduler.store(bare, name))
            await work(await (await lake.database('a/b')).table('t'))
            await lake.close()
          }
          const appends = Array.from({ length: count }, (_, n) =>
            actor(`append ${n}`, (of) => of.insert([{ id: 100 + n }])),
          )
          return scheduler.run([...appends, actor('change', change)])
        })
        const ids = ends.slice(0, -1).flatMap((end, n) => {
          if (end.status === 'fulfilled') return [100 + n]
          expect(end.reason).toMatchObject({ code: 'CONFLICT' })
          return []
        })
        expect(ends.at(-1)).toMatchObject({ status: 'fulfilled' })
        const now = await db.table('t')
        const found = (await now.toArray()).map((row: any) => Number(row.id))
        expect(found.sort((x, y) => x - y)).toEqual([1, 2, ...ids])
        expect(await now.verify()).toEqual([])
      }
    },
  )
})

type Value = string | number | null
type State = { columns: string[]; rows: Record<string, Value>[] }

const step = fc.record({
  kind: fc.constantFrom(
    ...([
      'insert',
      'update',
      'delete',
      'add',
      'rename',
      'drop',
      'reorder',
      'optimize',
      'vacuum',
    ] as const),
  ),
  pick: fc.nat(1000),
})

/** Does the steps on a table and on plain rows, which have to be equal after every one. */
async function compare(where: string, steps: readonly { kind: string; pick: number }[]) {
  const { lake, db, table } = await filled(where)
  await using _ = lake
  let of: any = table
  let now: State = { columns: ['id', 'a', 'b'], rows: ROWS }
  const past = new Map<number, State>([
    [0, { columns: now.columns, rows: [] }],
    [1, now],
  ])
  const ids = new Map(now.columns.map((name) => [name, name]))
  const defaults = new Map<string, Value>()
  let fresh = 0
  for (const { kind, pick } of steps) {
    const others = now.columns.filter((name) => name !== 'id')
    const name = others[pick % Math.max(1, others.length)]
    const set = (rows: State['rows']) => ({ ...now, rows })
    if (kind === 'insert') {
      const row: Record<string, Value> = { id: pick }
      for (const key of others) row[key] = defaults.get(ids.get(key)!) ?? null
      await of.insert([{ id: pick }])
      now = set([...now.rows, row])
    } else if (kind === 'update' && name !== undefined) {
      const isText = ids.get(name) === 'a'
      const value = isText ? `v${pick}` : pick
      await of.update({ set: { [name]: value }, where: (r: any) => r.id.lt(pick) })
      now = set(
        now.rows.map((row) => ((row['id'] as number) < pick ? { ...row, [name]: value } : row)),
      )
    } else if (kind === 'delete') {
      await of.delete((r: any) => r.id.eq(pick % 3))
      now = set(now.rows.filter((row) => row['id'] !== pick % 3))
    } else if (kind === 'add') {
      const added = now.columns.includes('b') ? `n${fresh++}` : 'b'
      const value = pick % 2 === 0 ? null : pick
      const type = t.int32()
      of = await of.addColumns({ [added]: value === null ? type.nullable() : type.default(value) })
      ids.set(added, `#${fresh}`)
      defaults.set(`#${fresh++}`, value)
      now = {
        columns: [...now.columns, added],
        rows: now.rows.map((row) => ({ ...row, [added]: value })),
      }
    } else if (kind === 'rename' && name !== undefined) {
      const to = `r${fresh++}`
      of = await of.renameColumns({ [name]: to })
      ids.set(to, ids.get(name)!)
      const renamed = ({ [name]: value, ...row }: Record<string, Value>) => ({
        ...row,
        [to]: value!,
      })
      now = {
        columns: now.columns.map((key) => (key === name ? to : key)),
        rows: now.rows.map(renamed),
      }
    } else if (kind === 'drop' && name !== undefined) {
      of = await of.dropColumns([name])
      const without = ({ [name]: _gone, ...row }: Record<string, Value>) => row
      now = {
        columns: others.filter((key) => key !== name).concat('id'),
        rows: now.rows.map(without),
      }
    } else if (kind === 'reorder') {
      of = await of.reorderColumns([now.columns[pick % now.columns.length]!])
    } else if (kind === 'optimize') {
      await of.optimize()
    } else if (kind === 'vacuum') {
      const { retainedFrom } = await of.vacuum({ retain: { versions: 1 + (pick % 3) } })
      for (const version of past.keys()) if (version < retainedFrom) past.delete(version)
      expect(await of.verify()).toEqual([])
    }
    past.set(of.version, now)
    const sorted = (rows: readonly object[]) =>
      rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort()
    expect(sorted(await of.toArray())).toEqual(sorted(now.rows))
    const reopened = await db.table('t')
    expect(sorted(await reopened.toArray())).toEqual(sorted(now.rows))
    const version = pick % (of.version + 1)
    const then = past.get(version)
    if (then !== undefined) {
      const read = reopened.at({ version }, { schema: 'then' })
      expect(sorted(await read.toArray())).toEqual(sorted(then.rows))
    }
  }
  expect(await of.verify()).toEqual([])
}

describe('random changes of rows and columns equal plain rows after every step', () => {
  test('in memory', async () => {
    const steps = fc.array(step, { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(steps, (of) => compare('memory:', of)),
      { numRuns: runs(30), seed },
    )
  })

  test('on a local disk', async () => {
    const root = await mkdtemp(join(tmpdir(), 'graupel-'))
    let lake = 0
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), (of) =>
          compare(join(root, `${lake++}`), of),
        ),
        { numRuns: runs(5), seed },
      )
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})

describe('a default', () => {
  const wide = {
    n: t.int64().default(7),
    d: t.decimal(6, 2).default('1.50'),
    s: t.utf8().default('it, "is"').nullable(),
    f: t.float64().default(Number.NaN),
    yes: t.bool().default(true),
    at: t.timestamp().default('2026-01-31T00:00:00'),
    raw: t.binary().default(Uint8Array.of(0, 255)),
    j: t.json().default({ a: [1] }),
  }
  const values = {
    n: 7n,
    d: '1.50',
    s: 'it, "is"',
    f: Number.NaN,
    yes: true,
    at: new Date('2026-01-31T00:00:00Z'),
    raw: Uint8Array.of(0, 255),
    j: { a: [1] },
  }

  test('stands in rows that leave the column out, however they are brought', async () => {
    const lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const table = await db.createTable('t', { id: t.int32(), ...wide })
    await table.insert([{ id: 1 }, { id: 2, s: null }, { id: 3, n: undefined, s: 'own' }])
    await table.insert({ id: [4] })
    await table.write(lake.from({ id: [5] }).select((r) => ({ id: r.id.cast(t.int32()) })))
    await table.merge(
      lake.from([{ id: 6 }]).select((r) => ({ id: r.id.cast(t.int32()) })),
      {
        on: 'id',
        whenNotMatched: { insert: { id: (r) => r.id } },
      },
    )
    await table.load(Readable.from(['id\n7\n']), { format: 'csv' })
    await table.load(Readable.from(['{"id":8}\n{"id":9,"s":null}\n']), { format: 'ndjson' })
    const rows = await table.sort('id').toArray()
    expect(rows).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((id) => {
        const s = id === 2 || id === 9 ? null : id === 3 ? 'own' : values.s
        return { id, ...values, s }
      }),
    )
    await expect(table.insert([{ id: 1, n: null as never }])).rejects.toMatchObject({
      code: 'INVALID',
      facts: { column: 'n', row: 0 },
    })
  })

  test('of an added column stands in all rows that there are, without a file', async () => {
    const { store, log } = loggedStore(memoryStore())
    const { db, table } = await filled(store)
    const before = log.length
    const now = await table.addColumns(wide)
    expect(await now.sort('id').toArray()).toEqual(ROWS.map((row) => ({ ...row, ...values })))
    expect(JSON.stringify(log.slice(before))).not.toMatch(/\/n\/partition\d/)
    const reopened = await db.table('t')
    expect(await reopened.filter((r) => r.n.eq(7)).count()).toBe(2)
    expect(await reopened.filter((r) => r.n.gt(7)).count()).toBe(0)
    expect(await reopened.filter((r) => r.s.str.contains('"is"').and(r.id.gt(1))).count()).toBe(1)
    expect(await reopened.filter((r) => r.d.add(r.id).eq('2.50')).toArray()).toHaveLength(1)
    const figures = (of: any) => ({ min: of.n.min(), max: of.d.max(), sum: of.d.sum() })
    expect(await reopened.agg(figures).toArray()).toEqual([{ min: 7n, max: '1.50', sum: '3.00' }])
    await now.update({ set: { n: 8 }, where: (r) => r.id.eq(1) })
    await now.insert([{ id: 3, d: '9.00' }])
    await now.optimize()
    const texts = await now.sort('id').toArray()
    expect(texts.map(({ n, d, s }) => [n, d, s])).toEqual([
      [8n, '1.50', values.s],
      [7n, '1.50', values.s],
      [7n, '9.00', values.s],
    ])
    expect(await now.at({ version: 1 }).sort('id').toArray()).toEqual(
      ROWS.map((row) => ({ ...row, ...values })),
    )
    const clone = await now.clone('copy', { at: { version: 1 } })
    expect(await clone.filter((r) => r.d.eq('1.50')).count()).toBe(2)
    await now.restore({ version: 1 })
    expect(await now.filter((r) => r.n.eq(7)).count()).toBe(2)
    expect(await now.verify()).toEqual([])
    expect(await clone.verify()).toEqual([])
  })

  test('answers filters and figures from metadata alone', async () => {
    const { store, log } = loggedStore(memoryStore())
    const { table } = await filled(store)
    const now = await table.addColumns({ n: t.int32().default(5) })
    await now.count()
    const before = log.length
    expect(await now.filter((r) => r.n.gt(5)).count()).toBe(0)
    expect(await now.agg((r) => ({ n: r.n.sum(), least: r.n.min() })).toArray()).toEqual([
      { n: 10n, least: 5 },
    ])
    expect(JSON.stringify(log.slice(before))).not.toMatch(/\/partition\d/)
  })

  test.each([
    ['a value of another type', () => t.int32().default('x' as never)],
    ['one out of range', () => t.int8().default(200)],
    [
      'null',
      () =>
        t
          .int32()
          .nullable()
          .default(null as never),
    ],
    ['a long text', () => t.utf8().default('x'.repeat(2000))],
  ])('cannot be %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })
})
