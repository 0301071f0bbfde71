import { type Batch, batch } from '../arrow/batch.ts'
import { schema } from '../arrow/schema.ts'
import { nullCount, take, type Vector } from '../arrow/vector.ts'
import type { AddPartition } from '../catalog/model/commit-record.ts'
import type { AppMark } from '../catalog/model/head.ts'
import type { ColumnPartition, PartitionSet } from '../catalog/model/partition-set.ts'
import {
  type Column,
  fileText,
  inputColumns,
  type Partition,
  type TableSnapshot,
  tableSchema,
} from '../catalog/model/table.ts'
import type { ChangedColumn } from '../catalog/rewritten-partitions.ts'
import type { StagedWriter, TableCatalog } from '../catalog/table-catalog.ts'
import type { WriteOperation } from '../catalog/table-writer.ts'
import { clip, GraupelError, invalid, throwIfAborted } from '../error.ts'
import {
  type Assignments,
  allRows,
  type Clause,
  evaluate,
  type Hit,
  hitsOf,
  keptRows,
  type MergeSource,
  newValues,
  type Rows,
  readColumns,
  sideBySide,
} from '../exec/row-change.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { type OnProgress, progressOf } from '../io/progress.ts'
import type { StatisticsOf } from '../plan/bounds.ts'
import type { Expr } from '../plan/expr.ts'
import { columnsOf } from '../plan/expr-walk.ts'
import { alwaysMatches, mightMatch } from '../plan/prune.ts'
import { statisticsIn } from '../plan/scan-statistics.ts'
import type { ActionOptions } from './action-options.ts'
import type { ChangeResult } from './change-type.ts'
import { WriteGuard } from './constraint/write-guard.ts'
import type { QuerySettings } from './frame-state.ts'
import { writeRows } from './stage.ts'

/** What is to become of the rows of a table, at the version that `snapshot` is of. */
export interface TableChange {
  readonly operation: WriteOperation
  readonly snapshot: TableSnapshot
  /** The oldest version of the table that it was made from. */
  readonly basedOn: number
  /** For rows with a source row. */
  readonly matched: readonly Clause[]
  /** For rows without one: all rows when there is no source. */
  readonly unmatched: readonly Clause[]
  readonly source: MergeSource | null
  /** Whole rows to be added for source rows without a row. */
  readonly inserts: readonly Clause[]
  /** Rows to be added besides, of the table's columns. */
  readonly rows: AsyncIterable<Batch> | Iterable<Batch>
  /** True for rows that others must not have brought meanwhile; null when they may. */
  readonly exclusive: Expr | null
  readonly mark: AppMark | undefined
}

/** Where a change is made. */
export interface ChangePlace {
  readonly catalog: TableCatalog
  readonly store: ObjectStore
  readonly settings: QuerySettings
}

/**
 * Makes a change as one commit. Partitions that the metadata rule out are not read, those without a
 * row to change are not written, and of the others only the columns that change, or all where rows
 * go. Throws INVALID for values that cannot be, CONFLICT and COMMIT_UNKNOWN as every write.
 */
export async function changeTable(
  place: ChangePlace,
  change: TableChange,
  options: ActionOptions,
): Promise<ChangeResult> {
  const writer = place.catalog.stageWriter({ signal: options.signal })
  const tell = progressOf(change.operation, options.onProgress)
  let counts: Counts
  let concerns: ((partition: AddPartition) => boolean) | undefined
  let rewriting: TableRewriter
  try {
    const { snapshot } = change
    const rowsPlace = { catalog: place.catalog, signal: options.signal }
    const against = snapshot.version
    const guard = await WriteGuard.of(writer, rowsPlace, { snapshot, against })
    rewriting = new TableRewriter(place, change, { writer, guard, tell, signal: options.signal })
    counts = await rewriting.rewrite()
    concerns = await rewriting.concerns()
  } catch (error) {
    await writer.abort()
    if (error instanceof GraupelError && error.code === 'DATA') {
      await place.catalog.assertKept(change.snapshot)
    }
    throw error
  }
  const { operation, basedOn, mark } = change
  const { rowsUpdated } = counts
  const result = await writer.commit({ operation, basedOn, mark, concerns, rowsUpdated })
  const { version, rows: rowsInserted, bytes, isNew } = result
  if (!isNew) counts = NOTHING
  tell({ phase: 'done', ...rewriting.read })
  return { version, rowsInserted, ...counts, bytes }
}

