import { describe, expect, it } from 'vitest'
import { connect, type Database, fn, type Lake, t, udf } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'

const COLUMNS = { id: t.int64(), customer: t.utf8().nullable(), amount: t.decimal(12, 2) }
const ROWS = [
  { id: 1n, customer: 'Ada', amount: '1.50' },
  { id: 2n, customer: null, amount: '20.00' },
  { id: 3n, customer: 'Ada', amount: '300.00' },
]

async function withOrders(work: (db: Database, lake: Lake) => Promise<void>): Promise<void> {
  await using lake = await connect('memory:')
  const db = await lake.database('acme/sales', { create: true })
  await (await db.createTable('orders', COLUMNS)).insert(ROWS)
  await work(db, lake)
}

const idsOf = (rows: readonly { id: bigint }[]) => rows.map(({ id }) => Number(id))

describe('a view', () => {
  it('answers what its frame does, of the rows that there are when it is asked', () =>
    withOrders(async (db) => {
      const orders = await db.table('orders', COLUMNS)
      const large = await db.createView(
        'large',
        orders.filter((o) => o.amount.gt(10)),
      )
      expect(idsOf(await large.toArray())).toEqual([2, 3])
      await orders.insert([{ id: 4n, customer: 'Grace', amount: '50.00' }])
      expect(idsOf(await large.toArray())).toEqual([2, 3, 4])
      const again = await db.view('large', COLUMNS)
      expect(idsOf(await again.filter((o) => o.customer.eq('Ada')).toArray())).toEqual([3])
      expect(await db.views()).toEqual(['large'])
      await db.dropView('large')
      expect(await db.views()).toEqual([])
      await expect(db.view('large')).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(large.toArray()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }))

  it('is there for whoever connects later, and moves with its lake', async () => {
    const store = memoryStore()
    {
      await using lake = await connect(store)
      const db = await lake.database('acme/sales', { create: true })
      const orders = await db.createTable('orders', {
        ...COLUMNS,
        note: t.utf8().default('none'),
      })
      await orders.insert(ROWS)
      const renamed = await orders.renameColumns({ note: 'memo' })
      await db.createView(
        'by_customer',
        renamed.groupBy('customer').agg(() => ({ n: fn.count() })),
      )
    }
    await using lake = await connect(store)
    const db = await lake.database('acme/sales')
    const view = await db.view('by_customer', { customer: t.utf8().nullable(), n: t.int64() })
    expect(await view.sort('customer').toArray()).toEqual([
      { customer: 'Ada', n: 2n },
      { customer: null, n: 1n },
    ])
    const cell = await store.readCell('acme/sales/_catalog.json')
    expect(new TextDecoder().decode(cell!.body)).not.toContain(store.url)
  })

  it('reads other views, and tables of other databases', () =>
    withOrders(async (db, lake) => {
      const crm = await lake.database('acme/crm', { create: true })
      const people = await crm.createTable('people', { customer: t.utf8(), city: t.utf8() })
      await people.insert([{ customer: 'Ada', city: 'London' }])
      const named = await db.createView('named', (await db.table('orders', COLUMNS)).dropNulls())
      const placed = await db.createView('placed', named.join(people, { on: 'customer' }))
      const totals = await crm.createView(
        'totals',
        placed.groupBy('city').agg((o) => ({ total: o.amount.sum() })),
      )
      expect(await totals.toArray()).toEqual([{ city: 'London', total: '301.50' }])
      await people.insert([{ customer: 'Ada', city: 'Paris' }])
      expect(await totals.sort('city').toArray()).toEqual([
        { city: 'London', total: '301.50' },
        { city: 'Paris', total: '301.50' },
      ])
      expect(await totals.explain()).toContain('acme/sales.orders')
    }))

  it('is refused where it would read itself, and is INVALID where views have come to', () =>
    withOrders(async (db) => {
      const orders = await db.table('orders', COLUMNS)
      const a = await db.createView('a', orders.limit(2))
      const b = await db.createView('b', a.limit(1))
      const orReplace = { orReplace: true }
      await expect(db.createView('a', b, orReplace)).rejects.toMatchObject({
        code: 'INVALID',
        message: expect.stringContaining('"a" reads "b" reads "a"'),
      })
      await expect(db.createView('a', a, orReplace)).rejects.toMatchObject({ code: 'INVALID' })
      expect(idsOf(await b.toArray())).toEqual([1])
    }))

  it('finds columns by name: more of them do no harm, others are INVALID and name the column', () =>
    withOrders(async (db) => {
      const orders = await db.table('orders', COLUMNS)
      const view = await db.createView('some', orders.select('id', 'amount'))
      const more = await orders.addColumns({ note: t.utf8().nullable() })
      const moved = await more.reorderColumns(['note', 'amount'])
      expect(await view.limit(1).toArray()).toEqual([{ id: 1n, amount: '1.50' }])
      const other = await moved.renameColumns({ id: 'number' })
      await expect(view.toArray()).rejects.toMatchObject({
        code: 'INVALID',
        message: expect.stringContaining('table "orders" has columns'),
        facts: { table: 'orders', column: 'id' },
      })
      await other.renameColumns({ number: 'id' })
      expect(await view.count()).toBe(3)
      await db.dropTable('orders')
      await expect(view.toArray()).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('view "some" reads what is not there: table "orders"'),
      })
      await (await db.createTable('orders', COLUMNS)).insert(ROWS.slice(0, 1))
      expect(await view.count()).toBe(1)
    }))

  it('takes a name that nothing else has', () =>
    withOrders(async (db) => {
      const orders = await db.table('orders', COLUMNS)
      const taken = { code: 'INVALID' }
      await expect(db.createView('orders', orders)).rejects.toMatchObject(taken)
      await expect(
        db.createView('orders', orders, { orReplace: true, temporary: true }),
      ).rejects.toMatchObject(taken)
      await db.createView('view', orders)
      await expect(db.createView('view', orders)).rejects.toMatchObject(taken)
      await expect(db.createTable('view', COLUMNS)).rejects.toMatchObject(taken)
      await expect(orders.clone('view')).rejects.toMatchObject(taken)
      await db.createView('view', orders.limit(1), { orReplace: true })
      expect(await (await db.view('view')).count()).toBe(1)
      await db.createTable('old', COLUMNS)
      await db.dropTable('old')
      await db.createView('old', orders)
      await expect(db.undropTable('old')).rejects.toMatchObject(taken)
      await db.dropView('old')
      expect(await (await db.undropTable('old')).count()).toBe(0)
    }))

  it('reads the newest of tables only, of its own lake, and holds no function', () =>
    withOrders(async (db) => {
      const orders = await db.table('orders', COLUMNS)
      const twice = udf('twice', { takes: [t.int64()], returns: t.int64() }, (x) => x * 2n)
      await using other = await connect('memory:')
      const there = await other.database('acme/sales', { create: true })
      const frames = [
        orders.at({ version: 1 }),
        orders.changes({ from: { version: 0 } }),
        await there.createTable('orders', COLUMNS),
        orders.select((o) => ({ two: twice(o.id) })),
      ]
      for (const frame of frames) {
        await expect(db.createView('none', frame as typeof orders)).rejects.toMatchObject({
          code: 'INVALID',
          message: expect.stringMatching(/^createView/),
        })
      }
      expect(await db.views()).toEqual([])
    }))

  it('has the columns that its reader expects, or is INVALID', () =>
    withOrders(async (db) => {
      await db.createView('view', (await db.table('orders', COLUMNS)).select('id'))
      await expect(db.view('view', { id: t.int32() })).rejects.toMatchObject({
        code: 'INVALID',
        facts: { view: 'view' },
      })
    }))

  it('keeps rows in memory and names that are words of JavaScript', () =>
    withOrders(async (db, lake) => {
      const rows = lake.from([
        Object.fromEntries([
          ['__proto__', 1n],
          ['then', 2n],
        ]),
      ])
      await db.createView('constructor', rows)
      const [row] = await (await db.view('constructor')).toArray()
      expect(Object.entries(row)).toEqual([
        ['__proto__', 1n],
        ['then', 2n],
      ])
      const many = lake.from({ a: Array.from({ length: 20_000 }, (_, at) => at) })
      await expect(db.createView('many', many)).rejects.toMatchObject({ code: 'LIMIT' })
      const long = lake.from({ a: ['x'.repeat(300_000)] })
      await expect(db.createView('long', long)).rejects.toMatchObject({ code: 'LIMIT' })
      expect(await db.views()).toEqual(['constructor'])
    }))

  it('of views that double each time is LIMIT, and not a wait without end', () =>
    withOrders(async (db) => {
      let frame = (await db.table('orders', COLUMNS)).select('id')
      const doubled = async () => {
        for (let n = 0; n < 12; n++) frame = await db.createView(`v${n}`, frame.union(frame))
      }
      await expect(doubled()).rejects.toMatchObject({ code: 'LIMIT' })
    }))

  it('whose plan is none that was written here is DATA', async () => {
    const store = memoryStore()
    await using lake = await connect(store)
    const db = await lake.database('acme/sales', { create: true })
    const { createView } = await import('../../src/catalog/database-views.ts')
    const { DatabaseHead } = await import('../../src/catalog/database-head.ts')
    const head = new DatabaseHead(store, 'acme/sales')
    const made = {
      name: 'odd',
      sources: [],
      plan: { format: 'graupel-plan', version: 1, plan: [] },
    }
    await createView(head, made, { orReplace: false })
    await expect(db.view('odd')).rejects.toMatchObject({ code: 'DATA', facts: { view: 'odd' } })
    expect(await db.views()).toEqual(['odd'])
  })
})

