import { describe, expect, test } from 'vitest'
import { connect, type GraupelError, t } from '../../../src/index.ts'
import { memoryStore } from '../../../src/io/memory-store.ts'
import { loggedStore, type Request } from '../../support/logged-store.ts'

const COLUMNS = { id: t.int64(), code: t.utf8().nullable(), amount: t.decimal(9, 2).nullable() }

const rowsOf = (...ids: number[]) =>
  ids.map((id) => ({ id: BigInt(id), code: `c${id}`, amount: `${id}.00` }))

async function items(options = {}, store = memoryStore()) {
  const lake = await connect(store)
  const db = await lake.database('acme/sales', { create: true })
  const table = await db.createTable('items', COLUMNS, options)
  return { lake, db, table, store }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: GraupelError) => error.code,
  )
const plan = async (frame: { explain(): Promise<unknown> }) => String(await frame.explain())

/** Keys of the column files that were read. */
const filesRead = (log: readonly Request[]) =>
  log
    .filter(({ operation, key }) => operation === 'open' && /partition\d+\.csv$/.test(key))
    .map(({ key }) => key)

async function* csv(text: string) {
  yield Buffer.from(text)
}

describe('a constraint', () => {
  test('is told with its columns by their names, and its condition as text', async () => {
    const { table, db } = await items({
      primaryKey: ['id'],
      unique: [['code', 'amount']],
      checks: { positive: (o: any) => o.amount.gt(0).and(o.code.ne('')) },
    })
    const expected = [
      { name: 'primaryKey', kind: 'primaryKey', columns: ['id'], check: null },
      { name: 'unique(code,amount)', kind: 'unique', columns: ['code', 'amount'], check: null },
      {
        name: 'positive',
        kind: 'check',
        columns: ['code', 'amount'],
        check: "amount > 0.00 and code != ''",
      },
    ]
    expect(table.constraints).toEqual(expected)
    expect((await db.table('items')).constraints).toEqual(expected)
  })

  test('passes null: in a check, and in a unique key as often as wanted', async () => {
    const { table } = await items({
      unique: [['code', 'amount']],
      checks: { positive: (o: any) => o.amount.gt(0) },
    })
    const nothing = { id: 1n, code: 'a', amount: null }
    await table.insert([nothing, nothing, { id: 2n, code: null, amount: '1' }])
    expect(await table.count()).toBe(3)
  })

  test('refuses a row that its check cannot be computed for', async () => {
    const { table } = await items({
      checks: { ratio: (o: any) => o.id.intDiv(o.id.sub(3)).gt(-9) },
    })
    await table.insert(rowsOf(1, 2, 4))
    const error = await table.insert(rowsOf(5, 3)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'INVALID', facts: { constraint: 'ratio', row: 1 } })
  })

  test('lets a key go with its row, and change place with another', async () => {
    const { table } = await items({ primaryKey: ['id'], partitionRows: 2 })
    await table.insert(rowsOf(1, 2, 3, 4))
    await table.update({ set: { id: (o) => o.id.neg().add(5) } })
    await table.delete((o) => o.id.eq(1))
    await table.insert(rowsOf(1))
    await table.write(rowsOf(2, 9), { mode: 'overwrite', replaceWhere: (o) => o.id.in([2n, 9n]) })
    await table.write(rowsOf(1, 2), { mode: 'overwrite' })
    expect((await table.toArray()).map(({ id }) => id)).toEqual([1n, 2n])
  })

  test('keeps what others change apart from what is new: an optimize is no conflict', async () => {
    const { table, db } = await items({ primaryKey: ['id'], partitionRows: 100 })
    for (const id of [1, 2, 3]) await table.insert(rowsOf(id))
    const old = await db.table('items', COLUMNS)
    await table.optimize()
    await table.update({ set: { amount: 1 } })
    await old.insert(rowsOf(4))
    expect(await codeOf(old.insert(rowsOf(2)))).toBe('INVALID')
  })

  test('compares floats, texts and times by value: -0 is 0, and NaN is one value', async () => {
    const { db } = await items()
    const odd = await db.createTable(
      'odd',
      { x: t.float64(), s: t.utf8(), at: t.timestamp() },
      { primaryKey: ['x', 's', 'at'] },
    )
    const at = new Date(0)
    const values = [0, 1.5, Number.NaN, Number.POSITIVE_INFINITY]
    await odd.insert(values.map((x) => ({ x, s: 'ü'.repeat(80), at })))
    for (const x of [-0, 1.5, Number.NaN]) {
      expect(await codeOf(odd.insert([{ x, s: 'ü'.repeat(80), at }]))).toBe('INVALID')
    }
    await odd.insert([{ x: Number.NaN, s: `${'ü'.repeat(79)}u`, at }])
  })
})

