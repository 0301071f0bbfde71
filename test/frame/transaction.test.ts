import { describe, expect, it } from 'vitest'
import { connect, GraupelError, type Lake, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { raceTransactions } from '../support/race-transactions.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const PATH = 'acme/sales'
const ORDERS = { id: t.int64(), customer: t.utf8().nullable() }
const LINES = { order: t.int64(), amount: t.float64() }

const order = (id: number) => ({ id: BigInt(id), customer: `c${id}` })
const line = (id: number) => ({ order: BigInt(id), amount: id / 2 })

async function lakeOf(store: ObjectStore = memoryStore()): Promise<Lake> {
  const lake = await connect(store)
  const database = await lake.database(PATH, { create: true })
  await database.createTable('orders', ORDERS, { ifNotExists: true })
  await database.createTable('lines', LINES, { ifNotExists: true })
  return lake
}

const table = async (lake: Lake, name: string) => (await lake.database(PATH)).table(name)
const counts = async (lake: Lake) =>
  Promise.all(['orders', 'lines'].map(async (name) => (await table(lake, name)).count()))

const both = (lake: Lake, id: number, options = {}) =>
  lake.transaction(async (tx) => {
    const orders = await tx.table(PATH, 'orders', ORDERS)
    const lines = await tx.table(PATH, 'lines', LINES)
    await orders.insert([order(id)])
    await lines.insert([line(id)])
    await lines.insert([line(id), line(id)])
    return id
  }, options)

async function filesOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list('')) if (/partition\d+\.csv$/.test(key)) keys.push(key)
  return keys
}

