import { type Batch, batch, concatBatches } from '../arrow/batch.ts'
import { utf8 } from '../arrow/data-type.ts'
import { field, type Schema, schema } from '../arrow/schema.ts'
import { concat, take } from '../arrow/vector.ts'
import { vectorFrom } from '../arrow/vector-from.ts'
import { isKey } from '../catalog/model/constraint.ts'
import type { Moment } from '../catalog/model/moment.ts'
import type { PartitionSet } from '../catalog/model/partition-set.ts'
import {
  fileText,
  type Partition,
  type TableSnapshot,
  tableSchema,
} from '../catalog/model/table.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { invalid } from '../error.ts'
import { netChanges, rowDifferences } from '../exec/row-change.ts'
import { execContext, run } from '../exec/run.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { columnExpr, literalExpr } from '../plan/expr-walk.ts'
import { type LogicalPlan, project, scan, sort, union, values } from '../plan/logical-plan.ts'
import { frameBatches } from './execute.ts'
import type { Derived, Origin, QuerySettings } from './frame-state.ts'

/** The column that tells what became of a row. */
export const CHANGE_COLUMN = '_change'

/** Where changes are looked for. */
export interface ChangesOf {
  readonly catalog: TableCatalog
  readonly store: ObjectStore
  readonly from: Moment
  readonly to: Moment
  /** Its columns are those that the changes are told in. */
  readonly seenFrom: TableSnapshot
  readonly settings: QuerySettings
}

/**
 * A snapshot that stands for the changes of a table, and where its rows come from. Throws INVALID
 * when the table has a column of the name that is needed.
 */
export function changesScan(
  current: TableSnapshot,
  text: string,
  of: ChangesOf,
): { readonly snapshot: TableSnapshot; readonly origin: Origin } {
  const { columns } = current
  if (columns.some(({ name }) => name === CHANGE_COLUMN)) {
    throw invalid(`changes: the table has a column "${CHANGE_COLUMN}" of its own`, {
      column: CHANGE_COLUMN,
    })
  }
  const id = columns.reduce((next, column) => Math.max(next, column.id + 1), 1)
  const change = { id, name: CHANGE_COLUMN, type: utf8, nullable: false, folder: CHANGE_COLUMN }
  const name = `${current.name} ${text}`
  const snapshot = Object.freeze({
    ...current,
    name,
    version: -1,
    columns: [...columns, change],
    clusterBy: [],
    constraints: [],
    identities: [],
  })
  const { catalog, store } = of
  const origin = { catalog, store, resolve: null, derive: () => changesPlan(of) }
  return { snapshot, origin }
}

/** Rows of the partitions that only one of the versions has, and of those in both what differs. */
async function changesPlan(of: ChangesOf): Promise<Derived> {
  const { catalog, store } = of
  const before = await catalog.snapshotAt(of.from, of.seenFrom)
  const after = await catalog.snapshotAt(of.to, of.seenFrom)
  const columnIds = (of: TableSnapshot) => of.columns.map(({ id }) => id).join()
  if (columnIds(before) !== columnIds(after)) {
    throw invalid(
      `changes: "${after.name}" has other columns at version ${after.version}: open it again`,
      { table: after.name, version: after.version },
    )
  }
  if (before.version > after.version) {
    throw invalid(
      `changes: from is version ${before.version}, which comes after version ${after.version}`,
      { from: before.version, to: after.version },
    )
  }
  const ids = before.columns.map((column) => column.id)
  const [old, now] = [await catalog.partitions(before, ids), await catalog.partitions(after, ids)]
  const [gone, come] = withoutShared(old, now, ids)
  const span = { from: before.version, to: after.version }
  const isMoved = await catalog.movesRows(span)
  const goneIds = new Set(isMoved ? [] : gone.map(({ id }) => id))
  const rewritten = new Set(come.filter(({ id }) => goneIds.has(id)).map(({ id }) => id))
  const only = (snapshot: TableSnapshot, partitions: readonly Partition[]) => {
    const wanted = new Set(partitions.map(({ id }) => id).filter((id) => !rewritten.has(id)))
    return restrictedScan(of, snapshot, wanted)
  }
  const [removed, added] = [only(before, gone), only(after, come)]
  const origins = new Map([removed, added].map(({ snapshot, origin }) => [snapshot, origin]))
  const plans: LogicalPlan[] = [
    labelled(scan(removed.snapshot), 'delete'),
    labelled(scan(added.snapshot), 'insert'),
  ]
  if (isMoved) return { plan: await netPlan(union(plans), origins, of), origins: new Map() }
  if (rewritten.size > 0) {
    const batches: Batch[] = []
    const keys = keysOfBoth(before, after)
    for (const id of [...rewritten].sort((a, b) => a - b)) {
      const [left, right] = await Promise.all([
        readPartition(store, before, old, id),
        readPartition(store, after, now, id),
      ])
      batches.push(changedRows(left, right, keys))
    }
    plans.push(values(changesSchema(tableSchema(before.columns)), batches, 'changes'))
  }
  return { plan: union(plans), origins }
}

