import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { type Fault, singleFaults } from '../../src/testing/fault-plan.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { append, ordersBatch, ordersTable, storedIds } from '../support/orders-table.ts'
import { copyStore } from './lake-state.ts'
import { inVirtualTime } from './virtual-time.ts'

const CELLS = ['acme/sales/_catalog.json', 'acme/sales/orders/_table/head.json']
const HERE = 'test/simulation/failure-table.test.ts'

/** Each failure of one append, and the test that shows what becomes of it. */
const TABLE: readonly (readonly [failure: string, file: string, test: string])[] = [
  ['crash before any request', HERE, 'a crash before any request leaves nothing'],
  ['crash after some or all data files', HERE, 'a crash after some or all data files'],
  ['answer of a data file lost', 'test/io/s3/s3-store.test.ts', 'knows its own object by the mark'],
  ['a data file lands after a vacuum', HERE, 'a data file that lands after a vacuum'],
  ['crash after the record', HERE, 'a crash after the record leaves a dead one'],
  ['crash before the answer of the swap', HERE, 'a crash before the answer of the swap'],
  ['answer of the swap lost', 'test/catalog/settle-swap.test.ts', 'is found committed when it lan'],
  ['swap delayed, others commit', HERE, 'a swap that lands after others committed is dead'],
  ['swap delayed, nobody commits', 'test/catalog/resolve-transaction.test.ts', 'tells what became'],
  ['two writers', 'test/catalog/table-catalog.test.ts', 'puts an append that lost the race on top'],
  ['409', 'test/io/s3/s3-store.test.ts', 'is sent again after a conflict, which did nothing'],
  ['reader during a commit', 'test/simulation/concurrent-writers.test.ts', 'of snapshot isolation'],
  [
    'reader during a vacuum',
    'test/catalog/vacuum-table.test.ts',
    'never makes an old snapshot ans',
  ],
  ['writer stalled for days', 'test/catalog/vacuum-table.test.ts', 'lets a writer below the fence'],
  ['two vacuums', HERE, 'two vacuums at the same time'],
  ['crash in a vacuum', HERE, 'a crash in a vacuum between its swap and any deletion'],
  ['crash in a checkpoint', HERE, 'a crash in the middle of a checkpoint'],
  ['stale checkpoint', 'test/catalog/bad-metadata.test.ts', 'from an older moment is right'],
  ['bit rot, cut read: cells', 'test/catalog/seal.test.ts', 'every single flipped bit is DATA'],
  ['bit rot: checkpoints', 'test/catalog/bad-metadata.test.ts', 'with any one bit flipped is DATA'],
  ['bit rot: column files', 'test/frame/bad-storage.test.ts', 'that is cut anywhere is DATA'],
  ['head overwritten by a stranger', 'test/catalog/seal.test.ts', 'one without a seal is DATA'],
  ['clock skew', HERE, 'a clock that goes back leaves instants ascending'],
]

it.each(TABLE)('the failure "%s" has its test', (_, file, name) => {
  const titles = readFileSync(file, 'utf8').match(
    /\b(?:it|test)(?:\.each\([^`]*?\))?\(\s*['"`][^\n]*/g,
  )
  expect(titles?.filter((title) => title.includes(name))).toHaveLength(1)
})

/** What a process that starts now finds. */
async function foundIn(store: ObjectStore) {
  const table = await (await openDatabase(store, 'acme/sales')).openTable('orders')
  expect(await table.verify()).toEqual([])
  return { table, ids: (await storedIds({ store, table })).sort((a, b) => a - b) }
}

async function twoCommits(): Promise<ObjectStore> {
  const made = await ordersTable()
  await append(made.table, 0, 2)
  await append(made.table, 2, 2)
  await made.table.settled()
  return made.store
}

async function write(store: ObjectStore, from: number, operation: 'append' | 'overwrite') {
  const table = await (await openDatabase(store, 'acme/sales')).openTable('orders')
  const writer = table.stageWriter()
  await writer.write(ordersBatch(from, 2))
  await writer.commit({ operation })
  await table.settled()
}

/** An append with one fault each time, at those of its requests that `at` names. */
async function* appendsWith(kind: Fault['kind'], at: RegExp) {
  const base = await twoCommits()
  const calm = faultyStore(await copyStore(base, CELLS))
  await write(calm, 10, 'append')
  const wanted = calm.requests.filter(({ operation, key }) => at.test(`${operation} ${key}`))
  const plans = singleFaults(wanted, [kind]).filter(([fault]) => fault!.detail === undefined)
  expect(plans.length).toBeGreaterThan(0)
  for (const plan of plans) {
    const store = await copyStore(base, CELLS)
    const faulty = faultyStore(store, plan)
    const ended = await inVirtualTime({ seed: 5, passing: true }, () =>
      write(faulty, 10, 'append').then(
        () => 'acknowledged',
        (error: Error) => error,
      ),
    )
    expect(faulty.injected).toHaveLength(1)
    yield { store, faulty, ended }
  }
}

async function partitionFiles(store: ObjectStore): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list('acme/sales/orders/id/')) {
    if (key.includes('partition')) keys.push(key.split('/').at(-1)!)
  }
  return keys
}