describe('the definition of a constraint', () => {
  const bad: [string, object, string][] = [
    ['a key of a column that is none', { primaryKey: ['idd'] }, 'NOT_FOUND'],
    ['a primary key that may be null', { primaryKey: ['code'] }, 'INVALID'],
    ['a key of no column', { primaryKey: [] }, 'INVALID'],
    ['a key with a column twice', { unique: [['id', 'id']] }, 'INVALID'],
    ['a list of columns where lists are due', { unique: ['id'] }, 'INVALID'],
    ['two constraints of a name', { unique: [['id'], ['id']] }, 'INVALID'],
    ['a check that is no callback', { checks: { x: true } }, 'INVALID'],
    ['a check that is no bool', { checks: { x: (o: any) => o.id.add(1) } }, 'INVALID'],
    ['a check with an aggregate', { checks: { x: (o: any) => o.id.sum().gt(1) } }, 'INVALID'],
    ['a check without a name', { checks: { '': (o: any) => o.id.gt(1) } }, 'INVALID'],
  ]
  test.each(bad)('%s is refused, and no table is made', async (_, options, code) => {
    const lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    expect(await codeOf(db.createTable('t', COLUMNS, options))).toBe(code)
    expect(await db.tables()).toEqual([])
  })

  test('a table that exists has to keep what is asked of it', async () => {
    const { db } = await items({ primaryKey: ['id'] })
    const again = (options: object) =>
      codeOf(db.createTable('items', COLUMNS, { ifNotExists: true, ...options }))
    expect(await again({})).toBe('done')
    expect(await again({ primaryKey: ['id'] })).toBe('done')
    expect(await again({ unique: [['code']] })).toBe('INVALID')
  })

  test('names are data', async () => {
    const { db } = await items()
    const [odd, other] = ['__proto__', 'then'] as const
    const columns = { [odd]: t.int64(), [other]: t.int64() }
    const table = await db.createTable('odd', columns, {
      primaryKey: [other],
      checks: { [odd]: (o: any) => o[odd].gt(0), constructor: (o: any) => o[other].gt(0) },
    })
    expect(table.constraints.map(({ name }) => name)).toEqual(['primaryKey', odd, 'constructor'])
    const error = await table.insert([{ [odd]: 0, [other]: 1 }] as never).catch((of) => of)
    expect(error.facts).toMatchObject({ constraint: odd, columns: [odd] })
  })
})

