import type { Batch } from '../arrow/batch.ts'
import type { Vector } from '../arrow/vector.ts'
import { GraupelError, invalid, throwIfAborted } from '../error.ts'
import type { EncodeColumns } from '../io/csv/encode-columns.ts'
import { mayCommit } from './burned-ids.ts'
import type { Change } from './commit-queue.ts'
import { discardStaged } from './discard-staged.ts'
import { isAppName } from './head-marks-json.ts'
import type { InlineFold } from './inline-fold.ts'
import { inlinePartition } from './inline-partition.ts'
import type { AddPartition } from './model/commit-record.ts'
import type { Constraint } from './model/constraint.ts'
import type { AppMark, Head } from './model/head.ts'
import type { Column, Partition, TableSnapshot } from './model/table.ts'
import { stagedBytes } from './next-commit.ts'
import { PARTITION_BYTES_MAX, PartitionBuffer } from './partition-buffer.ts'
import { PartitionStager, type PendingPartition, renumbered } from './partition-stager.ts'
import { type Rewrite, RewrittenPartitions } from './rewritten-partitions.ts'
import type { SharedTable } from './shared-table.ts'
import {
  type CommitGuard,
  isMarked,
  type Removal,
  type StagedLoad,
  stagedChange,
} from './staged-change.ts'

export interface WriterOptions {
  readonly signal?: AbortSignal | undefined
  /** Rows per partition, at least 1; what the table says unless told. */
  readonly partitionRowsMax?: number | undefined
  /** Bytes of the widest column file of a partition, about; 64 MiB unless told. */
  readonly partitionBytesMax?: number | undefined
  /** Who encodes column files, perhaps on other threads; the calling thread unless told. */
  readonly encode?: EncodeColumns | undefined
  /** From which version of the table on few rows stay in the commit record; never unless told. */
  readonly inlineFrom?: number | undefined
}

export interface CommitOptions {
  /**
   * `overwrite` and `truncate` remove all that was live before, `append` nothing; the others what
   * was removed and rewritten.
   */
  readonly operation: WriteOperation
  /**
   * The version that it was made from. For those that remove all, CONFLICT when the table is at
   * another one; for the others when a partition removed or rewritten here has gone meanwhile.
   */
  readonly basedOn?: number | undefined
  /** Whether a partition that others brought since `basedOn` makes a CONFLICT; never unless told. */
  readonly concerns?: ((partition: AddPartition) => boolean) | undefined
  /** Rows with new values, for the history. */
  readonly rowsUpdated?: number | undefined
  /**
   * Name and sequence number of the application: nothing is committed when the table has this
   * number of it, or a higher one. Tables remember the last 256 applications.
   */
  readonly mark?: AppMark | undefined
  /** Files that the rows are from. */
  readonly loads?: readonly StagedLoad[] | undefined
}

export type WriteOperation =
  | 'append'
  | 'overwrite'
  | 'truncate'
  | 'update'
  | 'delete'
  | 'merge'
  | 'replace'
  | 'optimize'

/** What a commit brought. */
export interface CommitResult {
  readonly version: number
  readonly rows: number
  /** Bytes of the new column files. */
  readonly bytes: number
  readonly partitions: number
}

/** The result of a commit, and whether it made a version. */
export interface CommitOutcome extends CommitResult {
  readonly isNew: boolean
}

const REMOVE_ALL: ReadonlySet<WriteOperation> = new Set(['overwrite', 'truncate'])

/**
 * Stages rows as partitions that nobody sees, then commits them at once or gives them up. Holds
 * about one partition in memory. Used by one caller at a time; ends with `commit` or `abort`.
 */
export class TableWriter {
  readonly #table: SharedTable
  readonly #columns: readonly Column[]
  readonly #constraints: readonly Constraint[]
  readonly #version: number
  readonly #options: WriterOptions
  readonly #buffer: PartitionBuffer
  readonly #stager: PartitionStager
  readonly #rewritten: RewrittenPartitions
  #staged: AddPartition[] = []
  /** Rows that get no files, and what their commit takes along. */
  #inline: AddPartition | undefined
  #fold: InlineFold | undefined
  #guard: CommitGuard | undefined
  #state: 'open' | 'failed' | 'committed' | 'unknown' | 'aborted' = 'open'

