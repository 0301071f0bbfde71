import { type Batch, batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Partition } from '../../catalog/model/table.ts'
import { linkedSignal } from '../../io/linked-signal.ts'
import type { ObjectStore } from '../../io/object-store.ts'
import type { Expr } from '../../plan/expr.ts'
import { conjuncts } from '../../plan/expr-walk.ts'
import type { Scan } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { LiveBound } from '../live-bound.ts'
import type { Operator } from '../operator.ts'
import { BatchMerger } from './batch-merger.ts'
import { orderConjuncts } from './conjunct-order.ts'
import { type JoinedInline, joinInline } from './joined-inline.ts'
import { narrowedRows } from './narrowed-rows.ts'
import { Pacer } from './pacer.ts'
import { PartitionReader } from './partition-reader.ts'
import { ReadAhead, type Upcoming } from './read-ahead.ts'
import { boundStep, RunSelection, type Step, stepsOf } from './run-selection.ts'
import { slicesOf } from './slices.ts'

/** A partition to be read, and how its rows are found. */
interface PartitionScan extends Upcoming {
  readonly partition: Partition
  readonly steps: readonly Step[]
  /** Partitions that are read as this one. */
  readonly count: number
}

/** What the partitions of a scan have in common while it runs. */
interface ScanProgress {
  readonly context: ExecContext
  readonly pacer: Pacer
  /** Whether an open file is fetched whole. */
  readonly fetches: boolean
}

/**
 * Reads the kept partitions of a table, ascending, a run of rows at a time: first the columns of
 * the predicate, conjunct by conjunct, then the others for the rows that are left. The files of a
 * partition are open only while it is read; a store that takes its time is asked for the first
 * files of the next ones meanwhile.
 */
export class ScanOperator implements Operator {
  readonly name = 'scan'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #plan: Scan
  readonly #conjuncts: readonly Expr[]

  constructor(plan: Scan) {
    this.schema = plan.schema
    this.#plan = plan
    this.#conjuncts = plan.predicate === null ? [] : conjuncts(plan.predicate)
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { limit, table } = this.#plan
    const store = context.stores.get(table.storeUrl)
    const enough = Math.min(Math.ceil(context.batchRowsMax / 4), Math.max(1, limit ?? Infinity))
    const borrowed = context.blocks !== null
    const merger = new BatchMerger(this.schema, context.batchRowsMax, { enough, borrowed })
    const pacer = new Pacer(context)
    let wanted = limit ?? Number.POSITIVE_INFINITY
    if (wanted <= 0) return
    const partitions = this.#partitions()
    if (store === undefined) throw new Error(`no store "${table.storeUrl}" in the context`)
    const fetches = store.fetchesOnOpen === true
    const linked = fetches ? linkedSignal(context.signal) : undefined
    const signal = linked?.signal ?? context.signal
    const bytesMax = context.memory.bytesMax / 4
    const ahead = new ReadAhead(this.#upcoming(partitions, store, { ...context, signal }), {
      bytesMax,
    })
    try {
      // A limit may be reached by the first partition.
      let fetch = fetches && limit === null
      for (let part = ahead.take({ fetch }); part !== undefined; part = ahead.take({ fetch })) {
        for await (const rows of this.#readPartition(part, { context, pacer, fetches }, wanted)) {
          wanted -= rows?.length ?? 0
          if (rows === null) yield* merger.push(null)
          else for (const part of slicesOf(rows, context.batchRowsMax)) yield* merger.push(part)
          if (wanted <= 0) break
        }
        if (wanted <= 0) break
        fetch = fetches
      }
    } finally {
      linked?.end()
      await ahead.close()
    }
    yield* merger.flush()
  }

  #partitions(): JoinedInline {
    const { partitions, table } = this.#plan
    if (partitions === null) throw new Error(`scan of "${table.name}" without its partitions`)
    const kept = new Set(partitions.kept)
    const { all } = partitions
    return joinInline(
      all.partitions.filter(({ id }) => kept.has(id)),
      all.statistics,
    )
  }

  /** The partitions, each made ready when it is asked for. */
  *#upcoming(
    { partitions, statistics, counts }: JoinedInline,
    store: ObjectStore,
    context: ExecContext,
  ): Generator<PartitionScan, void, undefined> {
    const files = { folder: this.#plan.table.folder, statistics }
    for (const partition of partitions) {
      const reader = new PartitionReader(files, partition, store, context)
      const steps = this.#steps(reader, context.bound)
      const firstColumns = steps[0]?.columns ?? this.#plan.columns
      const count = counts.get(partition.id) ?? 1
      yield { partition, reader, steps, firstColumns, count }
    }
  }

  /** The rows of a partition that pass, run by run; null for a run without any. */
  async *#readPartition(
    { partition, reader, steps, count }: PartitionScan,
    { context, pacer, fetches }: ScanProgress,
    wanted: number,
  ): AsyncGenerator<Batch | null, void, undefined> {
    const { columns } = this.#plan
    try {
      const asked = context.rows ?? { from: 0, to: partition.rows }
      const narrowed = fetches ? { ...asked, steps } : await narrowedRows(reader, asked, steps)
      const { from, to } = narrowed
      const plain = narrowed.steps.length === 0
      const selection = new RunSelection(narrowed.steps, columns, this.schema, context)
      let runRows = plain ? Math.min(context.batchRowsMax, wanted) : context.batchRowsMax
      for (let start = from, length = 0; start < to; start += length) {
        length = Math.min(runRows, to - start)
        const pause = pacer.step(length * (columns.length + 1))
        if (pause !== undefined) await pause
        const empty = plain && columns.length === 0
        context.blocks?.clear()
        const rows = empty
          ? batch(this.schema, [], length)
          : await selection.read(reader, start, length)
        context.onScanned(length, reader.newBytes(), 0)
        yield rows
        if (!plain) runRows = nextRunRows(runRows, (rows?.length ?? 0) / length, context)
      }
      await reader.finish()
      // Of a partition that is read in parts, the last one counts.
      context.onScanned(0, reader.newBytes(), asked.to === partition.rows ? count : 0)
    } finally {
      await reader.close()
    }
  }

  /** The conjuncts in the order that is best for one partition, and what each has to read. */
  #steps(reader: PartitionReader, bound: LiveBound | null): Step[] {
    const { table, columns } = this.#plan
    const byName = new Map(table.columns.map((column) => [column.name, column]))
    const ordered = orderConjuncts(this.#conjuncts, (name) => {
      const column = byName.get(name)
      return column === undefined ? undefined : reader.statisticsOf(column)
    })
    const steps = stepsOf(ordered, table.columns, columns)
    const key = bound === null ? undefined : byName.get(bound.column)
    if (bound === null || key === undefined) return steps
    // Where the file is missing, or nulls come first, there is nothing to gain.
    const nulls = reader.statisticsOf(key)?.nulls
    if (nulls === undefined || (nulls > 0 && bound.keepsNulls)) return steps
    return [boundStep(bound, key, steps, columns), ...steps]
  }
}

/**
 * How many rows to look at together after a run of `rows` rows of which a `share` passed: each run
 * costs a fixed effort, and what few of its rows leave behind is small.
 */
function nextRunRows(rows: number, share: number, context: ExecContext): number {
  if (share > 0.5) return context.batchRowsMax
  return share > 0.125 ? rows : Math.min(rows * 2, context.runRowsMax)
}
