import { type ConnectOptions, type Database, type Lake, t } from '../../src/index.ts'
import { EXPIRED, type LakeState, PATH, type TableState } from './lake-state.ts'

/** One writing operation, and the states that a lake goes through in it. */
export interface Scenario {
  /** The method of the public face that it is about, and in which case. */
  readonly name: string
  prepare(lake: Lake): Promise<void>
  run(lake: Lake): Promise<unknown>
  /** The states after each of its steps; the last is that of an operation that was acknowledged. */
  steps(before: LakeState): LakeState[]
  /** Whether it may fail after it took effect: it reads afterwards, or may be done again. */
  readonly mayFailLate?: true
  /** How the lake is connected to. */
  readonly connect?: ConnectOptions
  /** Whether faults are drawn from all that there are: it is long, or much like another. */
  readonly sampled?: true
  /** Whether the table may have other columns after it: the next writer takes them as they are. */
  readonly changesColumns?: true
}

export const COLUMNS = { id: t.int64(), customer: t.utf8().nullable() }

/** Rows `from` to `from + count - 1`; each third has no customer. */
export const rowsOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => {
    const id = from + n
    return { id: BigInt(id), customer: id % 3 === 0 ? null : `c${id}` }
  })

const textOf = (from: number, count: number) =>
  rowsOf(from, count)
    .map(({ id, customer }) => `${id}:${customer}`)
    .join(' ')

const csvOf = (from: number, count: number) => {
  const lines = rowsOf(from, count).map(({ id, customer }) => `${id},${customer ?? '\\N'}`)
  return `id,customer\n${lines.join('\n')}\n`
}

async function* bytesOf(text: string) {
  yield Buffer.from(text)
}

const database = (lake: Lake): Promise<Database> => lake.database(PATH, { create: true })
const orders = async (lake: Lake) => (await database(lake)).table('orders', COLUMNS)

async function twoCommits(lake: Lake, options = {}): Promise<void> {
  const table = await (await database(lake)).createTable('orders', COLUMNS, options)
  await table.insert(rowsOf(0, 5))
  await table.insert(rowsOf(5, 3))
}

/** Two commits of a table that keeps a key, a check and an identity besides. */
async function keyed(lake: Lake): Promise<void> {
  const columns = { ...COLUMNS, number: t.int64().identity() }
  const table = await (await database(lake)).createTable('orders', columns, {
    partitionRows: 3,
    primaryKey: ['id'],
    checks: { 'not negative': (o) => o.id.gte(0) },
  })
  await table.insert(rowsOf(0, 5))
  await table.insert(rowsOf(5, 3))
}

const keyedOrders = async (lake: Lake) => (await database(lake)).table('orders')

async function withNote(lake: Lake): Promise<void> {
  await twoCommits(lake)
  await (await orders(lake)).addColumns({ note: t.utf8().nullable() })
}

/** One version more, of the same rows. */
function sameRows(state: LakeState): LakeState[] {
  const versions = state!.orders as readonly string[]
  return [{ ...state, orders: [...versions, versions.at(-1)!] }]
}

/** `state` after rows were added to `orders`, which is made when it is missing. */
export function appended(state: LakeState, from: number, count: number): LakeState {
  const versions = (state?.orders ?? ['']) as readonly string[]
  const last = versions.at(-1)!
  const text = textOf(from, count)
  return { ...state, orders: [...versions, last === '' ? text : `${last} ${text}`] }
}

function overwritten(state: LakeState, from: number, count: number): LakeState {
  const versions = state!.orders as readonly string[]
  return { ...state, orders: [...versions, textOf(from, count)] }
}

/** `orders` with its versions changed. */
function changed(state: LakeState, change: (versions: readonly string[]) => string[]): LakeState {
  return { ...state, orders: change(state!.orders as readonly string[]) }
}

/** Rows 0 to `count - 1`, each by a commit of its own, all of them in commit records. */
async function smallCommits(lake: Lake, count: number): Promise<void> {
  const table = await (await database(lake)).createTable('orders', COLUMNS)
  for (let n = 0; n < count; n++) await table.insert(rowsOf(n, 1))
}

const RECORDS = { connect: { smallWrites: 'records' } } as const

