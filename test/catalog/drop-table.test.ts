import { describe, expect, it } from 'vitest'
import { parseDatabase } from '../../src/catalog/database-json.ts'
import { parseHead } from '../../src/catalog/head-json.ts'
import { connect, type Database, GraupelError } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { isCrash } from '../../src/testing/crash.ts'
import { type FaultPlan, singleFaults } from '../../src/testing/fault-plan.ts'
import { type FaultyStore, faultyStore } from '../../src/testing/faulty-store.ts'
import { requestScheduler } from '../../src/testing/request-scheduler.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { copyStore } from '../simulation/lake-state.ts'
import { COLUMNS, rowsOf } from '../simulation/scenarios.ts'
import { inVirtualTime } from '../simulation/virtual-time.ts'
import { runs, seed } from '../support/random.ts'

const CATALOG = 'acme/sales/_catalog.json'
const CELLS = [CATALOG, 'acme/sales/orders/_table/head.json']

async function withDatabase<T>(store: ObjectStore, work: (db: Database) => Promise<T>): Promise<T> {
  await using lake = await connect(store)
  return await work(await lake.database('acme/sales', { create: true }))
}

/** A store with a table of five rows, dropped or not. */
async function filled({ dropped }: { dropped: boolean }): Promise<ObjectStore> {
  const store = memoryStore()
  await withDatabase(store, async (db) => {
    await (await db.createTable('orders', COLUMNS)).insert(rowsOf(0, 5))
    if (dropped) await db.dropTable('orders')
  })
  return store
}

interface Trial {
  readonly store: ObjectStore
  /** How it ended: undefined when it was acknowledged. */
  readonly error: unknown
  readonly faulty: FaultyStore
}

/** `work` with one fault at each place it can have one, on a copy of `base` each. */
async function* trials(
  base: ObjectStore,
  work: (db: Database) => Promise<unknown>,
): AsyncGenerator<Trial> {
  const calm = faultyStore(await copyStore(base, CELLS))
  await withDatabase(calm, work)
  const single = singleFaults(calm.requests)
  // Also a store that is gone from some request on.
  const gone = calm.requests.map(({ number }): FaultPlan => {
    return Array.from({ length: 60 }, (_, n) => ({ request: number + n, kind: 'fail-before' }))
  })
  const lost = gone.map(([first, ...rest]): FaultPlan => {
    return [{ ...first!, kind: 'answer-lost' }, ...rest]
  })
  for (const plan of [...single, ...gone, ...lost]) {
    const store = await copyStore(base, CELLS)
    const faulty = faultyStore(store, plan)
    const error = await inVirtualTime({ seed: 3, passing: true }, () =>
      withDatabase(faulty, work).then(
        () => undefined,
        (thrown: unknown) => thrown,
      ),
    )
    await faulty.land()
    yield { store, error, faulty }
  }
}

const codeOf = (error: unknown) => (error instanceof GraupelError ? error.code : undefined)
const idsIn = async (db: Database) =>
  (await (await db.table('orders')).toArray()).map((row) => Number((row as { id: bigint }).id))

describe('database create', () => {
  it('that fails has made nothing, or says that it may have; done again it ends', async () => {
    const outcomes = new Set<unknown>()
    for await (const { store, error } of trials(memoryStore(), async () => {})) {
      const there = (await store.readCell(CATALOG)) !== null
      if (error === undefined) expect(there).toBe(true)
      else if (!isCrash(error)) outcomes.add(codeOf(error))
      if (codeOf(error) === 'UNAVAILABLE') expect(there).toBe(false)
      if (codeOf(error) === 'COMMIT_UNKNOWN') {
        expect(error).toMatchObject({ message: expect.stringContaining('{ create: true }') })
      }
      await withDatabase(store, async (db) => expect(await db.tables()).toEqual([]))
    }
    expect([...outcomes].sort()).toEqual(['COMMIT_UNKNOWN', 'UNAVAILABLE'])
  }, 60_000)
})