type Counts = Pick<ChangeResult, 'rowsUpdated' | 'rowsDeleted' | 'partitionsRewritten'>

const NOTHING: Counts = { rowsUpdated: 0, rowsDeleted: 0, partitionsRewritten: 0 }

class TableRewriter {
  readonly #place: ChangePlace
  readonly #change: TableChange
  readonly #writer: StagedWriter
  readonly #guard: WriteGuard
  readonly #signal: AbortSignal | undefined
  readonly #tell: OnProgress
  #all: Promise<PartitionSet> | undefined
  #rowsUpdated = 0
  #rowsDeleted = 0
  #partitionsRewritten = 0
  /** What was read so far, and of how many partitions. */
  read = { rows: 0, bytes: 0, partitions: 0, totalPartitions: 0 }

  constructor(
    place: ChangePlace,
    change: TableChange,
    {
      writer,
      guard,
      signal,
      tell,
    }: {
      readonly writer: StagedWriter
      readonly guard: WriteGuard
      readonly signal: AbortSignal | undefined
      readonly tell: OnProgress
    },
  ) {
    this.#place = place
    this.#change = change
    this.#writer = writer
    this.#guard = guard
    this.#signal = signal
    this.#tell = tell
  }

  /** Stages everything; nothing is visible yet. */
  async rewrite(): Promise<Counts> {
    const { snapshot, source, unmatched } = this.#change
    const range = source?.range ?? null
    const conditions = unmatched.flatMap(({ when }) => (when === null ? [] : [when]))
    const known = await this.#partitions(
      namesIn(range === null ? conditions : [range, ...conditions]),
    )
    const statisticsOf = statisticsIn(snapshot, known)
    const plans = known.partitions.flatMap((partition) => {
      const clauses = pruned(unmatched, statisticsOf(partition))
      const mayJoin = range !== null && mightMatch(range, statisticsOf(partition))
      return clauses.length > 0 || mayJoin ? [{ partition, clauses, mayJoin }] : []
    })
    this.read.totalPartitions = plans.length
    for (const plan of plans) {
      throwIfAborted(this.#signal)
      await this.#rewritePartition(plan)
      this.#note({ partitions: 1 })
    }
    await this.#guard.settle()
    await this.#write(this.#inserted())
    await this.#write(this.#change.rows)
    return {
      rowsUpdated: this.#rowsUpdated,
      rowsDeleted: this.#rowsDeleted,
      partitionsRewritten: this.#partitionsRewritten,
    }
  }

  /**
   * Tells of a partition that others brought whether it may have rows that are exclusive: not where
   * the columns in question have the files that they had when this change looked.
   */
  async concerns(): Promise<((partition: AddPartition) => boolean) | undefined> {
    const { exclusive, snapshot } = this.#change
    if (exclusive === null) return undefined
    const names = namesIn([exclusive])
    const seen = await this.#partitions(names)
    const columns = snapshot.columns.filter(({ name }) => names.has(name))
    return (partition) => {
      const isSeen = columns.every(({ id }) => {
        const before = seen.statistics.get(id)?.get(partition.id)
        const after = partition.columns.get(id)
        if (before === undefined || after === undefined) return false
        return fileText(before.file) === fileText(after.file)
      })
      if (isSeen && columns.length > 0) return false
      const one = new Map(
        [...partition.columns].map(([id, of]) => [id, new Map([[partition.id, of]])] as const),
      )
      const set: PartitionSet = { partitions: [partition], statistics: one }
      return mightMatch(exclusive, statisticsIn(snapshot, set)(partition))
    }
  }

