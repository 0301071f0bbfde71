import fc from 'fast-check'
import { expect } from 'vitest'
import { scalarAt } from '../../src/arrow/scalar.ts'
import { take } from '../../src/arrow/vector.ts'
import { vectorFrom } from '../../src/arrow/vector-from.ts'
import { type DatabaseCatalog, openDatabase } from '../../src/catalog/database-catalog.ts'
import type { TableSnapshot } from '../../src/catalog/model/table.ts'
import type { TableCatalog } from '../../src/catalog/table-catalog.ts'
import { readColumns } from '../../src/exec/change/read-columns.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { ordersBatch, ordersTable, storedIds } from '../support/orders-table.ts'

/** What the table should be: ids by version, and what is kept of it. */
interface Model {
  versions: (readonly number[])[]
  retainedFrom: number
  tags: Map<string, number>
  dropped: boolean
  /** Whether its files were removed after it was dropped. */
  purged: boolean
  /** Whether it has had more commits than a head lists. */
  isLong: boolean
  /** What each clone has, with a row of its own. */
  clones: Map<string, readonly number[]>
  /** The oldest version that a clone needs. */
  pinned: number
  nextRow: number
}

/** The table as two processes see it, each with caches of its own. */
interface Real {
  readonly store: ObjectStore
  readonly databases: readonly [DatabaseCatalog, DatabaseCatalog]
  readonly tables: [TableCatalog, TableCatalog]
}

const COMMITS = 66

type Command = fc.AsyncCommand<Model, Real>

const newest = (model: Model) => model.versions.length - 1

/** Compares every version, as seen by a process that may have seen nothing of the change. */
async function compare(model: Model, real: Real, who: number): Promise<void> {
  const table = await real.databases[who === 0 ? 1 : 0].openTable('orders')
  expect(table.snapshot.version).toBe(newest(model))
  for (const [version, ids] of model.versions.entries()) {
    if (version < model.retainedFrom) {
      await expect(table.snapshotAt({ version })).rejects.toMatchObject({ code: 'EXPIRED' })
      continue
    }
    const snapshot = await table.snapshotAt({ version })
    expect(await storedIds({ store: real.store, table }, snapshot)).toEqual(ids)
  }
  const tags = (await table.tags()).map(({ name, version }) => [name, version])
  expect(tags).toEqual([...model.tags])
  await compareClones(model, real, who)
}

async function compareClones(model: Model, real: Real, who: number): Promise<void> {
  for (const [name, ids] of model.clones) {
    const clone = await real.databases[who]!.openTable(name)
    expect(await storedIds({ store: real.store, table: clone })).toEqual(ids)
  }
}

function command(
  name: string,
  check: (model: Model) => boolean,
  run: (model: Model, real: Real) => Promise<void>,
  who: number,
): Command {
  return {
    check: (model) => check(model),
    async run(model, real) {
      await run(model, real)
      if (model.dropped) await compareClones(model, real, who)
      else await compare(model, real, who)
    },
    toString: () => `${name} by ${who}`,
  }
}

const isLive = (model: Model) => !model.dropped

const process = fc.constantFrom(0, 1)

const write = fc
  .tuple(process, fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([who, rows, overwrite, abort, inline]) =>
    command(
      `${abort ? 'aborted ' : ''}${overwrite ? 'overwrite' : 'append'} of ${rows}${inline ? ', into the record if few' : ''}`,
      isLive,
      async (model, real) => {
        const inlineFrom = inline ? 0 : Number.POSITIVE_INFINITY
        const writer = real.tables[who]!.stageWriter({ partitionRowsMax: 3, inlineFrom })
        const ids = Array.from({ length: rows }, (_, n) => model.nextRow + n)
        model.nextRow += rows
        await writer.write(ordersBatch(ids[0]!, rows))
        if (abort) return writer.abort()
        await writer.commit({ operation: overwrite ? 'overwrite' : 'append' })
        model.versions.push(overwrite ? ids : [...model.versions.at(-1)!, ...ids])
      },
      who,
    ),
  )

