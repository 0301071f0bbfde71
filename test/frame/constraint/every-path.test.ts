import { tableFromArrays } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { connect, type Database, type Lake, type Table, t } from '../../../src/index.ts'

const COLUMNS = {
  id: t.int64(),
  code: t.utf8().nullable(),
  amount: t.int32().nullable(),
  day: t.int32(),
  note: t.utf8(),
}

const ROWS = [
  { id: 1n, code: 'a', amount: 10, day: 1, note: 'x' },
  { id: 2n, code: null, amount: null, day: 1, note: 'y' },
  { id: 3n, code: null, amount: 30, day: 2, note: 'z' },
]

type AnyRow = Record<string, unknown>

interface Case {
  readonly name: string
  /** What the error says of the constraint; null of NOT NULL. */
  readonly constraint: string | null
  readonly columns: readonly string[]
  /** A row that no table takes which has the other. */
  readonly pair: readonly [good: AnyRow, bad: AnyRow]
  /** A row that this table does not take. */
  readonly bad: AnyRow
  /** Values that all rows cannot have. */
  readonly set: AnyRow
}

const GOOD = { id: 7n, code: 'g', amount: 1, day: 7, note: 'g' }
const BAD_DAY = 5

const CASES: readonly Case[] = [
  {
    name: 'NOT NULL',
    constraint: null,
    columns: ['note'],
    pair: [GOOD, { id: 8n, code: 'h', amount: 1, day: BAD_DAY, note: null }],
    bad: { id: 8n, code: 'h', amount: 1, day: BAD_DAY, note: null },
    set: { note: null },
  },
  {
    name: 'CHECK',
    constraint: 'positive',
    columns: ['amount'],
    pair: [GOOD, { id: 8n, code: 'h', amount: -1, day: BAD_DAY, note: 'h' }],
    bad: { id: 8n, code: 'h', amount: -1, day: BAD_DAY, note: 'h' },
    set: { amount: -1 },
  },
  {
    name: 'PRIMARY KEY',
    constraint: 'primaryKey',
    columns: ['id'],
    pair: [GOOD, { id: 7n, code: 'h', amount: 1, day: BAD_DAY, note: 'h' }],
    bad: { id: 3n, code: 'h', amount: 1, day: BAD_DAY, note: 'h' },
    set: { id: 9n },
  },
  {
    name: 'UNIQUE of one column',
    constraint: 'unique(code)',
    columns: ['code'],
    pair: [GOOD, { id: 8n, code: 'g', amount: 1, day: BAD_DAY, note: 'h' }],
    bad: { id: 8n, code: 'a', amount: 1, day: BAD_DAY, note: 'h' },
    set: { code: 'q' },
  },
  {
    name: 'UNIQUE of two columns',
    constraint: 'unique(amount,note)',
    columns: ['amount', 'note'],
    pair: [GOOD, { id: 8n, code: 'h', amount: 1, day: BAD_DAY, note: 'g' }],
    bad: { id: 8n, code: 'h', amount: 30, day: BAD_DAY, note: 'z' },
    set: { amount: 1, note: 'q' },
  },
]

interface Place {
  readonly lake: Lake
  readonly db: Database
  readonly table: Table<any>
  readonly of: Case
}

const csvOf = async function* (rows: readonly AnyRow[]) {
  const lines = rows.map((row) => Object.values(row).map((value) => value ?? '\\N'))
  yield Buffer.from(['id,code,amount,day,note', ...lines.map((line) => line.join())].join('\n'))
}

const jsonOf = async function* (rows: readonly AnyRow[]) {
  const plain = rows.map((row) => ({ ...row, id: Number(row['id']) }))
  yield Buffer.from(plain.map((row) => JSON.stringify(row)).join('\n'))
}

const NULLABLE = { ...COLUMNS, note: t.utf8().nullable() }
const frameOf = (lake: Lake, rows: readonly AnyRow[]) => lake.from(rows as never, NULLABLE)
const columnsOf = (rows: readonly AnyRow[]) =>
  Object.fromEntries(Object.keys(rows[0]!).map((name) => [name, rows.map((row) => row[name])]))