  async #rewritePartition({ partition, clauses, mayJoin }: PartitionPlan): Promise<void> {
    const hits = await this.#hits(partition, { clauses, mayJoin })
    if (hits.length === 0) return
    const kept = keptRows(hits, partition.rows)
    const rowsHit = hits.reduce((sum, { rows }) => sum + rows.length, 0)
    const deleted = partition.rows - kept.length
    this.#rowsDeleted += deleted
    this.#rowsUpdated += rowsHit - deleted
    this.#partitionsRewritten++
    if (kept.length === 0) {
      this.#guard.removed(partition)
      return this.#writer.remove(partition)
    }
    const files = new Map<number, ColumnPartition>()
    const all = await this.#allPartitions()
    for (const { id } of this.#change.snapshot.columns) {
      const of = all.statistics.get(id)?.get(partition.id)
      if (of !== undefined && of.constant === undefined) files.set(id, of)
    }
    const changed = new Map<string, Vector>()
    const columns = noted(this.#changedColumns(partition, { hits, kept, files }), changed)
    await this.#writer.rewrite({ partition, rows: kept.length, files, changed: columns })
    const read = (others: readonly Column[]) =>
      this.#read(partition, new Set(others.map(({ name }) => name)))
    await this.#guard.rewritten({ partition, kept, changed, read }, namesSet(hits))
  }

  /** What the clauses say of the rows of a partition. */
  async #hits(
    partition: Partition,
    { clauses, mayJoin }: Pick<PartitionPlan, 'clauses' | 'mayJoin'>,
  ): Promise<Hit[]> {
    const { source, matched } = this.#change
    const asked = mayJoin ? [...matched, ...clauses] : clauses
    const names = namesIn(asked.flatMap(({ when }) => (when === null ? [] : [when])))
    if (mayJoin) for (const name of namesIn([source!.range, ...source!.targetKeys])) names.add(name)
    const target = await this.#read(partition, names)
    const everything: Rows = { rows: allRows(partition.rows), beside: null }
    if (!mayJoin) return hitsOf(clauses, target, everything)
    const split = source!.split(target, { unique: matched.length > 0 })
    return [...hitsOf(matched, target, split.with), ...hitsOf(clauses, target, split.without)]
  }

  async *#changedColumns(
    partition: Partition,
    {
      hits,
      kept,
      files,
    }: { hits: readonly Hit[]; kept: Uint32Array; files: ReadonlyMap<number, unknown> },
  ): AsyncGenerator<ChangedColumn> {
    const { columns } = this.#change.snapshot
    const set = new Map<string, Expr[]>()
    const rowsSet = new Map<string, number>()
    for (const { outcome, rows } of hits) {
      for (const [name, expr] of outcome === 'delete' ? [] : outcome) {
        set.set(name, [...(set.get(name) ?? []), expr])
        rowsSet.set(name, (rowsSet.get(name) ?? 0) + rows.length)
      }
    }
    const needed = namesIn([...set.values()].flat())
    const partly = [...set.keys()].filter((name) => rowsSet.get(name)! < partition.rows)
    const target = await this.#read(partition, new Set([...needed, ...partly]))
    for (const column of columns) {
      if (set.has(column.name)) {
        const before = partly.includes(column.name) ? columnOf(target, column.name) : null
        const vector = newValues(column, before, target, hits, kept)
        refuseNull(column, vector)
        yield { column, vector }
      } else if (kept.length < partition.rows && files.has(column.id)) {
        const { columns: read } = await this.#read(partition, new Set([column.name]))
        yield { column, vector: take(read[0]!, kept, kept.length) }
      }
    }
  }

  /** Columns of a partition, whole. Names that the table has not are passed over. */
  async #read(partition: Partition, names: ReadonlySet<string>): Promise<Batch> {
    const { snapshot } = this.#change
    const columns = snapshot.columns.filter(({ name }) => names.has(name))
    if (columns.length === 0) return batch(schema([]), [], partition.rows)
    const source = {
      store: this.#place.store,
      table: snapshot,
      partitions: await this.#allPartitions(),
      signal: this.#signal,
      onRead: (rows: number, bytes: number) => this.#note({ rows, bytes }),
    }
    return readColumns(source, partition, columns)
  }

  #note({ rows = 0, bytes = 0, partitions = 0 }): void {
    this.read.rows += rows
    this.read.bytes += bytes
    this.read.partitions += partitions
    this.#tell({ phase: 'scan', ...this.read })
  }

  *#inserted(): Generator<Batch> {
    const { source, inserts, snapshot } = this.#change
    if (source === null || inserts.length === 0) return
    const rows = { rows: source.unmatched(), beside: null }
    const target = tableSchema(inputColumns(snapshot))
    for (const hit of hitsOf(inserts, source.rows, rows)) {
      const of = sideBySide(source.rows, hit)
      const values = hit.outcome as Assignments
      const columns = target.fields.map(({ name }) => evaluate(values.get(name)!, of))
      yield batch(target, columns, of.length)
    }
  }

  async #write(rows: AsyncIterable<Batch> | Iterable<Batch>): Promise<void> {
    const { settings } = this.#place
    const signal = this.#signal
    const { snapshot } = this.#change
    const target = { writer: this.#writer, guard: this.#guard }
    await writeRows(target, rows, { snapshot, settings, signal })
  }

  /** The partitions with the statistics of all columns. */
  #allPartitions(): Promise<PartitionSet> {
    const { columns } = this.#change.snapshot
    this.#all ??= this.#partitions(new Set(columns.map(({ name }) => name)))
    return this.#all
  }

  #partitions(names: ReadonlySet<string>): Promise<PartitionSet> {
    const { snapshot } = this.#change
    const ids = snapshot.columns.filter(({ name }) => names.has(name)).map(({ id }) => id)
    return this.#place.catalog.partitions(snapshot, ids)
  }
}