/** Gives chosen ids another value, in new files of one column, or removes their rows. */
const change = fc
  .tuple(
    process,
    fc.constantFrom('update' as const, 'delete' as const),
    fc.integer({ min: 2, max: 4 }),
    fc.nat(3),
  )
  .map(([who, operation, step, rest]) =>
    command(
      `${operation} of each ${step}th by ${rest}`,
      isLive,
      async (model, real) => {
        const table = real.tables[who]!
        const snapshot = await table.refresh()
        const chosen = (id: number) => id % step === rest
        const rewritten = await rewriteIds(real, table, snapshot, operation, chosen)
        const ids = model.versions.at(-1)!
        if (rewritten === 0) return
        model.versions.push(
          operation === 'delete'
            ? ids.filter((id) => !chosen(id))
            : ids.map((id) => (chosen(id) ? id + 1_000_000 : id)),
        )
      },
      who,
    ),
  )

/** Commits a change of the ids that are chosen; answers how many partitions it was about. */
async function rewriteIds(
  { store }: Real,
  table: TableCatalog,
  snapshot: TableSnapshot,
  operation: 'update' | 'delete',
  chosen: (id: number) => boolean,
): Promise<number> {
  const columns = snapshot.columns.map(({ id }) => id)
  const set = await table.partitions(snapshot, columns)
  const writer = table.stageWriter()
  let count = 0
  for (const partition of set.partitions) {
    const one = { ...set, partitions: [partition] }
    const batch = await readColumns(
      { store, table: snapshot, partitions: one, onRead: () => {} },
      partition,
      snapshot.columns,
    )
    const ids = Array.from({ length: partition.rows }, (_, row) =>
      Number(scalarAt(batch.columns[0]!, row)),
    )
    if (!ids.some(chosen)) continue
    count++
    const kept = Uint32Array.from(ids.keys()).filter((row) => !chosen(ids[row]!))
    if (operation === 'delete' && kept.length === 0) {
      writer.remove(partition)
      continue
    }
    const files = new Map(columns.map((id) => [id, set.statistics.get(id)!.get(partition.id)!]))
    const values = ids.map((id) => (chosen(id) ? id + 1_000_000 : id))
    const changed =
      operation === 'delete'
        ? snapshot.columns.map((column, at) => ({
            column,
            vector: take(batch.columns[at]!, kept, kept.length),
          }))
        : [{ column: snapshot.columns[0]!, vector: vectorFrom(values, batch.schema.fields[0]!) }]
    const rows = operation === 'delete' ? kept.length : partition.rows
    await writer.rewrite({ partition, rows, files, changed })
  }
  await writer.commit({ operation, basedOn: snapshot.version })
  return count
}

const restore = fc.tuple(process, fc.nat()).map(([who, at]) =>
  command(
    `restore of ${at}`,
    isLive,
    async (model, real) => {
      const version = at % model.versions.length
      const restored = real.tables[who]!.restore({ version }, [])
      if (version < model.retainedFrom) {
        await expect(restored).rejects.toMatchObject({ code: 'EXPIRED' })
        return
      }
      expect(await restored).toMatchObject({ version: newest(model) + 1 })
      model.versions.push(model.versions[version]!)
    },
    who,
  ),
)

const tag = fc.tuple(process, fc.constantFrom('a', 'b'), fc.nat()).map(([who, name, at]) =>
  command(
    `tag ${name} of ${at}`,
    (model) => isLive(model) && !model.tags.has(name),
    async (model, real) => {
      const version = model.retainedFrom + (at % (model.versions.length - model.retainedFrom))
      await real.tables[who]!.tag(name, { version })
      model.tags.set(name, version)
    },
    who,
  ),
)

const untag = fc.tuple(process, fc.constantFrom('a', 'b')).map(([who, name]) =>
  command(
    `untag ${name}`,
    (model) => isLive(model) && model.tags.has(name),
    async (model, real) => {
      await real.tables[who]!.untag(name)
      model.tags.delete(name)
    },
    who,
  ),
)

const clone = fc.tuple(process, fc.nat()).map(([who, at]) =>
  command(
    `clone of ${at}`,
    (model) => isLive(model) && model.clones.size < 3,
    async (model, real) => {
      const version = model.retainedFrom + (at % (model.versions.length - model.retainedFrom))
      const name = `clone${model.clones.size}`
      const source = real.tables[who]!
      const made = await real.databases[who]!.cloneTable(source, name, { version })
      const writer = made.stageWriter()
      await writer.write(ordersBatch(model.nextRow, 1))
      await writer.commit({ operation: 'append' })
      model.clones.set(name, [...model.versions[version]!, model.nextRow++])
      model.pinned = Math.min(model.pinned, version)
    },
    who,
  ),
)