/** `orders`, and a table beside it with the first of its rows. */
async function twoTables(lake: Lake, beside: string): Promise<void> {
  await twoCommits(lake)
  const table = await (await database(lake)).createTable(beside, COLUMNS)
  await table.insert(rowsOf(0, 2))
}

/** Rows for both tables; the heads change in the order of their names. */
const writeBoth = (lake: Lake, beside: string) =>
  lake.transaction(async (tx) => {
    const into = await tx.table(PATH, 'orders', COLUMNS)
    const other = await tx.table(PATH, beside, COLUMNS)
    await into.insert(rowsOf(10, 2))
    await other.insert(rowsOf(50, 3))
    await into.insert(rowsOf(12, 2))
  })

function bothAppended(state: LakeState, beside: string): LakeState {
  const versions = state![beside] as readonly string[]
  const text = `${versions.at(-1)} ${textOf(50, 3)}`
  return { ...appended(state, 10, 4), [beside]: [...versions, text] }
}

/** `orders` with rows of the newest version replaced: those that `change` answers null for go. */
function rewritten(
  state: LakeState,
  change: (row: string) => string | null,
  added: readonly string[] = [],
): LakeState {
  return changed(state, (versions) => {
    const rows = versions.at(-1)!.split(' ').map(change)
    const kept = [...rows.filter((row) => row !== null), ...added]
    kept.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    return [...versions, kept.join(' ')]
  })
}

const idOf = (row: string) => Number.parseInt(row, 10)

const made = (state: LakeState): LakeState => ({ ...state, orders: [''] })

export const NEXT = { from: 900, count: 3 }

/** What a writer that comes later does: it ends what was half done and adds rows. */
export async function nextWrite(lake: Lake, { changesColumns }: Scenario): Promise<void> {
  const db = await database(lake)
  const table = changesColumns
    ? await db.table('orders')
    : await db.createTable('orders', COLUMNS, { ifNotExists: true })
  await table.insert(rowsOf(NEXT.from, NEXT.count))
}

export function withNext(state: LakeState): LakeState {
  const half: TableState | undefined = state?.orders
  const from = half === 'dropping' ? { ...state, orders: [''] } : state
  return appended(from, NEXT.from, NEXT.count)
}