describe('of one append', () => {
  it('a crash before any request leaves nothing, and nothing to repair', async () => {
    for await (const { store } of appendsWith('crash-before', /^create .*\/id\/partition/)) {
      expect(await partitionFiles(store)).toHaveLength(2)
      expect((await foundIn(store)).ids).toEqual([0, 1, 2, 3])
    }
  })

  it('a crash after some or all data files leaves orphans, which later writers pass over and a vacuum takes', async () => {
    for await (const { store } of appendsWith('crash-after', /^create .*\/partition\d/)) {
      expect((await foundIn(store)).ids).toEqual([0, 1, 2, 3])
      await write(store, 20, 'overwrite')
      const { table, ids } = await foundIn(store)
      expect(ids).toEqual([20, 21])
      await table.vacuum({ retain: { versions: 1 } })
      expect(await partitionFiles(store)).toHaveLength(1)
      expect((await foundIn(store)).ids).toEqual([20, 21])
    }
  })

  it('a data file that lands after a vacuum took its number is never committed, and goes with the next', async () => {
    for await (const { store, faulty } of appendsWith('delayed', /^create .*\/id\/partition/)) {
      for (const from of [20, 30]) await write(store, from, 'overwrite')
      const { table } = await foundIn(store)
      await table.vacuum({ retain: { versions: 1 } })
      const before = await partitionFiles(store)
      await faulty.land()
      expect((await foundIn(store)).ids).toEqual([30, 31])
      await write(store, 40, 'overwrite')
      expect((await foundIn(store)).ids).toEqual([40, 41])
      await table.vacuum({ retain: { versions: 1 } })
      expect(await partitionFiles(store)).toHaveLength(before.length)
    }
  })

  it('a crash after the record leaves a dead one, which a vacuum takes', async () => {
    for await (const { store } of appendsWith('crash-after', /^create .*\/log\//)) {
      expect((await foundIn(store)).ids).toEqual([0, 1, 2, 3])
      for (const from of [20, 30]) await write(store, from, 'append')
      const { table, ids } = await foundIn(store)
      expect(ids).toEqual([0, 1, 2, 3, 20, 21, 30, 31])
      await table.vacuum({ retain: { versions: 1 } })
      let records = 0
      for await (const _ of store.list('acme/sales/orders/_table/log/')) records++
      expect(records).toBe(4)
    }
  })

  it.each([
    ['crash-before', [0, 1, 2, 3]],
    ['crash-after', [0, 1, 2, 3, 10, 11]],
  ] as const)(
    'a crash before the answer of the swap leaves all or nothing (%s)',
    async (kind, rows) => {
      for await (const { store } of appendsWith(kind, /^swapCell/)) {
        expect((await foundIn(store)).ids).toEqual(rows)
      }
    },
  )

  it('a swap that lands after others committed is dead', async () => {
    const base = await twoCommits()
    const calm = faultyStore(await copyStore(base, CELLS))
    await write(calm, 10, 'append')
    const swap = calm.requests.find(({ operation }) => operation === 'swapCell')!.number
    const store = await copyStore(base, CELLS)
    const gone = Array.from({ length: 40 }, (_, n): Fault => {
      return { request: swap + 1 + n, kind: 'fail-before' }
    })
    const faulty = faultyStore(store, [{ request: swap, kind: 'delayed' }, ...gone])
    const writing = inVirtualTime({ seed: 5, passing: true }, () => write(faulty, 10, 'append'))
    await expect(writing).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' })
    await write(store, 20, 'append')
    await faulty.land()
    expect((await foundIn(store)).ids).toEqual([0, 1, 2, 3, 20, 21])
  })

  it('a crash in the middle of a checkpoint leaves columns of different ages, and the same rows', async () => {
    for await (const { store, ended } of appendsWith('crash-after', /^replace .*metadata\.csv/)) {
      expect(ended).toBe('acknowledged')
      const { table, ids } = await foundIn(store)
      expect(ids).toEqual([0, 1, 2, 3, 10, 11])
      const { statistics } = await table.partitions(table.snapshot, [1, 2, 3])
      expect([...statistics.values()].map((of) => of.size)).toEqual([3, 3, 3])
    }
  })

  it('a clock that goes back leaves instants ascending, version by version', async () => {
    const store = await twoCommits()
    const { now } = Date
    Date.now = () => now() - 86_400_000
    try {
      await write(store, 10, 'append')
    } finally {
      Date.now = now
    }
    await write(store, 20, 'append')
    const { table, ids } = await foundIn(store)
    expect(ids).toEqual([0, 1, 2, 3, 10, 11, 20, 21])
    const instants = (await table.history()).map(({ timestamp }) => timestamp.getTime()).reverse()
    expect(instants).toEqual([...new Set(instants)].sort((a, b) => a - b))
  })
})

describe('of a vacuum', () => {
  it('two vacuums at the same time harm nothing, and leave what is kept', async () => {
    const store = await twoCommits()
    for (const from of [20, 30]) await write(store, from, 'overwrite')
    const both = await Promise.all([foundIn(store), foundIn(store)])
    await Promise.all(both.map(({ table }) => table.vacuum({ retain: { versions: 1 } })))
    expect((await foundIn(store)).ids).toEqual([30, 31])
    expect(await partitionFiles(store)).toHaveLength(1)
  })

  it('a crash in a vacuum between its swap and any deletion is made good by the next', async () => {
    const base = await twoCommits()
    for (const from of [20, 30]) await write(base, from, 'overwrite')
    const vacuum = async (of: ObjectStore) => {
      const table = await (await openDatabase(of, 'acme/sales')).openTable('orders')
      await table.vacuum({ retain: { versions: 1 } })
    }
    const calm = faultyStore(await copyStore(base, CELLS))
    await vacuum(calm)
    const deletes = calm.requests.filter(({ operation }) => operation === 'delete')
    expect(deletes.length).toBeGreaterThan(3)
    for (const plan of singleFaults(deletes, ['crash-before'])) {
      const store = await copyStore(base, CELLS)
      await expect(vacuum(faultyStore(store, plan))).rejects.toThrow()
      expect((await foundIn(store)).ids).toEqual([30, 31])
      await vacuum(store)
      expect(await partitionFiles(store)).toHaveLength(1)
      expect((await foundIn(store)).ids).toEqual([30, 31])
    }
  })
})
