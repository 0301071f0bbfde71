import fc from 'fast-check'
import { expect, test } from 'vitest'
import { int32, utf8 } from '../../../src/arrow/data-type.ts'
import type { ColumnPartition, PartitionSet } from '../../../src/catalog/model/partition-set.ts'
import { type Column, partitionKey, type TableSnapshot } from '../../../src/catalog/model/table.ts'
import { throwIfAborted } from '../../../src/error.ts'
import { physicalPlan } from '../../../src/exec/physical-planner.ts'
import { execContext } from '../../../src/exec/run.ts'

import { encodeColumn } from '../../../src/io/csv/encode-column.ts'
import { memoryStore } from '../../../src/io/memory-store.ts'
import type { ObjectStore } from '../../../src/io/object-store.ts'
import type { Expr } from '../../../src/plan/expr.ts'
import { callExpr, columnExpr, conjoin, inExpr, literalExpr } from '../../../src/plan/expr-walk.ts'
import { filter, limit, type ScanOptions, scan, values } from '../../../src/plan/logical-plan.ts'
import { runs } from '../../support/random.ts'
import { BATCH_SIZES, runOperator } from '../../support/run-operator.ts'
import { batchOf, type ScalarRow, WIDE_SCHEMA, wideRows } from '../../support/scalar-rows.ts'

const COLUMNS: readonly Column[] = WIDE_SCHEMA.fields.map(({ name, type }, index) => ({
  id: index + 1,
  name,
  type,
  nullable: true,
  folder: `column ${name}`,
}))
const LATE: Column = { id: 99, name: 'late', type: utf8, nullable: true, folder: 'late' }
const TABLE: TableSnapshot = {
  name: 'a/b.T',
  tableId: 't',
  storeUrl: 'memory:',
  folder: 'a/b/T',
  version: 1,
  columns: [...COLUMNS, LATE],
  clusterBy: [],
  constraints: [],
  identities: [],
}

/** A store with the rows of each partition, and what the catalog would know of them. */
async function stored(parts: readonly ScalarRow[][]) {
  const store = memoryStore()
  const statistics = new Map<number, Map<number, ColumnPartition>>([[LATE.id, new Map()]])
  for (const [index, rows] of parts.entries()) {
    const { columns } = batchOf(WIDE_SCHEMA, rows)
    for (const [position, column] of COLUMNS.entries()) {
      const file = encodeColumn(column.name, columns[position]!)
      await store.create(partitionKey(TABLE.folder, column, index + 1), file.bytes)
      const entry = { ...file.statistics, file: index + 1 }
      statistics.set(column.id, (statistics.get(column.id) ?? new Map()).set(index + 1, entry))
    }
  }
  const partitions = parts.map((rows, index) => ({ id: index + 1, rows: rows.length }))
  return { store, set: { partitions, statistics } satisfies PartitionSet }
}

function scanOf(set: PartitionSet, options: Partial<ScanOptions> = {}, kept?: readonly number[]) {
  const all = kept ?? set.partitions.map(({ id }) => id)
  return scan(TABLE, { ...options, partitions: { all: set, kept: all, pruned: new Map() } })
}

const contextOf = (store: ObjectStore, options: Parameters<typeof execContext>[0] = {}) =>
  execContext({ ...options, stores: new Map([[TABLE.storeUrl, store]]) })

const column = (name: string) => columnExpr(WIDE_SCHEMA.fields[WIDE_SCHEMA.positions.get(name)!]!)

const conjunct: fc.Arbitrary<Expr> = fc.oneof(
  fc.integer({ min: -4, max: 4 }).map((n) => callExpr('gte', [column('i'), literalExpr(n, int32)])),
  fc.integer({ min: -4, max: 4 }).map((n) => callExpr('ne', [column('i'), literalExpr(n, int32)])),
  fc.constantFrom(column('o'), callExpr('not', [column('o')])),
  fc.constantFrom('f', 'b', 's', 'd').map((name) => callExpr('isNotNull', [column(name)])),
  fc.constantFrom('i', 'f', 's').map((name) => callExpr('isNull', [column(name)])),
  fc.constant(inExpr(column('s'), ['', 'a', 'née', 'zz'])),
  fc
    .record({
      name: fc.constantFrom('like', 'ne', 'eq', 'startsWith'),
      text: fc.constantFrom('a', '%a%', 'née', ''),
    })
    .map(({ name, text }) => callExpr(name as 'like', [column('s'), literalExpr(text, utf8)]))
    .chain((test) => fc.constantFrom(test, callExpr('not', [test]))),
  fc.constant(
    callExpr('lt', [
      callExpr('intDiv', [literalExpr(7, int32), literalExpr(2, int32)]),
      column('i'),
    ]),
  ),
  fc.boolean().map((value) => literalExpr(value, column('o').type)),
)