describe('addConstraint and dropConstraint', () => {
  test('validate all rows first, make a version, and are told in the history', async () => {
    const { table } = await items({ partitionRows: 2 })
    await table.insert(rowsOf(1, 2, 3, 3))
    const twice = table.addConstraint('key', { primaryKey: ['id'] })
    await expect(twice).rejects.toMatchObject({ code: 'INVALID', facts: { value: '3' } })
    const low = table.addConstraint('low', { check: (o) => o.amount.lt(3) })
    await expect(low).rejects.toMatchObject({ code: 'INVALID', facts: { value: '3.00' } })
    expect(table.constraints).toEqual([])
    expect(await table.addConstraint('some', { check: (o) => o.amount.lt(4) })).toBe(2)
    expect(await codeOf(table.insert(rowsOf(4)))).toBe('INVALID')
    expect(await codeOf(table.addConstraint('some', { unique: ['id'] }))).toBe('INVALID')
    expect(await table.dropConstraint('some')).toBe(3)
    await table.insert(rowsOf(4))
    expect(await codeOf(table.dropConstraint('some'))).toBe('NOT_FOUND')
    const operations = (await table.history()).map(({ operation }) => operation)
    expect(operations.slice(1, 3)).toEqual(['drop constraint some', 'add constraint some'])
  })

  test('read only where the metadata leave a doubt', async () => {
    const bare = memoryStore()
    await items({ partitionRows: 2 }, bare).then(async ({ table, lake }) => {
      await table.insert(rowsOf(1, 2, 3, 4, 50, 60))
      await lake.close()
    })
    const { store, log } = loggedStore(bare)
    const lake = await connect(store)
    const table = await (await lake.database('acme/sales')).table('items', COLUMNS)
    const before = log.length
    await table.addConstraint('low', { check: (o) => o.amount.lt(51).or(o.amount.eq(60)) })
    expect(filesRead(log.slice(before))).toEqual(['acme/sales/items/amount/partition3.csv'])
  })

  test('a writer that staged before is refused', async () => {
    const { table, db } = await items()
    const old = await db.table('items', COLUMNS)
    await table.addConstraint('key', { primaryKey: ['id'] })
    expect(await codeOf(old.insert(rowsOf(1)))).toBe('CONFLICT')
  })
})

describe('older rows', () => {
  test('a version before a constraint is not taken for one that keeps it', async () => {
    const { table, db } = await items()
    await table.insert([...rowsOf(1, 1), ...rowsOf(2)])
    await table.delete((o) => o.id.eq(1))
    await table.addConstraint('key', { primaryKey: ['id'] })
    const old = table.at({ version: 1 }).select('id')
    expect((await old.distinct().toArray()).map(({ id }) => id)).toEqual([1n, 2n])
    expect(await plan(old.distinct())).toMatch(/aggregate|distinct|group/i)
    expect(await plan(table.select('id').distinct())).not.toMatch(/aggregate|distinct|group/i)
    const pinned = await db.table('items', COLUMNS)
    await table.dropConstraint('key')
    await table.insert(rowsOf(2))
    expect((await table.distinct('id').toArray()).map(({ id }) => id)).toEqual([2n])
    expect((await pinned.select('id').distinct().toArray()).map(({ id }) => id)).toEqual([2n])
  })

  test('are restored only if they keep what came later', async () => {
    const { table } = await items()
    await table.insert(rowsOf(1, 1))
    await table.delete((o) => o.id.eq(1))
    await table.insert(rowsOf(2))
    await table.addConstraint('key', { primaryKey: ['id'] })
    const error = await table.restore({ version: 1 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'INVALID', facts: { constraint: 'key', value: '1' } })
    await table.restore({ version: 3 })
    expect(await codeOf(table.insert(rowsOf(2)))).toBe('INVALID')
  })

  test('are cloned with the constraints of then', async () => {
    const { table } = await items({ checks: { positive: (o: any) => o.amount.gt(0) } })
    await table.insert(rowsOf(1, 1))
    await table.delete((o) => o.id.eq(1))
    await table.addConstraint('key', { primaryKey: ['id'] })
    const then = await table.clone('then', { at: { version: 1 } })
    expect(then.constraints.map(({ name }) => name)).toEqual(['positive'])
    const now = await table.clone('now')
    expect(now.constraints.map(({ name }) => name)).toEqual(['positive', 'key'])
    await now.insert(rowsOf(1))
    expect(await codeOf(now.insert(rowsOf(1)))).toBe('INVALID')
  })
})