interface PartitionPlan {
  readonly partition: Partition
  readonly clauses: readonly Clause[]
  readonly mayJoin: boolean
}

/** The clauses that may be true in a partition, without the conditions that always are. */
function pruned(clauses: readonly Clause[], statisticsOf: StatisticsOf): Clause[] {
  return clauses.flatMap((clause) => {
    const { when, outcome } = clause
    if (when === null || alwaysMatches(when, statisticsOf)) return [{ when: null, outcome }]
    return mightMatch(when, statisticsOf) ? [clause] : []
  })
}

/** Names of the columns that clauses give values to. */
function namesSet(hits: readonly Hit[]): Set<string> {
  return new Set(hits.flatMap(({ outcome }) => (outcome === 'delete' ? [] : [...outcome.keys()])))
}

/** Hands columns on, and notes them. */
async function* noted(
  columns: AsyncIterable<ChangedColumn>,
  into: Map<string, Vector>,
): AsyncGenerator<ChangedColumn> {
  for await (const changed of columns) {
    into.set(changed.column.name, changed.vector)
    yield changed
  }
}

function namesIn(exprs: readonly Expr[]): Set<string> {
  return new Set(exprs.flatMap((expr) => [...columnsOf(expr)]))
}

function columnOf(of: Batch, name: string): Vector {
  return of.columns[of.schema.positions.get(name)!]!
}

function refuseNull({ name, nullable }: Column, vector: Vector): void {
  if (nullable || nullCount(vector) === 0) return
  throw invalid(`column "${clip(name)}": null in a column that takes none`, {
    column: name,
    value: null,
  })
}