const parts = fc.array(
  wideRows(30).filter((rows) => rows.length > 0),
  { maxLength: 4 },
)

test('a scan gives the rows that a filter over the same rows gives, for any batch size', async () => {
  await fc.assert(
    fc.asyncProperty(
      parts,
      fc.array(conjunct, { maxLength: 3 }),
      fc.subarray([...COLUMNS]),
      fc.constantFrom('at once', 'later', 'ahead'),
      async (partitions, conjuncts, columns, answers) => {
        const { store: memory, set } = await stored(partitions)
        const late = answers === 'at once' ? memory : slow(memory)
        const { seen, store: counted } = watched(late)
        const store = { ...counted, fetchesOnOpen: answers === 'ahead' }
        const predicate = conjuncts.length === 0 ? null : conjoin(conjuncts)
        const rows = values(WIDE_SCHEMA, [batchOf(WIDE_SCHEMA, partitions.flat())], 'rows')
        const kept = predicate === null ? rows : filter(rows, predicate)
        const wanted = (await runOperator(physicalPlan(kept))).map((row) =>
          columns.map(({ id }) => row[id - 1]!),
        )
        for (const batchRowsMax of BATCH_SIZES) {
          for (const runRowsMax of [batchRowsMax, batchRowsMax * 4]) {
            const operator = physicalPlan(scanOf(set, { columns, predicate }))
            const context = { ...contextOf(store, { batchRowsMax }), runRowsMax }
            expect(await runOperator(operator, context)).toEqual(wanted)
            expect(seen.open).toBe(0)
          }
        }
      },
    ),
    { numRuns: runs(60) },
  )
})

const row = (i: number): ScalarRow => [i, i, BigInt(i), `row ${i}`, i % 2 === 0, 0n, 0]
const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => row(from + i))

test('only kept partitions are read, and a column added later is null', async () => {
  const { store, set } = await stored([numbered(3), numbered(3, 3), numbered(3, 6)])
  const plan = scanOf(set, { columns: [COLUMNS[0]!, LATE] }, [1, 3])
  const wanted = [0, 1, 2, 6, 7, 8].map((i) => [i, null])
  expect(await runOperator(physicalPlan(plan), contextOf(store))).toEqual(wanted)
  const predicate = callExpr('isNotNull', [columnExpr(LATE)])
  const none = scanOf(set, { columns: [COLUMNS[0]!], predicate })
  expect(await runOperator(physicalPlan(none), contextOf(store))).toEqual([])
})

/** A store that answers each read with a promise, as a bucket does. */
function slow(store: ObjectStore): ObjectStore {
  const open: ObjectStore['open'] = async (key, options) => {
    const source = await store.open(key, options)
    if (source === null) return null
    const read = async (target: Uint8Array, at: number) => source.read(target, at)
    return { byteLength: source.byteLength, read, close: () => source.close() }
  }
  return { ...store, open }
}

/** A store that counts the files that are open, and names those that ever were. */
function watched(store: ObjectStore) {
  const seen = { open: 0, keys: [] as string[] }
  const open: ObjectStore['open'] = async (key, options) => {
    const source = await store.open(key, options)
    if (source === null) return null
    seen.open += 1
    seen.keys.push(key)
    const close = () => {
      seen.open -= 1
      source.close()
    }
    return { byteLength: source.byteLength, read: (target, at) => source.read(target, at), close }
  }
  return { seen, store: { ...store, open } satisfies ObjectStore }
}

test.each(['once', 'again'])(
  'rows that do not match a pattern are found %s in the bytes of the file, and a null against its statistics',
  async (when) => {
    const texts = ['apple', null, 'pear', 'plum', 'apple pie', 'fig']
    const rows = texts.map((s, i): ScalarRow => [i, i, BigInt(i), s, true, 0n, 0])
    const kept = rows.filter(([, , , s]) => s !== null)
    const predicate = callExpr('not', [callExpr('like', [column('s'), literalExpr('%pp%', utf8)])])
    const ids = COLUMNS.slice(0, 1)
    for (const [some, nulls, expected] of [
      [rows, 1, [[2], [3], [5]]],
      [kept, 0, [[2], [3], [5]]],
      [rows, 0, 'DATA'],
    ] as const) {
      const { store, set } = await stored([[...some]])
      const byPartition = set.statistics.get(COLUMNS[3]!.id)!
      byPartition.set(1, { ...byPartition.get(1)!, nulls })
      for (let run = when === 'once' ? 1 : 2; run > 0; run--) {
        const found = runOperator(
          physicalPlan(scanOf(set, { columns: ids, predicate })),
          contextOf(store),
        )
        if (expected === 'DATA') await expect(found).rejects.toMatchObject({ code: 'DATA' })
        else expect(await found).toEqual(expected)
      }
    }
  },
)

