import { nullVector } from '../../arrow/constant-vector.ts'
import type { ColumnStatistics } from '../../arrow/statistics.ts'
import type { Vector } from '../../arrow/vector.ts'
import { columnFile, type PartitionSet } from '../../catalog/model/partition-set.ts'
import type { Column, Partition } from '../../catalog/model/table.ts'
import type {
  ColumnFile,
  ColumnReader,
  MatchQuery,
  RangeAnswer,
  RangeQuery,
} from '../../io/csv/column-reader.ts'
import { openColumn } from '../../io/csv/open-column.ts'
import { type RowSpan, rowsInOrder } from '../../io/csv/rows-in-order.ts'
import type { ObjectStore } from '../../io/object-store.ts'
import type { NumberRange } from '../../kernel/select-numbers.ts'
import { takeRows } from '../../kernel/wasm/take-rows.ts'
import { constantReader } from '../constant-reader.ts'
import type { ExecContext } from '../context.ts'

/** The rows of a run that are wanted: all `length` of them, or those at `rows[0 .. count)`. */
export interface Run {
  /** Row of the partition that the run begins with. */
  readonly start: number
  readonly length: number
  readonly rows: Uint32Array | null
  readonly count: number
}

/** Where the files of a table are, and what is known of them: column id -> partition id -> statistics. */
export interface PartitionFiles {
  readonly folder: string
  readonly statistics: PartitionSet['statistics']
}

type ReaderContext = Pick<ExecContext, 'signal' | 'cache' | 'onColumn' | 'rows'>

/** A column file that has been opened, and the row that it would give next. */
interface OpenColumn {
  readonly reader: ColumnReader
  position: number
}

/**
 * Reads columns of one partition, run by run. A file is opened when its first value is wanted;
 * runs of which it is not wanted are passed over together, before the next that is.
 */
export class PartitionReader {
  readonly #files: PartitionFiles
  readonly #partition: Partition
  readonly #store: ObjectStore
  readonly #context: ReaderContext
  readonly #open = new Map<Column, OpenColumn>()
  /** Files that are being opened before anybody wants them. */
  readonly #ahead = new Map<Column, Promise<ColumnReader>>()
  #reported = 0

  constructor(
    files: PartitionFiles,
    partition: Partition,
    store: ObjectStore,
    context: ReaderContext,
  ) {
    this.#files = files
    this.#partition = partition
    this.#store = store
    this.#context = context
  }

  /** What is known of `column` here; undefined when it was added later, so that all is null. */
  statisticsOf(column: Column): ColumnStatistics | undefined {
    return this.#entryOf(column)
  }

  /** Whether no text of `column` here is null or in quotes, so that its bytes tell all of it. */
  hasOnlyPlainTexts(column: Column): boolean {
    const entry = this.#entryOf(column)
    return entry !== undefined && entry.nulls === 0 && entry.hints.plain
  }

  /** Begins to open the file of `column`, which must have one; a failure is told by `open`. */
  openAhead(column: Column): void {
    const opening = this.#openFile(column)
    opening.catch(() => {})
    this.#ahead.set(column, opening)
  }

  /** Opens those of `columns` that are not open, all at once; undefined when there are none. */
  open(columns: readonly Column[]): Promise<void> | undefined {
    const closed = columns.filter(
      (column) => !this.#open.has(column) && this.#entryOf(column) !== undefined,
    )
    return closed.length === 0 ? undefined : this.#openAll(closed)
  }