  /** @param snapshot The columns to write, and the version that the table is known to have. */
  constructor(
    table: SharedTable,
    snapshot: Pick<TableSnapshot, 'columns' | 'constraints' | 'version'>,
    options: WriterOptions,
  ) {
    this.#table = table
    this.#columns = snapshot.columns
    this.#constraints = snapshot.constraints
    this.#version = snapshot.version
    this.#options = options
    const rowsMax = options.partitionRowsMax ?? table.newest.partitionRows
    const bytesMax = options.partitionBytesMax ?? PARTITION_BYTES_MAX
    if (!Number.isSafeInteger(rowsMax) || rowsMax < 1 || !(bytesMax >= 1)) {
      throw invalid('partitionRowsMax and partitionBytesMax must be whole numbers from 1 on', {
        partitionRowsMax: rowsMax,
        partitionBytesMax: bytesMax,
      })
    }
    this.#buffer = new PartitionBuffer(
      this.#columns,
      { rowsMax, bytesMax },
      options.encode === undefined ? 'own' : 'shared',
    )
    this.#stager = new PartitionStager({
      store: table.store,
      folder: table.folder,
      columns: this.#columns,
      compression: table.newest.compression,
      signal: options.signal,
      encode: options.encode,
      claimId: (least) => table.claimId(least),
      refresh: () => table.read(options.signal),
    })
    this.#rewritten = new RewrittenPartitions(this.#stager, this.#columns)
  }

  /**
   * Takes rows; answers when there is room for more.
   *
   * @param batch The table's columns by name, in any order, of exactly their types.
   * Throws INVALID naming the column when it is not; then nothing of the batch was taken.
   */
  async write(batch: Batch): Promise<void> {
    this.#assertOpen()
    const vectors = this.#buffer.vectorsOf(batch)
    await this.#failing(() => this.#writeRows(vectors, batch.length))
  }

  /** From here on `guard` is asked on every head that a commit is tried on. */
  guardedBy(guard: CommitGuard): void {
    this.#guard = guard
  }

  /** Ends the partition that is being filled: rows written from here on are in another one. */
  async endPartition(): Promise<void> {
    this.#assertOpen()
    if (this.#buffer.rows > 0) await this.#failing(() => this.#flush())
  }

  /** Takes a live partition away. */
  remove(partition: Partition): void {
    this.#assertOpen()
    this.#rewritten.remove(partition)
  }

  /** Gives a live partition other values or fewer rows, under the number that it has. */
  async rewrite(of: Rewrite): Promise<void> {
    this.#assertOpen()
    await this.#failing(() => this.#rewritten.rewrite(of))
  }

  /**
   * Makes all rows written visible, in one new version. What changes nothing makes none. Throws
   * CONFLICT when nothing was committed since others came first, COMMIT_UNKNOWN with the `txid` when
   * the store stopped answering: the staged files then stay.
   */
  async commit(options: CommitOptions): Promise<CommitOutcome> {
    const { operation, mark } = options
    this.#assertOpen()
    assertMark(mark)
    return this.#failing(async () => {
      if (this.#isEmpty() && operation !== 'overwrite') return this.#nothing(this.#version)
      if (isMarked(this.#table.newest, mark)) return this.#nothing(this.#table.newest.version)
      this.#inline = this.#inlined(operation)
      if (this.#inline !== undefined) return this.#commitInline(options)
      const pending = this.#buffer.rows > 0 ? await this.#stager.begin(this.#buffer) : undefined
      if (pending !== undefined) this.#staged.push(pending.partition)
      const committed = await this.#table.queue.commit(
        this.#change(options),
        this.#settled(pending),
      )
      if (options.loads !== undefined) this.#table.noteLoads()
      return committed.isNew ? this.ended(committed.version) : this.#nothing(committed.version)
    })
  }

  /**
   * Stages what is left and answers the change that makes it visible, for whoever commits it with
   * changes of other tables; undefined when there is nothing to do. Ends with `ended`, `doubted`
   * or `abort`.
   */
  async prepare(options: CommitOptions): Promise<Change | undefined> {
    this.#assertOpen()
    assertMark(options.mark)
    return this.#failing(async () => {
      if (this.#isEmpty() && !REMOVE_ALL.has(options.operation)) return undefined
      if (this.#buffer.rows > 0) await this.#flush()
      return this.#change(options)
    })
  }

  /** Tells that what was staged is committed as `version`; answers what that brought. */
  ended(version: number): CommitOutcome {
    this.#state = 'committed'
    const added = this.#staged
    const rows = added.reduce((sum, partition) => sum + partition.rows, this.#inline?.rows ?? 0)
    const bytes = stagedBytes(added) + this.#rewritten.bytes
    const partitions = added.length + (this.#inline === undefined ? 0 : 1)
    return { version, rows, bytes, partitions, isNew: true }
  }

  /** Tells that what was staged may be committed: its files stay. */
  doubted(): void {
    this.#state = 'unknown'
  }

  /**
   * Gives up what was staged. Its files are removed, unless it may have been committed: first its
   * numbers are burned in the head, so that a removal that arrives late meets no other's files.
   * What cannot be removed now is left to `vacuum`.
   */
  async abort(): Promise<void> {
    if (this.#state !== 'open' && this.#state !== 'failed') return
    this.#state = 'aborted'
    this.#buffer.clear()
    await this.#discard()
  }

  /** The rows as a partition without files, where they are few. */
  #inlined(operation: WriteOperation): AddPartition | undefined {
    const { inlineFrom = Number.POSITIVE_INFINITY } = this.#options
    const isAppend = operation === 'append' && this.#rewritten.removed.size === 0
    const isSmall = this.#staged.length === 0 && this.#table.newest.version >= inlineFrom
    return isAppend && isSmall ? inlinePartition(this.#columns, this.#buffer) : undefined
  }

  async #commitInline(options: CommitOptions): Promise<CommitOutcome> {
    const fold = this.#table.inline.take()
    this.#fold = fold
    const committed = this.#table.queue.commit(this.#change(options))
    const { version, isNew } = await committed.catch((error: unknown) => {
      const isLost = error instanceof GraupelError && error.code === 'CONFLICT'
      if (isLost) this.#table.inline.refused(fold)
      throw error
    })
    if (fold !== undefined) this.#table.inline.end(fold)
    if (options.loads !== undefined) this.#table.noteLoads()
    return isNew ? this.ended(version) : this.#nothing(version)
  }

  /** The number is of no file that tells others, so it has to be above all that are used. */
  #numbered(inline: AddPartition, { nextId }: Head): AddPartition {
    if (inline.id >= nextId) return inline
    this.#inline = renumbered(inline, this.#table.claimId(nextId))
    return this.#inline
  }

  #change(options: CommitOptions): Change {
    const inline = this.#inline
    const written = inline === undefined ? this.#staged : [inline]
    const rowsWritten = written.reduce((sum, partition) => sum + partition.rows, 0)
    return stagedChange(this.#table, {
      operation: options.operation,
      removal: this.#removal(options),
      rows: rowsWritten + (options.rowsUpdated ?? 0),
      bytes: stagedBytes(this.#staged) + this.#rewritten.bytes,
      columns: this.#columns,
      constraints: this.#constraints,
      guard: this.#guard,
      name: this.#table.name,
      signal: this.#options.signal,
      mark: options.mark,
      loads: options.loads,
      partitions: (base) => this.#renumbered(base),
      inline: inline === undefined ? undefined : (base) => this.#numbered(this.#inline!, base),
      fold: this.#fold,
    })
  }

  #isEmpty(): boolean {
    const isWritten = this.#buffer.rows > 0 || this.#staged.length > 0
    return !isWritten && this.#rewritten.removed.size === 0
  }

  #removal({ operation, basedOn, concerns }: CommitOptions): Removal | undefined {
    if (REMOVE_ALL.has(operation)) return { partitions: 'all', rows: 0, basedOn }
    if (operation === 'append' && concerns === undefined) return undefined
    const { removed: partitions, rowsRemoved: rows } = this.#rewritten
    return { partitions, rows, basedOn: basedOn ?? this.#version, concerns }
  }

  async #writeRows(vectors: readonly Vector[], length: number): Promise<void> {
    for (let row = 0; row < length; ) {
      throwIfAborted(this.#options.signal)
      const next = this.#buffer.take(vectors, row)
      if (next === row || this.#buffer.isFull()) await this.#flush()
      row = next
    }
  }

  async #flush(): Promise<void> {
    const { settled } = await this.#stager.begin(this.#buffer)
    this.#staged.push(await settled)
    this.#buffer.clear()
  }

  /** Whether the last partition has the number that it was begun with. */
  async #settled(pending: PendingPartition | undefined): Promise<boolean> {
    if (pending === undefined) return true
    const partition = await pending.settled
    const position = this.#staged.indexOf(pending.partition)
    if (partition === pending.partition) return position >= 0
    if (position >= 0) this.#staged[position] = partition
    return false
  }

  /** What was staged, copied to other numbers where `base` does not take the ones it has. */
  async #renumbered(base: Head): Promise<readonly AddPartition[]> {
    for (const [position, partition] of this.#staged.entries()) {
      if (mayCommit(base, partition.id)) continue
      this.#staged[position] = await this.#stager.copy(partition, base.nextId)
    }
    return [...(await this.#rewritten.partitions(base)), ...this.#staged]
  }

  async #nothing(version: number): Promise<CommitOutcome> {
    this.#state = 'committed'
    this.#buffer.clear()
    await this.#discard()
    return { version, rows: 0, bytes: 0, partitions: 0, isNew: false }
  }

  async #discard(): Promise<void> {
    await discardStaged(this.#table, this.#stager.created)
  }

  async #failing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const unknown = error instanceof GraupelError && error.code === 'COMMIT_UNKNOWN'
      this.#state = unknown ? 'unknown' : 'failed'
      throw error
    }
  }

  #assertOpen(): void {
    if (this.#state === 'open') return
    throw invalid(`this writer has ${STATES.get(this.#state)}: open another`, {
      state: this.#state,
    })
  }
}

function assertMark(mark: AppMark | undefined): void {
  if (mark === undefined) return
  const { app, sequence } = mark
  if (isAppName(app) && Number.isSafeInteger(sequence) && sequence >= 0) return
  throw invalid(
    'app has to be text of 1 to 200 characters, sequence a whole number from 0 on: { app: "etl-7", sequence: 41 }',
    { app, sequence },
  )
}

const STATES = new Map([
  ['failed', 'failed'],
  ['committed', 'committed'],
  ['unknown', 'an unknown outcome'],
  ['aborted', 'been aborted'],
])