/** Ways in which a row comes into a table that has rows. */
const ADDING: Record<string, (place: Place) => Promise<unknown>> = {
  'insert of rows': ({ table, of }) => table.insert([of.bad] as never),
  'insert of columns': ({ table, of }) => table.insert(columnsOf([of.bad]) as never),
  'insert of an Arrow table': ({ table, of }) => {
    const { id, amount, day, code, note } = columnsOf([of.bad])
    const numbers = {
      id: BigInt64Array.from(id as bigint[]),
      amount: Int32Array.from(amount as number[]),
      day: Int32Array.from(day as number[]),
    }
    return table.insert(tableFromArrays({ ...numbers, code, note } as never) as never)
  },
  'load of CSV': ({ table, of }) => table.load(csvOf([of.bad])),
  'load of JSON lines': ({ table, of }) => table.load(jsonOf([of.bad]), { format: 'ndjson' }),
  'write, append': ({ table, of }) => table.write([of.bad] as never),
  'write of a frame by name': ({ lake, db, of }) =>
    frameOf(lake, [of.bad]).write('items', { database: db, mode: 'append' }),
  'write, replaceWhere': ({ table, of }) =>
    table.write([of.bad] as never, {
      mode: 'overwrite',
      replaceWhere: (o: any) => o.day.eq(BAD_DAY),
    }),
  'merge that adds': ({ lake, table, of }) => {
    const values = (name: string) => [name, (o: any) => o[`s_${name}`]] as const
    const names = Object.keys(COLUMNS)
    const source = frameOf(lake, [of.bad]).rename(
      Object.fromEntries(names.map((name) => [name, `s_${name}`])) as never,
    )
    return table.merge(
      source as never,
      {
        on: [['day', 's_day']],
        whenNotMatched: { insert: Object.fromEntries(names.map(values)) },
      } as never,
    )
  },
  'transaction, insert': ({ lake, of }) =>
    lake.transaction(async (tx) => {
      await (await tx.table('a/b', 'items')).insert([of.bad])
    }),
  'transaction, load': ({ lake, of }) =>
    lake.transaction(async (tx) => {
      await (await tx.table('a/b', 'items')).load(csvOf([of.bad]))
    }),
  'insert into a clone': async ({ table, of }) => {
    const clone = await table.clone('copy')
    try {
      await clone.insert([of.bad] as never)
    } finally {
      expect(await clone.toArray()).toEqual(ROWS)
    }
  },
  'insert into a table that was dropped and is back': async ({ db, of }) => {
    await db.dropTable('items')
    return (await db.undropTable('items')).insert([of.bad])
  },
  'insert through a handle of long ago': async ({ db, table, of }) => {
    const old = await db.table('items')
    await table.update({ set: { day: 1 }, where: (o: any) => o.id.eq(1) })
    await table.update({ set: { day: 1 }, where: (o: any) => o.id.eq(3) })
    await table.update({ set: { day: 2 }, where: (o: any) => o.id.eq(3) })
    return old.insert([of.bad])
  },
}

/** Ways in which rows meet each other only. */
const TOGETHER: Record<string, (place: Place) => Promise<unknown>> = {
  'insert of both': ({ table, of }) => table.insert(of.pair as never),
  'load of both': ({ table, of }) => table.load(csvOf(of.pair)),
  'write, overwrite': ({ table, of }) => table.write(of.pair as never, { mode: 'overwrite' }),
  'overwrite by name': ({ lake, db, of }) =>
    frameOf(lake, of.pair).write('items', { database: db, mode: 'overwrite' }),
  'transaction, two inserts': ({ lake, of }) =>
    lake.transaction(async (tx) => {
      for (const row of of.pair) await (await tx.table('a/b', 'items')).insert([row])
    }),
  'transaction, overwrite and insert': ({ lake, of }) =>
    lake.transaction(async (tx) => {
      await (await tx.table('a/b', 'items')).overwrite([of.pair[0]])
      await (await tx.table('a/b', 'items')).insert([of.pair[1]])
    }),
  'merge that adds both': ({ lake, table, of }) => {
    const source = frameOf(lake, of.pair)
    const clause = { insert: 'all' } as const
    return table.merge(source as never, { on: 'day', whenNotMatched: clause } as never)
  },
}

const CHANGING: Record<string, (place: Place) => Promise<unknown>> = {
  update: ({ table, of }) => table.update({ set: of.set }),
  'merge that sets': ({ lake, table, of }) => {
    const source = lake.from([{ k: 1 }, { k: 2 }], { k: t.int32() })
    const on = [['day', 'k']] as const
    return table.merge(source, { on, whenMatched: { set: of.set } } as never)
  },
  'merge that sets what has no source row': ({ lake, table, of }) => {
    const source = lake.from([{ day: 99 }], { day: t.int32() })
    const change = { on: 'day', whenNotMatchedBySource: { set: of.set } }
    return table.merge(source, change as never)
  },
}

async function place(of: Case): Promise<Place> {
  const lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('items', COLUMNS, {
    partitionRows: 2,
    primaryKey: ['id'],
    unique: [['code'], ['amount', 'note']],
    checks: { positive: (o) => o.amount.gt(0) },
  })
  await table.insert(ROWS)
  return { lake, db, table: table as Table<any>, of }
}

describe('each constraint refuses on each path, and nothing of the write is there', () => {
  for (const of of CASES) {
    const paths = { ...ADDING, ...TOGETHER, ...CHANGING }
    for (const [name, path] of Object.entries(paths)) {
      test(`${of.name}: ${name}`, async () => {
        const where = await place(of)
        const error = await path(where).then(
          () => undefined,
          (thrown: unknown) => thrown as { facts: Record<string, unknown> },
        )
        expect(error).toMatchObject({ name: 'GraupelError', code: 'INVALID' })
        if (of.constraint !== null) {
          expect(error!.facts).toMatchObject({ constraint: of.constraint, columns: of.columns })
          expect(error!.facts['value']).toBeDefined()
          if (name.startsWith('load')) {
            expect(error!.facts).toMatchObject({ file: '(stream)', line: expect.any(Number) })
          }
        } else expect(JSON.stringify(error!.facts)).toContain('note')
        const now = await where.db.table('items')
        expect((await now.sort('id').toArray()).map((row: any) => row.id)).toEqual([1n, 2n, 3n])
        expect(await now.verify()).toEqual([])
        await where.lake.close()
      })
    }
  }
})

describe('what keeps every constraint is taken on each path', () => {
  for (const [name, path] of Object.entries({ ...ADDING, ...TOGETHER })) {
    test(name, async () => {
      const where = await place({
        ...CASES[0]!,
        bad: { ...GOOD, day: BAD_DAY },
        pair: [GOOD, { ...GOOD, id: 8n, code: null, note: 'other' }],
      })
      const work = path(where)
      if (name === 'insert into a clone') await expect(work).rejects.toThrow(/to deeply equal/)
      else await work
      await where.lake.close()
    })
  }
})