  /** Which rows of `column`, a column of numbers, are in `range`, where its file's order tells it; else null. */
  async rowsInOrder(column: Column, range: NumberRange): Promise<RowSpan | null> {
    const entry = this.#entryOf(column)
    if (entry === undefined || entry.hints.order === null || entry.constant !== undefined)
      return null
    const { cache, signal } = this.#context
    const file = this.#fileOf(column)
    const isCached = cache?.columns?.find(cache.storeName(this.#store), file) !== undefined
    return isCached ? null : rowsInOrder(this.#store, file, range, { signal })
  }

  /** The wanted rows of `column`, which must be open. A promise only when the store is not ready. */
  read(column: Column, run: Run): Vector | Promise<Vector> {
    const open = this.#open.get(column)
    if (open === undefined) return nullVector(column.type, run.count)
    const skipped = skipTo(open, run.start)
    if (skipped instanceof Promise) return skipped.then(() => readRun(open, run))
    return readRun(open, run)
  }

  /** Which of the wanted rows of `column`, which must be open, hold a number that `query` names. */
  selectInRange(column: Column, run: Run, query: RangeQuery): RangeAnswer | Promise<RangeAnswer> {
    const open = this.#open.get(column)
    if (open === undefined) return { count: 0, vector: null }
    const select = () => {
      open.position += run.length
      return open.reader.selectInRange(run.length, run.rows, run.count, query)
    }
    const skipped = skipTo(open, run.start)
    return skipped instanceof Promise ? skipped.then(select) : select()
  }

  /** How many of the wanted rows of `column`, which must be open, hold a text that matches. */
  selectMatching(column: Column, run: Run, query: MatchQuery): number | Promise<number> {
    const open = this.#open.get(column)
    if (open === undefined) return 0
    const select = () => {
      open.position += run.length
      return open.reader.selectMatching(run.length, run.rows, run.count, query)
    }
    const skipped = skipTo(open, run.start)
    return skipped instanceof Promise ? skipped.then(select) : select()
  }

  /** Passes over what is left of the open files, so that their checksums are compared. */
  async finish(): Promise<void> {
    for (const open of this.#open.values()) {
      const skipped = skipTo(open, this.#partition.rows)
      if (skipped instanceof Promise) await skipped
    }
  }

  /** Bytes taken from the store since the last call. */
  newBytes(): number {
    let bytes = 0
    for (const { reader } of this.#open.values()) bytes += reader.bytesRead
    const before = this.#reported
    this.#reported = bytes
    return bytes - before
  }

  /** Closes what is open; a promise while something is still being opened. */
  close(): void | Promise<void> {
    for (const { reader } of this.#open.values()) reader.close()
    this.#open.clear()
    if (this.#ahead.size === 0) return
    const opening = [...this.#ahead.values()]
    this.#ahead.clear()
    return Promise.allSettled(opening).then((outcomes) => {
      for (const outcome of outcomes) if (outcome.status === 'fulfilled') outcome.value.close()
    })
  }

  #entryOf(column: Column) {
    const byPartition = this.#files.statistics.get(column.id)
    if (byPartition === undefined) throw new Error(`scan without statistics of "${column.name}"`)
    return byPartition.get(this.#partition.id)
  }

  async #openAll(columns: readonly Column[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      columns.map((column) => {
        const opening = this.#ahead.get(column) ?? this.#openFile(column)
        this.#ahead.delete(column)
        return opening
      }),
    )
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') {
        this.#open.set(columns[index]!, { reader: outcome.value, position: 0 })
      }
    }
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  async #openFile(column: Column): Promise<ColumnReader> {
    const file = this.#fileOf(column)
    const constant = constantReader(this.#entryOf(column)!, column)
    if (constant !== undefined) return constant
    const { signal, cache, onColumn, rows } = this.#context
    const options = { signal, until: rows?.to }
    const columns = cache?.columns ?? null
    if (cache === null || columns === null) return openColumn(this.#store, file, options)
    const name = cache.storeName(this.#store)
    const known = columns.find(name, file)
    onColumn(known === undefined ? 'decoded' : 'cached')
    if (known !== undefined) return known
    return columns.recorded(name, file, await openColumn(this.#store, file, options))
  }

  #fileOf(column: Column): ColumnFile {
    return columnFile(this.#files.folder, column, this.#entryOf(column)!)
  }
}

function skipTo(open: OpenColumn, position: number): void | Promise<void> {
  const rows = position - open.position
  open.position = position
  return rows > 0 ? open.reader.skip(rows) : undefined
}

function readRun(open: OpenColumn, run: Run): Vector | Promise<Vector> {
  const { rows, count, length } = run
  const { reader } = open
  open.position += length
  if (rows === null) return reader.read(length)
  if (count * 2 < length) return reader.readSelected(length, rows, count)
  const all = reader.read(length)
  return all instanceof Promise
    ? all.then((vector) => takeRows(vector, rows, count))
    : takeRows(all, rows, count)
}