/**
 * Rows that are among the gone and among the come as often are no change: they have only been moved
 * to other partitions. All are sorted for it; what is left is held in memory.
 */
async function netPlan(
  moved: LogicalPlan,
  origins: Derived['origins'],
  { settings }: ChangesOf,
): Promise<LogicalPlan> {
  const keys = moved.schema.fields.map((of) => {
    return { expr: columnExpr(of), descending: false, nulls: 'last' } as const
  })
  const rows = frameBatches({ plan: sort(moved, keys), origins, settings, home: null })
  const left: Batch[] = []
  for await (const part of netChanges(moved.schema, rows)) left.push(part)
  return values(moved.schema, left, 'changes')
}

/** The partitions of each set that the other has not, by the files that they are made of. */
export function withoutShared(
  old: PartitionSet,
  now: PartitionSet,
  columns: readonly number[],
): [Partition[], Partition[]] {
  const filesOf = (set: PartitionSet, { id }: Partition) =>
    columns
      .map((column) => set.statistics.get(column)?.get(id)?.file)
      .map((file) => (file === undefined ? '' : fileText(file)))
      .join()
  const oldFiles = new Set(old.partitions.map((of) => filesOf(old, of)))
  const nowFiles = new Set(now.partitions.map((of) => filesOf(now, of)))
  return [
    old.partitions.filter((of) => !nowFiles.has(filesOf(old, of))),
    now.partitions.filter((of) => !oldFiles.has(filesOf(now, of))),
  ]
}

/** The table of `snapshot`, as if it had only the partitions of `wanted`. */
export function restrictedScan(
  { catalog, store }: Pick<Origin, 'catalog' | 'store'>,
  snapshot: TableSnapshot,
  wanted: ReadonlySet<number>,
): { readonly snapshot: TableSnapshot; readonly origin: Origin } {
  const source: Origin['catalog'] = {
    assertKept: (of) => catalog.assertKept(of),
    async partitions(of, columnIds) {
      const { partitions, statistics } = await catalog.partitions(of, columnIds)
      return { partitions: partitions.filter(({ id }) => wanted.has(id)), statistics }
    },
  }
  const origin = { catalog: source, store, resolve: null }
  return { snapshot: Object.freeze({ ...snapshot }), origin }
}

function changesSchema(of: Schema): Schema {
  return schema([...of.fields, field(CHANGE_COLUMN, utf8, false)])
}

function labelled(input: LogicalPlan, change: string): LogicalPlan {
  const columns = input.schema.fields.map((of) => ({ name: of.name, expr: columnExpr(of) }))
  return project(input, [...columns, { name: CHANGE_COLUMN, expr: literalExpr(change, utf8) }])
}

async function readPartition(
  store: ObjectStore,
  snapshot: TableSnapshot,
  all: PartitionSet,
  id: number,
): Promise<Batch> {
  const plan = scan(snapshot, { partitions: { all, kept: [id], pruned: new Map() } })
  const batches: Batch[] = []
  const context = execContext({ stores: new Map([[snapshot.storeUrl, store]]) })
  for await (const part of run(plan, context)) batches.push(part)
  return concatBatches(plan.schema, batches)
}

/** Positions of columns that take no null and whose values no two rows share, at both versions. */
function keysOfBoth(before: TableSnapshot, after: TableSnapshot): number[] | null {
  const { columns } = before
  for (const of of before.constraints) {
    const isKept = after.constraints.some(
      (other) => isKey(other) && other.columns.join() === of.columns.join(),
    )
    if (!isKey(of) || !isKept) continue
    const positions = of.columns.map((id) => columns.findIndex((column) => column.id === id))
    if (positions.every((position) => columns[position]?.nullable === false)) return positions
  }
  return null
}

/** The rows that differ: each as it was, then as it is. */
function changedRows(before: Batch, after: Batch, keys: readonly number[] | null): Batch {
  const { left, right } = rowDifferences(before, after, keys)
  const rows = new Uint32Array(left.length * 2)
  const words: string[] = []
  for (let pair = 0; pair < left.length; pair++) {
    const [from, to] = [left[pair]!, right[pair]!]
    const isBoth = from >= 0 && to >= 0
    if (from >= 0) {
      rows[words.length] = from
      words.push(isBoth ? 'updateBefore' : 'delete')
    }
    if (to >= 0) {
      rows[words.length] = before.length + to
      words.push(isBoth ? 'updateAfter' : 'insert')
    }
  }
  const columns = before.columns.map((column, at) =>
    take(concat(column.type, [column, after.columns[at]!]), rows, words.length),
  )
  const of = changesSchema(before.schema)
  return batch(of, [...columns, vectorFrom(words, of.fields.at(-1)!)], words.length)
}