/** Makes the view of the rows with an id below `end`. */
const viewBelow = async (lake: Lake, end: number) =>
  (await database(lake)).createView(
    'low',
    (await orders(lake)).filter((o) => o.id.lt(end)),
    { orReplace: true },
  )

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'Lake.database, new',
    prepare: async () => {},
    run: database,
    steps: () => [{}],
  },
  {
    name: 'Database.createTable',
    prepare: async (lake) => void (await database(lake)),
    run: async (lake) => (await database(lake)).createTable('orders', COLUMNS),
    steps: (before) => [made(before)],
  },
  {
    name: 'Table.insert',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).insert(rowsOf(10, 4)),
    steps: (before) => [appended(before, 10, 4)],
  },
  {
    name: 'Table.insert, several partitions of a clustered table',
    prepare: (lake) => twoCommits(lake, { partitionRows: 2, clusterBy: ['id'] }),
    run: async (lake) => (await orders(lake)).insert(rowsOf(10, 5).reverse()),
    steps: (before) => [appended(before, 10, 5)],
  },
  {
    name: 'Table.insert, twice in a row',
    prepare: twoCommits,
    run: async (lake) => {
      const table = await orders(lake)
      await table.insert(rowsOf(10, 2))
      await table.insert(rowsOf(12, 2))
    },
    steps: (before) => [appended(before, 10, 2), appended(appended(before, 10, 2), 12, 2)],
    sampled: true,
  },
  {
    name: 'Table.insert, the 65th, which folds the log',
    prepare: async (lake) => {
      const table = await (await database(lake)).createTable('orders', COLUMNS)
      for (let n = 0; n < 64; n++) await table.insert(rowsOf(n, 1))
    },
    run: async (lake) => (await orders(lake)).insert(rowsOf(100, 1)),
    steps: (before) => [appended(before, 100, 1)],
    sampled: true,
  },
  {
    name: 'Table.insert, into a commit record',
    ...RECORDS,
    prepare: (lake) => smallCommits(lake, 3),
    run: async (lake) => (await orders(lake)).insert(rowsOf(10, 2)),
    steps: (before) => [appended(before, 10, 2)],
  },
  {
    name: 'Table.insert, with rows of commit records that get files',
    ...RECORDS,
    prepare: (lake) => smallCommits(lake, 63),
    run: async (lake) => {
      const table = await orders(lake)
      for (let n = 0; n < 5; n++) await table.insert(rowsOf(100 + n, 1))
    },
    steps: (before) => {
      const states = [before]
      for (let n = 0; n < 5; n++) states.push(appended(states.at(-1)!, 100 + n, 1))
      return states.slice(1)
    },
    sampled: true,
  },
  {
    name: 'Table.optimize, of rows in commit records',
    ...RECORDS,
    prepare: (lake) => smallCommits(lake, 3),
    run: async (lake) => (await orders(lake)).optimize(),
    steps: (before) => [changed(before, (versions) => [...versions, versions.at(-1)!])],
  },
  {
    name: 'Table.update, of rows in commit records',
    ...RECORDS,
    prepare: (lake) => smallCommits(lake, 3),
    run: async (lake) =>
      (await orders(lake)).update({ set: { customer: 'x' }, where: (o) => o.id.eq(1) }),
    steps: (before) => [rewritten(before, (row) => (idOf(row) === 1 ? '1:x' : row))],
  },
  {
    name: 'Table.delete, of rows in commit records',
    ...RECORDS,
    prepare: (lake) => smallCommits(lake, 4),
    run: async (lake) => (await orders(lake)).delete((o) => o.id.between(1, 2)),
    steps: (before) => [rewritten(before, (row) => ([1, 2].includes(idOf(row)) ? null : row))],
  },
  {
    name: 'Table.restore, of rows in commit records',
    ...RECORDS,
    prepare: async (lake) => {
      await smallCommits(lake, 3)
      await (await orders(lake)).delete((o) => o.id.eq(1))
    },
    run: async (lake) => (await orders(lake)).restore({ version: 3 }),
    steps: (before) => [changed(before, (versions) => [...versions, versions[3]!])],
  },
  {
    name: 'Table.merge, of rows in commit records',
    ...RECORDS,
    prepare: (lake) => smallCommits(lake, 3),
    run: async (lake) =>
      (await orders(lake)).merge(lake.from([...rowsOf(1, 1), ...rowsOf(30, 2)], COLUMNS), {
        on: 'id',
        whenMatched: { set: { customer: 'm' } },
        whenNotMatched: { insert: 'all' },
      }),
    steps: (before) => [
      rewritten(before, (row) => (idOf(row) === 1 ? '1:m' : row), textOf(30, 2).split(' ')),
    ],
    sampled: true,
  },
  {
    name: 'Table.vacuum, of rows in commit records',
    ...RECORDS,
    prepare: async (lake) => {
      await smallCommits(lake, 3)
      await (await orders(lake)).delete((o) => o.id.eq(1))
    },
    run: async (lake) => (await orders(lake)).vacuum({ retain: { versions: 1 } }),
    steps: (before) => [
      changed(before, (versions) => versions.map((rows, at) => (at < 4 ? EXPIRED : rows))),
    ],
    mayFailLate: true,
    sampled: true,
  },
  {
    name: 'Table.vacuum, which forgets a dropped column',
    prepare: async (lake) => {
      await withNote(lake)
      await (await (await database(lake)).table('orders')).dropColumns(['note'])
    },
    run: async (lake) => (await orders(lake)).vacuum({ retain: { versions: 1 } }),
    steps: (before) => [
      changed(before, (versions) => versions.map((rows, at) => (at < 4 ? EXPIRED : rows))),
    ],
    mayFailLate: true,
  },
  {
    name: 'Table.clone, of rows in commit records',
    ...RECORDS,
    prepare: (lake) => smallCommits(lake, 3),
    run: async (lake) => (await orders(lake)).clone('copy'),
    steps: (before) => [{ ...before, copy: ['', (before!.orders as readonly string[]).at(-1)!] }],
    sampled: true,
  },
  {
    name: 'Table.stream, consumed into another table',
    prepare: (lake) => twoTables(lake, 'lines'),
    run: async (lake) => {
      const stream = (await orders(lake)).stream('etl', { from: { version: 1 } })
      return stream.consume(async ({ changes }, tx) => {
        const into = await tx.table(PATH, 'lines', COLUMNS)
        await into.insert(await changes.select('id', 'customer').toArray())
      })
    },
    steps: (before) => {
      const versions = before!['lines'] as readonly string[]
      return [{ ...before, lines: [...versions, `${versions.at(-1)} ${textOf(5, 3)}`] }]
    },
    mayFailLate: true,
  },
  {
    name: 'Table.dropStream',
    prepare: async (lake) => {
      await twoCommits(lake)
      await (await orders(lake)).stream('etl').consume(() => {})
    },
    run: async (lake) => (await orders(lake)).dropStream('etl'),
    steps: (before) => [before],
  },
  {
    name: 'Table.load, a CSV',
    prepare: (lake) => twoCommits(lake, { partitionRows: 4 }),
    run: async (lake) => (await orders(lake)).load(bytesOf(csvOf(10, 6))),
    steps: (before) => [appended(before, 10, 6)],
  },
  {
    name: 'Table.load, a content that is not loaded yet beside one that is',
    prepare: async (lake) => {
      await twoCommits(lake)
      await (await orders(lake)).load(bytesOf(csvOf(10, 2)), { name: 'ten.csv' })
    },
    run: async (lake) => {
      const table = await orders(lake)
      await table.load(bytesOf(csvOf(10, 2)), { name: 'again.csv' })
      await table.load(bytesOf(csvOf(20, 3)), { name: 'twenty.csv' })
      // Whatever a first try came to, a second one adds nothing.
      await table.load(bytesOf(csvOf(20, 3)), { name: 'retry.csv' })
    },
    steps: (before) => [appended(before, 20, 3)],
    mayFailLate: true,
  },
  {
    name: 'Table.load, a content whose rows were truncated away',
    prepare: async (lake) => {
      const table = await (await database(lake)).createTable('orders', COLUMNS)
      await table.load(bytesOf(csvOf(10, 2)), { name: 'ten.csv' })
      await table.truncate()
    },
    run: async (lake) => (await orders(lake)).load(bytesOf(csvOf(10, 2)), { name: 'ten.csv' }),
    steps: (before) => [appended(before, 10, 2)],
    sampled: true,
  },
  {
    name: 'DataFrame.write, overwrite',
    prepare: twoCommits,
    run: async (lake) =>
      lake.from(rowsOf(20, 4), COLUMNS).write('orders', {
        database: await database(lake),
        mode: 'overwrite',
      }),
    steps: (before) => [overwritten(before, 20, 4)],
  },
  {
    name: 'DataFrame.write, append',
    prepare: twoCommits,
    run: async (lake) =>
      lake.from(rowsOf(20, 4), COLUMNS).write('orders', {
        database: await database(lake),
        mode: 'append',
      }),
    steps: (before) => [appended(before, 20, 4)],
    sampled: true,
  },
  {
    name: 'DataFrame.write, new table',
    prepare: async (lake) => void (await database(lake)),
    run: async (lake) =>
      lake.from(rowsOf(20, 4), COLUMNS).write('orders', { database: await database(lake) }),
    steps: (before) => [made(before), appended(made(before), 20, 4)],
  },
  {
    name: 'Database.dropTable',
    prepare: twoCommits,
    run: async (lake) => (await database(lake)).dropTable('orders'),
    steps: (before) => [{ ...before, orders: 'dropping' }, {}],
  },
  {
    name: 'Database.undropTable',
    prepare: async (lake) => {
      await twoCommits(lake)
      await (await database(lake)).dropTable('orders')
    },
    run: async (lake) => (await database(lake)).undropTable('orders'),
    steps: (before) => [
      { ...before, orders: 'dropping' },
      appended(appended(made(before), 0, 5), 5, 3),
    ],
  },
  {
    name: 'Database.createView',
    prepare: twoCommits,
    run: (lake) => viewBelow(lake, 3),
    steps: (before) => [{ ...before, 'view low': [textOf(0, 3)] }],
  },
  {
    name: 'Database.createView, in the place of another',
    prepare: async (lake) => {
      await twoCommits(lake)
      await viewBelow(lake, 3)
    },
    run: async (lake) => {
      await viewBelow(lake, 2)
      await viewBelow(lake, 1)
    },
    steps: (before) => [2, 1].map((end) => ({ ...before, 'view low': [textOf(0, end)] })),
  },
  {
    name: 'Database.dropView',
    prepare: async (lake) => {
      await twoCommits(lake)
      await viewBelow(lake, 3)
    },
    run: async (lake) => (await database(lake)).dropView('low'),
    steps: (before) => [{ orders: before!.orders! }],
  },
  {
    name: 'Database.vacuum',
    prepare: async (lake) => {
      await twoCommits(lake)
      await (await orders(lake)).clone('copy')
      const db = await database(lake)
      for (const name of ['copy', 'orders']) await db.dropTable(name)
      await twoCommits(lake)
    },
    run: async (lake) => (await database(lake)).vacuum({ retain: '0s' }),
    steps: (before) => [before],
    mayFailLate: true,
  },
  {
    name: 'Database.vacuum, of a table of which a clone reads files',
    prepare: async (lake) => {
      await twoCommits(lake)
      await (await orders(lake)).clone('copy')
      await (await database(lake)).dropTable('orders')
    },
    run: async (lake) => (await database(lake)).vacuum({ retain: '0s' }),
    steps: (before) => [before],
    mayFailLate: true,
  },
  {
    name: 'Table.restore',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).restore({ version: 1 }),
    steps: (before) => [changed(before, (versions) => [...versions, versions[1]!])],
  },
  {
    name: 'Table.restore, of rows that were updated and removed',
    prepare: async (lake) => {
      await twoCommits(lake, { partitionRows: 3 })
      const table = await orders(lake)
      await table.update({ set: { customer: 'x' }, where: (o) => o.id.eq(1) })
      await table.delete((o) => o.id.gte(4))
    },
    run: async (lake) => (await orders(lake)).restore({ version: 2 }),
    steps: (before) => [changed(before, (versions) => [...versions, versions[2]!])],
  },
  {
    name: 'Table.update',
    prepare: (lake) => twoCommits(lake, { partitionRows: 3 }),
    run: async (lake) =>
      (await orders(lake)).update({ set: { customer: 'x' }, where: (o) => o.id.between(1, 3) }),
    steps: (before) => [
      rewritten(before, (row) => (idOf(row) >= 1 && idOf(row) <= 3 ? `${idOf(row)}:x` : row)),
    ],
  },
  {
    name: 'Table.delete',
    prepare: (lake) => twoCommits(lake, { partitionRows: 3 }),
    run: async (lake) => (await orders(lake)).delete((o) => o.id.between(1, 4)),
    steps: (before) => [
      rewritten(before, (row) => (idOf(row) >= 1 && idOf(row) <= 4 ? null : row)),
    ],
  },
  {
    name: 'Table.merge',
    prepare: (lake) => twoCommits(lake, { partitionRows: 3 }),
    run: async (lake) => {
      const source = lake.from([...rowsOf(1, 2), ...rowsOf(30, 4)], COLUMNS)
      return (await orders(lake)).merge(source, {
        on: 'id',
        whenMatched: [{ when: (o) => o.id.eq(1), delete: true }, { set: { customer: 'm' } }],
        whenNotMatched: { insert: 'all' },
        whenNotMatchedBySource: { when: (o) => o.id.eq(7), delete: true },
      })
    },
    steps: (before) => [
      rewritten(
        before,
        (row) => ([1, 7].includes(idOf(row)) ? null : idOf(row) === 2 ? '2:m' : row),
        textOf(30, 4).split(' '),
      ),
    ],
  },
  {
    name: 'Table.insert, with a key, a check and an identity',
    prepare: keyed,
    changesColumns: true,
    run: async (lake) => (await keyedOrders(lake)).insert(rowsOf(10, 4)),
    steps: (before) => [appended(before, 10, 4)],
  },
  {
    name: 'Table.merge, with a key, a check and an identity',
    prepare: keyed,
    changesColumns: true,
    run: async (lake) =>
      (await keyedOrders(lake)).merge(lake.from([...rowsOf(1, 2), ...rowsOf(30, 4)], COLUMNS), {
        on: 'id',
        whenMatched: { set: { id: (o: any) => o.id.add(100) } },
        whenNotMatched: { insert: 'all' },
      }),
    steps: (before) => [
      rewritten(
        before,
        (row) => ([1, 2].includes(idOf(row)) ? row.replace(/^/, '10') : row),
        textOf(30, 4).split(' '),
      ),
    ],
  },
  {
    name: 'Table.addConstraint',
    prepare: (lake) => twoCommits(lake, { partitionRows: 3 }),
    run: async (lake) => (await orders(lake)).addConstraint('key', { primaryKey: ['id'] }),
    steps: (before) => [changed(before, (versions) => [...versions, versions.at(-1)!])],
  },
  {
    name: 'Table.dropConstraint',
    prepare: async (lake) => {
      await twoCommits(lake)
      await (await orders(lake)).addConstraint('key', { primaryKey: ['id'] })
    },
    run: async (lake) => (await orders(lake)).dropConstraint('key'),
    steps: (before) => [changed(before, (versions) => [...versions, versions.at(-1)!])],
  },
  {
    name: 'Table.restore, beside a constraint that came later',
    prepare: async (lake) => {
      await twoCommits(lake)
      await (await orders(lake)).addConstraint('key', { primaryKey: ['id'] })
    },
    run: async (lake) => (await orders(lake)).restore({ version: 1 }),
    steps: (before) => [changed(before, (versions) => [...versions, versions[1]!])],
    sampled: true,
  },
  {
    name: 'Table.truncate',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).truncate(),
    steps: (before) => [changed(before, (versions) => [...versions, ''])],
  },
  {
    name: 'Table.write, replaceWhere',
    prepare: (lake) => twoCommits(lake, { partitionRows: 3 }),
    run: async (lake) =>
      (await orders(lake)).write(rowsOf(5, 2), {
        mode: 'overwrite',
        replaceWhere: (o) => o.id.gte(5),
      }),
    steps: (before) => [rewritten(before, (row) => (idOf(row) === 7 ? null : row))],
  },
  {
    name: 'Table.write, overwrite',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).write(rowsOf(40, 2), { mode: 'overwrite' }),
    steps: (before) => [overwritten(before, 40, 2)],
    sampled: true,
  },
  {
    name: 'Table.vacuum, of files of rewritten partitions',
    prepare: async (lake) => {
      await twoCommits(lake, { partitionRows: 3 })
      const table = await orders(lake)
      await table.update({ set: { customer: 'x' }, where: (o) => o.id.eq(1) })
      await table.update({ set: { customer: 'y' }, where: (o) => o.id.eq(1) })
      await table.delete((o) => o.id.gte(7))
    },
    run: async (lake) => (await orders(lake)).vacuum({ retain: { versions: 2 } }),
    steps: (before) => [
      changed(before, (versions) => versions.map((rows, at) => (at < 4 ? EXPIRED : rows))),
    ],
    mayFailLate: true,
    sampled: true,
  },
  {
    name: 'Table.optimize, of a clustered table',
    prepare: async (lake) => {
      const options = { partitionRows: 3, clusterBy: ['id'] } as const
      const table = await (await database(lake)).createTable('orders', COLUMNS, options)
      await table.insert([...rowsOf(0, 1), ...rowsOf(4, 2)])
      await table.insert([...rowsOf(1, 3), ...rowsOf(6, 2)])
    },
    run: async (lake) => (await orders(lake)).optimize(),
    steps: (before) => [changed(before, (versions) => [...versions, versions.at(-1)!])],
  },
  {
    name: 'Table.optimize, of small partitions',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).optimize(),
    steps: (before) => [changed(before, (versions) => [...versions, versions.at(-1)!])],
  },
  {
    name: 'Table.addColumns',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).addColumns({ note: t.utf8().nullable() }),
    steps: sameRows,
    changesColumns: true,
  },
  {
    name: 'Table.addColumns, with a default',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).addColumns({ note: t.utf8().default('none') }),
    steps: sameRows,
    changesColumns: true,
    sampled: true,
  },
  {
    name: 'Table.widenColumns',
    prepare: withNote,
    run: async (lake) =>
      (await (await database(lake)).table('orders')).widenColumns({ id: t.int64().nullable() }),
    steps: sameRows,
    changesColumns: true,
  },
  {
    name: 'Table.renameColumns',
    prepare: withNote,
    run: async (lake) =>
      (await (await database(lake)).table('orders')).renameColumns({ note: 'memo' }),
    steps: sameRows,
    changesColumns: true,
  },
  {
    name: 'Table.dropColumns',
    prepare: withNote,
    run: async (lake) => (await (await database(lake)).table('orders')).dropColumns(['note']),
    steps: sameRows,
    changesColumns: true,
  },
  {
    name: 'Table.reorderColumns',
    prepare: withNote,
    run: async (lake) =>
      (await (await database(lake)).table('orders')).reorderColumns(['note', 'id']),
    steps: sameRows,
    changesColumns: true,
  },
  {
    name: 'Table.tag',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).tag('first', { version: 1 }),
    steps: (before) => [changed(before, ([a, b, ...rest]) => [a!, `${b} #first`, ...rest])],
  },
  {
    name: 'Table.untag',
    prepare: async (lake) => {
      await twoCommits(lake)
      await (await orders(lake)).tag('first', { version: 1 })
    },
    run: async (lake) => (await orders(lake)).untag('first'),
    steps: (before) => [
      changed(before, ([a, b, ...rest]) => [a!, b!.replace(' #first', ''), ...rest]),
    ],
  },
  {
    name: 'Table.vacuum',
    prepare: async (lake) => {
      await twoCommits(lake)
      const target = { database: await database(lake), mode: 'overwrite' } as const
      await lake.from(rowsOf(20, 4), COLUMNS).write('orders', target)
      await lake.from(rowsOf(30, 4), COLUMNS).write('orders', target)
    },
    run: async (lake) => (await orders(lake)).vacuum({ retain: { versions: 2 } }),
    steps: (before) => [
      changed(before, (versions) => versions.map((rows, at) => (at < 3 ? EXPIRED : rows))),
    ],
    mayFailLate: true,
  },
  {
    name: 'Table.vacuum, which trims the log',
    prepare: async (lake) => {
      const table = await (await database(lake)).createTable('orders', COLUMNS)
      for (let n = 0; n < 70; n++) await table.write(rowsOf(n, 2), { mode: 'overwrite' })
    },
    run: async (lake) => (await orders(lake)).vacuum({ retain: { versions: 2 } }),
    steps: (before) => [
      changed(before, (versions) =>
        versions.map((rows, at) => (at < versions.length - 2 ? EXPIRED : rows)),
      ),
    ],
    mayFailLate: true,
    sampled: true,
  },
  {
    name: 'Table.clone',
    prepare: twoCommits,
    run: async (lake) => (await orders(lake)).clone('copy'),
    steps: (before) => [{ ...before, copy: ['', (before!.orders as readonly string[]).at(-1)!] }],
  },
  {
    name: 'Lake.transaction, decided by the other table',
    prepare: (lake) => twoTables(lake, 'lines'),
    run: (lake) => writeBoth(lake, 'lines'),
    steps: (before) => [bothAppended(before, 'lines')],
  },
  {
    name: 'Lake.transaction, decided by the table that is written next',
    prepare: (lake) => twoTables(lake, 'parts'),
    run: (lake) => writeBoth(lake, 'parts'),
    steps: (before) => [bothAppended(before, 'parts')],
  },
  {
    name: 'Lake.transaction, one overwrites',
    prepare: (lake) => twoTables(lake, 'lines'),
    run: (lake) =>
      lake.transaction(async (tx) => {
        const into = await tx.table(PATH, 'orders', COLUMNS)
        const other = await tx.table(PATH, 'lines', COLUMNS)
        await into.overwrite(rowsOf(20, 4))
        await other.insert(rowsOf(50, 3))
      }),
    steps: (before) => {
      const { orders: rows } = overwritten(before, 20, 4)!
      return [{ ...bothAppended(before, 'lines'), orders: rows! }]
    },
    sampled: true,
  },
]