describe('a load', () => {
  const text = 'id,code,amount\n7,a,1\n8,b,-1\n7,c,1\n1,d,1\n9,e,x\n9,f,2\n'
  const options = {
    primaryKey: ['id'],
    checks: { positive: (o: any) => o.amount.gt(0) },
  }

  test('tells the line of the first row that is not taken', async () => {
    const { table } = await items(options)
    await table.insert(rowsOf(1))
    const error = await table
      .load(csv('id,code,amount\n7,"a\nb",1\n\n1,d,1\n'))
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'INVALID',
      facts: { file: '(stream)', line: 5, constraint: 'primaryKey', column: 'id', value: '1' },
    })
  })

  test('leaves rows out and goes on, the later of two with a key', async () => {
    const { table, lake } = await items(options)
    await table.insert(rowsOf(1))
    const told: number[] = []
    const how = { onError: 'continue', onReject: (of: { count: number }) => told.push(of.count) }
    const checked = await table.load(csv(text), { ...how, validate: true } as never)
    const result = await table.load(csv(text), how as never)
    for (const of of [checked, result]) {
      expect(of).toMatchObject({ rows: 2, rowsRejected: 4 })
      expect(of.rejects.map(({ line }) => line).sort()).toEqual([3, 4, 5, 6])
    }
    expect(told).toEqual([1, 2, 3, 4, 1, 2, 3, 4])
    expect((await table.toArray()).map(({ id }) => id)).toEqual([1n, 7n, 9n])
    await lake.transaction(async (tx) => {
      const into = await tx.table('acme/sales', 'items')
      await into.load(csv('id,code,amount\n1,a,1\n20,b,2\n20,b,2\n'), { onError: 'continue' })
    })
    expect(await (await (await lake.database('acme/sales')).table('items')).count()).toBe(4)
  })

  test('of JSON lines tells the line too', async () => {
    const { table } = await items(options)
    const lines = '{"id":1,"amount":1}\n\n{"id":2,"amount":"-2"}\n'
    const error = await table.load(csv(lines), { format: 'ndjson' }).catch((of: unknown) => of)
    expect(error).toMatchObject({ facts: { line: 3, constraint: 'positive', value: '-2.00' } })
  })
})

describe('what is read to find a key', () => {
  test('is the key columns of partitions that may have it, and nothing else', async () => {
    const bare = memoryStore()
    await items({ primaryKey: ['id'], partitionRows: 2 }, bare).then(async ({ table, lake }) => {
      await table.insert(rowsOf(1, 2, 3, 4, 5, 6, 7, 8))
      await lake.close()
    })
    const { store, log } = loggedStore(bare)
    const lake = await connect(store)
    const table = await (await lake.database('acme/sales')).table('items', COLUMNS)
    const readBy = async (work: () => Promise<unknown>) => {
      const before = log.length
      await work().catch(() => {})
      return filesRead(log.slice(before))
    }
    expect(await readBy(() => table.insert(rowsOf(100)))).toEqual([])
    const found = await readBy(() => table.insert(rowsOf(3)))
    expect(found).toEqual(['acme/sales/items/id/partition2.csv'])
  })
})

describe('rules that know keys', () => {
  test('give the same rows, with less work', async () => {
    const { table, db } = await items({ primaryKey: ['id'] })
    await table.insert(rowsOf(1, 2, 3))
    const lines = await db.createTable('lines', { of: t.int64(), price: t.int32() })
    await lines.insert([
      { of: 2n, price: 5 },
      { of: 9n, price: 6 },
      { of: 2n, price: 7 },
    ])
    const joined = lines.join(table, { on: [['of', 'id']], how: 'left' })
    expect(await joined.select('price').toArray()).toEqual([
      { price: 5 },
      { price: 6 },
      { price: 7 },
    ])
    expect(await plan(joined.select('price'))).not.toMatch(/join/i)
    expect(await plan(joined.select('price', 'code'))).toMatch(/join/i)
    const grouped = lines
      .join(table, { on: [['of', 'id']] })
      .groupBy('of', 'code', 'amount')
      .agg((o) => ({ sum: o.price.sum() }))
    expect(await grouped.toArray()).toEqual([{ of: 2n, code: 'c2', amount: '2.00', sum: 12n }])
  })
})