const vacuum = fc.tuple(process, fc.integer({ min: 1, max: 4 })).map(([who, versions]) =>
  command(
    `vacuum to ${versions}`,
    isLive,
    async (model, real) => {
      const wanted = Math.max(0, newest(model) - versions + 1)
      const needed = Math.min(wanted, model.pinned, ...model.tags.values())
      model.retainedFrom = Math.max(model.retainedFrom, needed)
      const { retainedFrom } = await real.tables[who]!.vacuum({ retain: { versions } })
      expect(retainedFrom).toBe(model.retainedFrom)
    },
    who,
  ),
)

/** Overwrites until the log is folded, then gives up what is old, so that the log is trimmed. */
const manyCommits = process.map((who) =>
  command(
    `${COMMITS} overwrites and a vacuum`,
    (model) => isLive(model) && !model.isLong,
    async (model, real) => {
      model.isLong = true
      for (let n = 0; n < COMMITS; n++) {
        const writer = real.tables[who]!.stageWriter()
        await writer.write(ordersBatch(model.nextRow, 1))
        await writer.commit({ operation: 'overwrite' })
        model.versions.push([model.nextRow++])
      }
      const needed = Math.min(newest(model) - 1, model.pinned, ...model.tags.values())
      model.retainedFrom = Math.max(model.retainedFrom, needed)
      await real.tables[who]!.vacuum({ retain: { versions: 2 } })
    },
    who,
  ),
)

const purge = process.map((who) =>
  command(
    'vacuum of the database',
    () => true,
    async (model, real) => {
      const { files } = await real.databases[who]!.vacuum({ retain: '0s' })
      if (!model.dropped || model.clones.size > 0) expect(files).toBe(0)
      else model.purged = true
    },
    who,
  ),
)

const drop = process.map((who) =>
  command(
    'drop',
    isLive,
    async (model, real) => {
      await real.databases[who]!.dropTable('orders')
      model.dropped = true
      const appended = real.tables[who]!.stageWriter()
      await appended.write(ordersBatch(0, 1))
      await expect(appended.commit({ operation: 'append' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
      await appended.abort()
    },
    who,
  ),
)

const undrop = process.map((who) =>
  command(
    'undrop',
    (model) => model.dropped,
    async (model, real) => {
      const back = real.databases[who]!.undropTable('orders')
      if (model.purged) {
        await expect(back).rejects.toMatchObject({ code: 'EXPIRED' })
        return
      }
      await back
      model.dropped = false
    },
    who,
  ),
)

const reopen = process.map((who) =>
  command(
    'reopen',
    isLive,
    async (_, real) => {
      real.tables[who] = await real.databases[who]!.openTable('orders')
    },
    who,
  ),
)

/** Runs random commands on tables in stores that `open` makes, beside the model. */
export function equalsItsModel(
  open: () => Promise<{ store: ObjectStore; close(): Promise<void> }>,
) {
  const commands = [
    write,
    write,
    change,
    change,
    restore,
    tag,
    untag,
    clone,
    vacuum,
    manyCommits,
    purge,
    drop,
    undrop,
    reopen,
  ]
  return async (count: number) => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 25 }), async (sequence) => {
        const { store, close } = await open()
        const { database, table } = await ordersTable(store)
        const other = await openDatabase(store, 'acme/sales')
        const tables: [TableCatalog, TableCatalog] = [table, await other.openTable('orders')]
        const real: Real = { store, databases: [database, other], tables }
        const model: Model = {
          versions: [[]],
          retainedFrom: 0,
          tags: new Map(),
          dropped: false,
          purged: false,
          isLong: false,
          clones: new Map(),
          pinned: Number.POSITIVE_INFINITY,
          nextRow: 0,
        }
        try {
          await fc.asyncModelRun(() => ({ model, real }), sequence)
          if (!model.dropped) expect(await table.verify()).toEqual([])
        } finally {
          await Promise.all([database.settled(), other.settled()])
          await close()
        }
      }),
      { numRuns: count },
    )
  }
}