describe('a drop', () => {
  it('that broke off anywhere does not block createTable, with ifNotExists or without', async () => {
    const base = await filled({ dropped: false })
    let halfDone = 0
    for await (const { store, error } of trials(base, (db) => db.dropTable('orders'))) {
      const head = parseHead((await store.readCell(CELLS[1]!))!.body, CELLS[1]!)
      const { tables } = parseDatabase((await store.readCell(CATALOG))!.body, CATALOG)
      const isHalf = head.state === 'dropped' && tables.length === 1
      if (error === undefined) expect(tables).toEqual([])
      if (codeOf(error) === 'UNAVAILABLE') expect(head.state).toBe('live')
      if (isHalf) halfDone++
      for (const ifNotExists of [true, false]) {
        await withDatabase(await copyStore(store, CELLS), async (db) => {
          if (head.state === 'live' && !ifNotExists) return
          const table = await db.createTable('orders', COLUMNS, { ifNotExists })
          await table.insert(rowsOf(50, 1))
          const before = head.state === 'live' ? [0, 1, 2, 3, 4] : []
          expect(await idsIn(db)).toEqual([...before, 50])
          if (head.state === 'live') return
          await db.dropTable('orders')
          expect(await db.tables()).toEqual([])
        })
      }
    }
    expect(halfDone).toBeGreaterThan(0)
  }, 120_000)

  it('that may have been done is ended by dropping again', async () => {
    const base = await filled({ dropped: false })
    let unknown = 0
    for await (const { store, error } of trials(base, (db) => db.dropTable('orders'))) {
      if (codeOf(error) !== 'COMMIT_UNKNOWN') continue
      unknown++
      expect(error).toMatchObject({ message: expect.stringContaining('dropTable ends it') })
      await withDatabase(store, async (db) => {
        await db.dropTable('orders').catch((thrown) => expect(codeOf(thrown)).toBe('NOT_FOUND'))
        expect(await db.tables()).toEqual([])
        await db.undropTable('orders')
        expect(await idsIn(db)).toEqual([0, 1, 2, 3, 4])
      })
    }
    expect(unknown).toBeGreaterThan(0)
  }, 60_000)
})

describe('undropTable', () => {
  it('that fails has brought nothing back, or says that it may have; done again it ends', async () => {
    const base = await filled({ dropped: true })
    const codes = new Set<unknown>()
    for await (const { store, error } of trials(base, (db) => db.undropTable('orders'))) {
      codes.add(codeOf(error))
      const { tables } = parseDatabase((await store.readCell(CATALOG))!.body, CATALOG)
      const definite = error !== undefined && !isCrash(error) && codeOf(error) !== 'COMMIT_UNKNOWN'
      if (definite) expect(tables, String(error)).toEqual([])
      await withDatabase(store, async (db) => {
        await db.undropTable('orders')
        expect(await idsIn(db)).toEqual([0, 1, 2, 3, 4])
        expect(await db.tables()).toEqual(['orders'])
      })
    }
    expect(codes).toContain('COMMIT_UNKNOWN')
  }, 60_000)
})

it('no race of drops, undrops, creates and vacuums leaves a table live that is listed as dropped, or half of one', async () => {
  let listings = 0
  let purged = 0
  let whole = 0
  for (let n = 0; n < runs(60); n++) {
    const raceSeed = seed + n
    const store = await filled({ dropped: n % 2 === 0 })
    await inVirtualTime({ seed: raceSeed, passing: false }, async ({ pass }) => {
      const below = seededRandom(raceSeed)
      const scheduler = requestScheduler(raceSeed, { idle: () => void pass() })
      const works = [
        (db: Database) => db.dropTable('orders'),
        (db: Database) => db.undropTable('orders'),
        (db: Database) => db.createTable('orders', COLUMNS, { ifNotExists: true }),
        (db: Database) => db.vacuum({ retain: '0s' }),
      ]
      const actors = Array.from({ length: 4 }, (_, at) => async () => {
        const mine = scheduler.store(store, `actor ${at}`)
        await withDatabase(mine, async (db) => {
          for (let step = 0; step < 3; step++) {
            await works[below(works.length)]!(db).catch((error: unknown) => {
              if (!['INVALID', 'NOT_FOUND', 'EXPIRED'].includes(codeOf(error) ?? '')) throw error
            })
          }
        })
      })
      const ended = await scheduler.run(actors)
      expect(ended.filter(({ status }) => status === 'rejected')).toEqual([])
    })
    const { tables, dropped } = parseDatabase((await store.readCell(CATALOG))!.body, CATALOG)
    const stateOf = async (folder: string) => {
      const key = `acme/sales/${folder}/_table/head.json`
      return parseHead((await store.readCell(key))!.body, key).state
    }
    for (const { folder } of tables) expect(await stateOf(folder), `seed ${raceSeed}`).toBe('live')
    for (const { folder } of dropped) {
      const state = await stateOf(folder)
      expect(['dropped', 'purged'], `seed ${raceSeed}`).toContain(state)
      if (state === 'purged') purged++
      listings++
    }
    await withDatabase(store, async (db) => {
      for (const name of await db.tables()) {
        const ids = await idsIn(db)
        expect([0, 5], `seed ${raceSeed}`).toContain(ids.length)
        expect(await (await db.table(name)).verify(), `seed ${raceSeed}`).toEqual([])
        if (ids.length === 5) whole++
      }
    })
  }
  expect(Math.min(listings, purged, whole)).toBeGreaterThan(0)
}, 120_000)
