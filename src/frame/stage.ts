import { type Batch, batch, batchBytes } from '../arrow/batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { nullCount } from '../arrow/vector.ts'
import type { AppMark } from '../catalog/model/head.ts'
import { type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import type { StagedLoad } from '../catalog/staged-change.ts'
import type { StagedWriter, TableCatalog } from '../catalog/table-catalog.ts'
import { clip, GraupelError, invalid } from '../error.ts'
import { loadCrew } from '../exec/load-crew.ts'
import { execContext, run } from '../exec/run.ts'
import type { SortKey } from '../plan/expr.ts'
import { sort, values } from '../plan/logical-plan.ts'
import type { ActionOptions, WriteResult } from './action-options.ts'
import { clusterKeysOf, sortKeysOf } from './cluster-keys.ts'
import { WriteGuard } from './constraint/write-guard.ts'
import type { QuerySettings } from './frame-state.ts'
import type { SmallWrites } from './small-writes.ts'

/** The versions that a table has when small appends begin to count. */
const INLINE_FROM = 16
/** Rows and bytes of a run that is sorted at once: about a partition. */
const RUN_ROWS_MAX = 1_000_000
const RUN_BYTES_MAX = 256 * 1024 * 1024

export interface StageOptions extends ActionOptions {
  readonly operation: 'append' | 'overwrite'
  /** For an overwrite: the version that it may replace. */
  readonly basedOn?: number | undefined
  readonly mark?: AppMark | undefined
  /** Asked once all rows were written: the files that they are from. */
  readonly loads?: (() => readonly StagedLoad[]) | undefined
  readonly settings: QuerySettings
}

/**
 * Writes `batches`, which have the table's columns in order, as one commit: all of it or nothing.
 * Where the table is clustered, rows are sorted in runs of about a partition, not over the load.
 */
export async function stage(
  catalog: TableCatalog,
  batches: StagedBatches,
  options: StageOptions,
): Promise<WriteResult> {
  const { snapshot } = catalog
  const { signal, settings } = options
  const against = options.operation === 'overwrite' ? 'none' : 'newest'
  const inlineFrom = inlineFromOf(settings.smallWrites, snapshot)
  const encode = loadCrew(settings.threads)?.encode
  const writer = catalog.stageWriter({ signal, inlineFrom, encode })
  try {
    const guard = await WriteGuard.of(writer, { catalog, signal }, { snapshot, against })
    await writeRows({ writer, guard }, batches, { ...options, snapshot })
  } catch (error) {
    await writer.abort()
    throw error
  }
  // From here on the writer alone knows whether the rows are in.
  const { operation, basedOn, mark, loads } = options
  try {
    const how = { operation, basedOn, mark, loads: loads?.() }
    const { isNew: _, ...result } = await writer.commit(how)
    return result
  } catch (error) {
    const isLost = error instanceof GraupelError && error.code === 'CONFLICT'
    if (isLost) await writer.abort()
    throw error
  }
}

/**
 * The version from which on few rows stay in the commit record. Of a younger table people see all
 * rows in its folder; rows of a clustered one are not to be joined as they come.
 */
function inlineFromOf(smallWrites: SmallWrites, { clusterBy }: TableSnapshot): number {
  if (smallWrites === 'records') return 0
  const isAuto = smallWrites === 'auto' && clusterBy.length === 0
  return isAuto ? INLINE_FROM : Number.POSITIVE_INFINITY
}

/** Where rows are staged, and what keeps the table's constraints there. */
export interface RowsTarget {
  readonly writer: Pick<StagedWriter, 'write'>
  readonly guard: WriteGuard
}

/** Batches that have what `inputColumns` says; or what gives those that `guard` takes. */
export type StagedBatches =
  | AsyncIterable<Batch>
  | Iterable<Batch>
  | ((guard: WriteGuard) => AsyncIterable<Batch>)

/**
 * Writes `batches`, sorted where the table is clustered; answers how many rows. Throws INVALID for
 * rows that the table does not take.
 */
export async function writeRows(
  { writer, guard }: RowsTarget,
  batches: StagedBatches,
  options: Pick<StageOptions, 'signal' | 'onProgress' | 'settings'> & {
    readonly snapshot: Pick<TableSnapshot, 'columns' | 'clusterBy' | 'clusterKeys'>
  },
): Promise<number> {
  const schema = tableSchema(options.snapshot.columns)
  const keys = clusterKeysOf(options.snapshot)
  const kept = typeof batches === 'function' ? batches(guard) : guard.checked(batches)
  const rows = keys.length === 0 ? kept : sortedRuns(schema, sortKeysOf(keys), kept, options)
  let rowsBefore = 0
  let bytes = 0
  for await (const part of rows) {
    requireNoNull(schema, part, rowsBefore)
    rowsBefore += part.length
    await writer.write(batch(schema, part.columns, part.length))
    if (options.onProgress === undefined) continue
    bytes += batchBytes(part)
    options.onProgress({ phase: 'write', rows: rowsBefore, bytes })
  }
  return rowsBefore
}

/** Throws INVALID naming the first row with a null where the column takes none. */
export function requireNoNull(schema: Schema, part: Batch, rowsBefore: number): void {
  for (const [position, { name, nullable }] of schema.fields.entries()) {
    const vector = part.columns[position]!
    if (nullable || nullCount(vector) === 0) continue
    const row = rowsBefore + vector.validity!.indexOf(0)
    throw invalid(`column "${clip(name)}", row ${row}: null in a column that takes none`, {
      column: name,
      row,
      value: null,
    })
  }
}

async function* sortedRuns(
  schema: Schema,
  keys: readonly SortKey[],
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { signal, settings }: Pick<StageOptions, 'signal' | 'settings'>,
): AsyncGenerator<Batch, void, undefined> {
  const sorted = (part: readonly Batch[]) => {
    const { memoryBytesMax: memoryLimit, spillFolder } = settings
    const context = execContext({ signal, memoryLimit, spillFolder })
    return run(sort(values(schema, part, 'load'), keys), context)
  }
  let held: Batch[] = []
  let rows = 0
  let bytes = 0
  for await (const part of batches) {
    if (part.length === 0) continue
    held.push(part)
    rows += part.length
    bytes += batchBytes(part)
    if (rows < RUN_ROWS_MAX && bytes < RUN_BYTES_MAX) continue
    yield* sorted(held)
    held = []
    rows = 0
    bytes = 0
  }
  if (held.length > 0) yield* sorted(held)
}