describe('a temporary view', () => {
  it('is known to its lake object alone, and may use functions', async () => {
    const store = memoryStore()
    await using lake = await connect(store)
    const db = await lake.database('acme/sales', { create: true })
    const orders = await db.createTable('orders', COLUMNS)
    const twice = udf('twice', { takes: [t.int64()], returns: t.int64() }, (x) => x * 2n)
    const temporary = { temporary: true }
    const doubled = orders.select((o) => ({ id: twice(o.id) }))
    const view = await db.createView('doubled', doubled, temporary)
    await orders.insert(ROWS)
    expect(idsOf(await view.toArray())).toEqual([2, 4, 6])
    const again = await lake.database('acme/sales')
    expect(await again.views()).toEqual(['doubled'])
    expect(await (await again.view('doubled')).count()).toBe(3)
    await expect(again.createView('doubled', orders, temporary)).rejects.toMatchObject({
      code: 'INVALID',
    })
    await expect(again.createView('stored', view)).rejects.toMatchObject({ code: 'INVALID' })
    const above = await again.createView('above', view.limit(1), temporary)
    expect(idsOf(await above.toArray())).toEqual([2])
    await again.createView('doubled', orders.select('id'), { ...temporary, orReplace: true })
    expect(idsOf(await above.toArray())).toEqual([1])
    await using other = await connect(store)
    expect(await (await other.database('acme/sales')).views()).toEqual([])
    await db.dropView('doubled')
    await expect(above.toArray()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