test('a count of rows opens no file', async () => {
  const { store, set } = await stored([numbered(3), numbered(5, 3)])
  const { seen, store: counted } = watched(store)
  let rows = 0
  const context = contextOf(counted, { batchRowsMax: 2 })
  for await (const batch of physicalPlan(scanOf(set, { columns: [] })).execute(context)) {
    rows += batch.length
  }
  expect(rows).toBe(8)
  expect(seen.keys).toEqual([])
})

test('columns of which no row is wanted are not opened', async () => {
  const { store, set } = await stored([numbered(3), numbered(5, 3)])
  const { seen, store: counted } = watched(store)
  const predicate = callExpr('gt', [column('i'), literalExpr(6, int32)])
  const plan = scanOf(set, { columns: [COLUMNS[3]!], predicate })
  expect(await runOperator(physicalPlan(plan), contextOf(counted))).toEqual([['row 7']])
  const keys = [
    partitionKey(TABLE.folder, COLUMNS[0]!, 1),
    partitionKey(TABLE.folder, COLUMNS[0]!, 2),
    partitionKey(TABLE.folder, COLUMNS[3]!, 2),
  ]
  expect(seen).toEqual({ open: 0, keys })
})

test('a scan that is ended early closes its files and opens no more', async () => {
  const { store, set } = await stored([numbered(30), numbered(30, 30)])
  const { seen, store: counted } = watched(store)
  const plan = limit(scanOf(set, { limit: 4 }), { count: 4, offset: 0 })
  const result = await runOperator(physicalPlan(plan), contextOf(counted, { batchRowsMax: 8 }))
  expect(result.map(([i]) => i)).toEqual([0, 1, 2, 3])
  expect(seen.open).toBe(0)
  expect(seen.keys.every((key) => key.endsWith('/partition1.csv'))).toBe(true)
})

test('a scan limited to nothing reads nothing', async () => {
  const { store, set } = await stored([numbered(3)])
  const { seen, store: counted } = watched(store)
  expect(await runOperator(physicalPlan(scanOf(set, { limit: 0 })), contextOf(counted))).toEqual([])
  expect(seen.keys).toEqual([])
})

test('a file that is missing throws DATA and leaves no file open', async () => {
  const { store, set } = await stored([numbered(3)])
  await store.delete(partitionKey(TABLE.folder, COLUMNS[2]!, 1))
  const { seen, store: counted } = watched(store)
  const rows = runOperator(physicalPlan(scanOf(set)), contextOf(counted))
  await expect(rows).rejects.toMatchObject({ code: 'DATA' })
  expect(seen.open).toBe(0)
})