describe('a transaction', () => {
  it('makes one version of each table, at one instant, and answers what its work answers', async () => {
    const lake = await lakeOf()
    await (await table(lake, 'orders')).insert([order(1)])
    expect(await both(lake, 7)).toBe(7)
    expect(await counts(lake)).toEqual([2, 3])
    const [orders, lines] = [await table(lake, 'orders'), await table(lake, 'lines')]
    expect([orders.version, lines.version]).toEqual([2, 1])
    const [a] = await orders.history()
    const [b] = await lines.history()
    expect(a!.txid).toBe(b!.txid)
    expect(a!.timestamp).toEqual(b!.timestamp)
    expect(await orders.at({ timestamp: a!.timestamp }).count()).toBe(2)
    expect(await lines.at({ timestamp: a!.timestamp }).count()).toBe(3)
    const before = new Date(a!.timestamp.getTime() - 1)
    expect(await lines.at({ timestamp: before }).count()).toBe(0)
    expect(await orders.resolve(a!.txid)).toBe('committed')
    for (const of of [orders, lines]) expect(await of.verify()).toEqual([])
  })

  it('leaves nothing behind when its work throws', async () => {
    const store = memoryStore()
    const lake = await lakeOf(store)
    const work = lake.transaction(async (tx) => {
      await (await tx.table(PATH, 'orders', ORDERS)).insert([order(1)])
      await (await tx.table(PATH, 'lines', LINES)).insert([line(1)])
      throw new RangeError('mine')
    })
    await expect(work).rejects.toThrow(RangeError)
    expect(await counts(lake)).toEqual([0, 0])
    expect(await filesOf(store)).toEqual([])
  })

  it('reads all tables at the instant of its first read, and not what it writes', async () => {
    const lake = await lakeOf()
    await both(lake, 1)
    await lake.transaction(async (tx) => {
      const orders = await tx.table(PATH, 'orders', ORDERS)
      const lines = await tx.table(PATH, 'lines', LINES)
      await orders.insert([order(50)])
      expect(await orders.count()).toBe(1)
      await both(lake, 2)
      expect(await lines.count()).toBe(3)
      expect(await orders.count()).toBe(1)
      const joined = orders.rename({ id: 'order' }).join(lines, { on: 'order' })
      expect(await joined.count()).toBe(3)
    })
    expect(await counts(lake)).toEqual([3, 6])
  })

  it('refuses to read a table that was opened when others had moved on', async () => {
    const lake = await lakeOf()
    const late = lake.transaction(async (tx) => {
      const orders = await tx.table(PATH, 'orders', ORDERS)
      await orders.count()
      await both(lake, 1)
      await (await tx.table(PATH, 'lines', LINES)).count()
    })
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT', facts: { version: 1 } })
  })

  it('replaces the rows of a table, unless another has changed them since', async () => {
    const lake = await lakeOf()
    await both(lake, 1)
    const replace = (between: () => Promise<unknown>) =>
      lake.transaction(async (tx) => {
        const orders = await tx.table(PATH, 'orders', ORDERS)
        const lines = await tx.table(PATH, 'lines', LINES)
        await lines.insert([line(9)])
        await lines.overwrite([line(2)])
        await lines.insert([line(3)])
        await orders.insert([order(2)])
        await between()
      })
    const lost = replace(async () => (await table(lake, 'lines')).insert([line(4)] as never))
    await expect(lost).rejects.toMatchObject({ code: 'CONFLICT', facts: { basedOn: 1 } })
    expect(await counts(lake)).toEqual([1, 4])
    await replace(async () => (await table(lake, 'orders')).insert([order(5)] as never))
    expect(await counts(lake)).toEqual([3, 2])
  })

  it('is committed once however often it is repeated under one number', async () => {
    const store = memoryStore()
    const lake = await lakeOf(store)
    for (let n = 0; n < 3; n++) await both(lake, 1, { app: 'etl', sequence: 4 })
    expect(await counts(lake)).toEqual([1, 3])
    expect(await filesOf(store)).toHaveLength(4)
    await both(lake, 1, { app: 'etl', sequence: 5 })
    expect(await counts(lake)).toEqual([2, 6])
    await expect(both(lake, 1, { app: 'etl' })).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('commits nothing when one of its writes failed, was not awaited, or came late', async () => {
    const lake = await lakeOf()
    const caught = lake.transaction(async (tx) => {
      const orders = await tx.table(PATH, 'orders', ORDERS)
      await orders.insert([order(1)])
      await orders.insert([{ id: 'x' }] as never).catch(() => {})
    })
    await expect(caught).rejects.toMatchObject({ code: 'INVALID', facts: { column: 'id' } })
    const hasty = lake.transaction(async (tx) => {
      void (await tx.table(PATH, 'orders', ORDERS)).insert([order(1)]).catch(() => {})
    })
    await expect(hasty).rejects.toThrow(/await each/)
    const kept = await lake.transaction(async (tx) =>
      tx.table(PATH, 'orders', ORDERS).then((of) => [of]),
    )
    await expect(kept[0]!.insert([order(1)])).rejects.toThrow(/has ended/)
    expect(await counts(lake)).toEqual([0, 0])
  })

  it('may change one table, or none', async () => {
    const lake = await lakeOf()
    await lake.transaction(async (tx) => {
      await tx.table(PATH, 'orders')
      await (await tx.table(PATH, 'lines', LINES)).insert([line(1)])
    })
    expect(await lake.transaction(async (tx) => (await tx.table(PATH, 'lines')).count())).toBe(1)
    expect((await table(lake, 'orders')).version).toBe(0)
  })

  it('refuses what is no transaction', async () => {
    const lake = await lakeOf()
    await expect(lake.transaction(7 as never)).rejects.toThrow(/expected a function/)
    await expect(lake.transaction(async () => {}, { x: 1 } as never)).rejects.toThrow(/option "x"/)
    const missing = lake.transaction((tx) => tx.table(PATH, 'orderz'))
    await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const typed = lake.transaction((tx) => tx.table(PATH, 'orders', LINES))
    await expect(typed).rejects.toMatchObject({ code: 'INVALID' })
    const signal = AbortSignal.abort()
    await expect(both(lake, 1, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it('keeps its log whole over many, whose heads it folds', async () => {
    const lake = await lakeOf()
    for (let n = 0; n < 70; n++) await both(lake, n)
    expect(await counts(lake)).toEqual([70, 210])
    for (const name of ['orders', 'lines']) {
      const of = await table(lake, name)
      expect(await of.verify()).toEqual([])
      expect(await of.at({ version: 3 }).count()).toBe(name === 'orders' ? 3 : 9)
      expect((await of.history()).length).toBe(71)
    }
  }, 60_000)

  it('commits many that begin at once in one process, in whatever order of tables', async () => {
    const lake = await lakeOf()
    await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        lake.transaction(async (tx) => {
          const orders = async () => (await tx.table(PATH, 'orders', ORDERS)).insert([order(n)])
          const lines = async () => (await tx.table(PATH, 'lines', LINES)).insert([line(n)])
          for (const work of n % 2 === 0 ? [orders, lines] : [lines, orders]) await work()
        }),
      ),
    )
    expect(await counts(lake)).toEqual([6, 6])
  }, 30_000)
})

describe('transactions of several lakes, in opposite order', () => {
  it('are whole to a reader in memory', async () => {
    const store = memoryStore()
    expect(await raceTransactions(() => connect(store), 12)).toBeGreaterThan(0)
  }, 60_000)

  it('are whole to a reader of a local folder', async () => {
    const { path, remove } = await temporaryFolder()
    try {
      expect(await raceTransactions(() => connect(path), 5)).toBeGreaterThan(0)
    } finally {
      await remove()
    }
  }, 60_000)
})

describe('a transaction in doubt', () => {
  it.each([true, false])(
    'is resolved by any of its tables (landed: %s)',
    async (lands) => {
      const { store, state } = silentStore()
      const lake = await lakeOf(store)
      await both(lake, 1)
      state.armed = true
      state.lands = lands
      const error: GraupelError = await both(lake, 2).then(
        () => expect.unreachable(),
        (thrown) => thrown,
      )
      expect(error).toMatchObject({ code: 'COMMIT_UNKNOWN' })
      expect(error.facts['tables']).toEqual([`${PATH}.lines`, `${PATH}.orders`])
      Object.assign(state, { armed: false, silent: false })
      const txid = String(error.facts['txid'])
      const expected = lands ? 'committed' : 'not committed'
      expect(await (await table(await connect(store), 'orders')).resolve(txid)).toBe(expected)
      await state.late()
      expect(await (await table(lake, 'lines')).resolve(txid)).toBe(expected)
      expect(await counts(lake)).toEqual(lands ? [2, 6] : [1, 3])
      expect(error).toBeInstanceOf(GraupelError)
    },
    60_000,
  )
})

/** A store whose next decision lands or not, after which nothing answers for a while. */
function silentStore() {
  const inner = memoryStore()
  const state = { armed: false, lands: false, silent: false, late: async () => {} }
  const refuse = () => {
    if (state.silent) throw new GraupelError('UNAVAILABLE', 'the store does not answer')
  }
  const swapCell: ObjectStore['swapCell'] = async (key, token, body) => {
    refuse()
    const decides = key.includes('/lines/') && !Buffer.from(body).includes('"pending"')
    if (!state.armed || !decides) return inner.swapCell(key, token, body)
    state.silent = true
    if (state.lands) await inner.swapCell(key, token, body)
    state.late = async () => void (await inner.swapCell(key, token, body))
    throw new GraupelError('UNAVAILABLE', 'no answer')
  }
  const store = new Proxy(inner, {
    get(target, name) {
      if (name === 'swapCell') return swapCell
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        refuse()
        return Reflect.apply(member, target, args)
      }
    },
  })
  return { store, state }
}