test('progress adds up to the rows of the partitions and the bytes of the files', async () => {
  const { store, set } = await stored([numbered(30), numbered(30, 30)])
  const total = { rows: 0, bytes: 0 }
  const onScanned = (rows: number, bytes: number) => {
    total.rows += rows
    total.bytes += bytes
  }
  await runOperator(
    physicalPlan(scanOf(set, { columns: [COLUMNS[0]!] })),
    contextOf(store, { onScanned, batchRowsMax: 7 }),
  )
  const bytes = [...set.statistics.get(1)!.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  expect(total).toEqual({ rows: 60, bytes })
})

test('rows that one conjunct excludes cannot make another one throw', async () => {
  const { store, set } = await stored([numbered(10)])
  const quotient = callExpr('intDiv', [literalExpr(8, int32), column('i')])
  const predicate = conjoin([
    callExpr('eq', [quotient, literalExpr(4, int32)]),
    callExpr('ne', [column('i'), literalExpr(0, int32)]),
  ])
  const plan = scanOf(set, { columns: [COLUMNS[0]!], predicate })
  expect(await runOperator(physicalPlan(plan), contextOf(store))).toEqual([[2]])
})

test('a signal that fires between runs ends the scan with ABORTED and closes its files', async () => {
  const { store, set } = await stored([numbered(30)])
  const { seen, store: counted } = watched(store)
  const controller = new AbortController()
  const context = contextOf(counted, { signal: controller.signal, batchRowsMax: 4 })
  const read = async () => {
    for await (const batch of physicalPlan(scanOf(set)).execute(context)) {
      expect(batch.length).toBe(4)
      controller.abort()
    }
  }
  await expect(read()).rejects.toMatchObject({ code: 'ABORTED' })
  expect(seen.open).toBe(0)
})

/** Ten partitions of three rows in a store that sends for the bytes of what is opened. */
async function remote() {
  const parts = Array.from({ length: 10 }, (_, n) => numbered(3, 3 * n))
  const { store: memory, set } = await stored(parts)
  const { seen, store } = watched({ ...slow(memory), fetchesOnOpen: true })
  return { memory, set, seen, store }
}

const fileOf = (position: number, partition: number) =>
  partitionKey(TABLE.folder, COLUMNS[position]!, partition)

test('while a partition is read the first files of the next are fetched, each file once', async () => {
  const { set, seen, store } = await remote()
  const predicate = callExpr('gte', [column('i'), literalExpr(27, int32)])
  const plan = scanOf(set, { columns: [COLUMNS[3]!], predicate })
  const batches = physicalPlan(plan).execute(contextOf(store))
  const first = await batches.next()
  expect(first.value?.length).toBe(3)
  expect(await batches.next()).toMatchObject({ done: true })
  const firsts = Array.from({ length: 10 }, (_, n) => fileOf(0, n + 1))
  // Of the text only the last partition's is wanted, which no row of the others tells before.
  expect(seen).toEqual({ open: 0, keys: [...firsts, fileOf(3, 10)] })
})

test('eight partitions are ahead at most', async () => {
  const { set, seen, store } = await remote()
  const context = contextOf(store, { batchRowsMax: 3 })
  const batches = physicalPlan(scanOf(set, { columns: [COLUMNS[0]!] })).execute(context)
  await batches.next()
  expect(seen.keys).toEqual(Array.from({ length: 9 }, (_, n) => fileOf(0, n + 1)))
  await batches.return()
  expect(seen.open).toBe(0)
})

test('a tight memory limit leaves nothing ahead', async () => {
  const { set, seen, store } = await remote()
  const context = contextOf(store, { batchRowsMax: 3, memoryLimit: 8 })
  const batches = physicalPlan(scanOf(set, { columns: [COLUMNS[0]!] })).execute(context)
  await batches.next()
  expect(seen.keys).toEqual([fileOf(0, 1)])
  await batches.return()
})

test('a limit that the first partition reaches fetches nothing of the next', async () => {
  const { set, seen, store } = await remote()
  const plan = limit(scanOf(set, { limit: 2, columns: [COLUMNS[0]!] }), { count: 2, offset: 0 })
  expect(await runOperator(physicalPlan(plan), contextOf(store))).toEqual([[0], [1]])
  expect(seen).toEqual({ open: 0, keys: [fileOf(0, 1)] })
})

test('a file ahead that is missing is told when its partition is due, and not before', async () => {
  const { memory, set, seen, store } = await remote()
  await memory.delete(fileOf(0, 3))
  const rows: unknown[] = []
  const read = async () => {
    const context = contextOf(store, { batchRowsMax: 3 })
    const plan = scanOf(set, { columns: [COLUMNS[0]!] })
    for await (const { length } of physicalPlan(plan).execute(context)) rows.push(length)
  }
  await expect(read()).rejects.toMatchObject({ code: 'DATA' })
  expect(rows).toEqual([3, 3])
  expect(seen.open).toBe(0)
  const enough = limit(scanOf(set, { limit: 5, columns: [COLUMNS[0]!] }), { count: 5, offset: 0 })
  expect(await runOperator(physicalPlan(enough), contextOf(store))).toHaveLength(5)
})

test('files that never come are let go when the scan is aborted or ended early', async () => {
  const { memory, set } = await remote()
  let waiting = 0
  const open: ObjectStore['open'] = async (key, options) => {
    if (key === fileOf(0, 1)) return memory.open(key, options)
    throwIfAborted(options?.signal)
    waiting++
    return new Promise((_, reject) => {
      options?.signal?.addEventListener('abort', () => {
        waiting--
        reject(new Error('the request was given up'))
      })
    })
  }
  const store = { ...memory, fetchesOnOpen: true, open }
  const plan = scanOf(set, { columns: [COLUMNS[0]!] })
  const early = physicalPlan(plan).execute(contextOf(store, { batchRowsMax: 3 }))
  await early.next()
  expect(waiting).toBe(8)
  await early.return()
  expect(waiting).toBe(0)
  const controller = new AbortController()
  const context = contextOf(store, { batchRowsMax: 3, signal: controller.signal })
  const aborted = physicalPlan(plan).execute(context)
  await aborted.next()
  const next = aborted.next()
  controller.abort()
  await expect(next).rejects.toThrow()
  expect(waiting).toBe(0)
})
