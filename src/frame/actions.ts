import { type Batch, sliceBatch } from '../arrow/batch.ts'
import { toArrowBatch, toArrowTable } from '../arrow/interop.ts'
import { scalarAt } from '../arrow/scalar.ts'
import { clip, invalid } from '../error.ts'
import type { ExportFormat } from '../io/export/export-file.ts'
import type { Unloaded, UnloadOptions } from '../io/export/unload.ts'
import type { CsvFormat } from '../io/import/csv-options.ts'
import { progressOf, stepProgress } from '../io/progress.ts'
import { aggregateTerms } from '../plan/aggregate-terms.ts'
import { type LogicalPlan, limit } from '../plan/logical-plan.ts'
import type {
  ActionOptions,
  ArrowBatch,
  ArrowTable,
  BatchesOptions,
  ExportResult,
  QueryOptions,
  RowsOptions,
} from './action-options.ts'
import { frameBatches } from './execute.ts'
import { rowOptions, rowsOf } from './frame-rows.ts'
import type { FrameState } from './frame-state.ts'

const ACTION = ['signal', 'onProgress']
const QUERY = [...ACTION, 'engine']
const ROWS = [...QUERY, 'int64', 'decimal', 'temporal']

/**
 * Throws INVALID for an option that `allowed` does not name, and for a signal or a progress
 * callback that is none. `where` names the method.
 */
export function checkOptions(options: object, allowed: readonly string[], where: string): void {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`${where}: options have to be an object, got ${options}`)
  }
  for (const name of Object.keys(options)) {
    if (allowed.includes(name)) continue
    throw invalid(`${where}: unknown option "${clip(name)}"; options: ${allowed.join(', ')}`, {
      option: name,
    })
  }
  const { signal, onProgress } = options as { signal?: unknown; onProgress?: unknown }
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.aborted !== 'boolean') {
    throw invalid(`${where}: signal has to be an AbortSignal`, { option: 'signal' })
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalid(`${where}: onProgress has to be a function`, { option: 'onProgress' })
  }
}

/** `name`, when it is a string. Throws INVALID otherwise; `where` names the method. */
export function checkedName(name: unknown, where: string): string {
  if (typeof name === 'string') return name
  throw invalid(`${where}: expected a name, got ${name === null ? 'null' : typeof name}`)
}

export async function collectFrame(state: FrameState, options: QueryOptions): Promise<ArrowTable> {
  checkOptions(options, QUERY, 'collect')
  return toArrowTable(state.plan.schema, await allBatches(state, options))
}

/** All rows of a frame in our own batches. */
export async function allBatches(state: FrameState, options: QueryOptions): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of frameBatches(state, options)) batches.push(batch)
  return batches
}

export async function frameToArray(
  state: FrameState,
  options: RowsOptions,
): Promise<Record<string, unknown>[]> {
  checkOptions(options, ROWS, 'toArray')
  const form = rowOptions(options)
  const rows: Record<string, unknown>[] = []
  for await (const batch of frameBatches(state, options)) {
    for (const row of rowsOf(batch, form)) rows.push(row)
  }
  return rows
}

export async function* frameRecordBatches(
  state: FrameState,
  options: BatchesOptions,
): AsyncGenerator<ArrowBatch, void, undefined> {
  const { batchSize: batchRowsMax, ...rest } = options
  for await (const batch of frameBatches(state, { ...rest, batchRowsMax })) {
    yield await toArrowBatch(batch)
  }
}

/** Checks at the call, not at the first batch. */
export function checkBatchesOptions(options: BatchesOptions): void {
  checkOptions(options, [...QUERY, 'batchSize'], 'batches')
  const { batchSize } = options
  if (
    batchSize !== undefined &&
    !(Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 2 ** 24)
  ) {
    throw invalid(`batches: batchSize has to be a whole number from 1 to 2^24, got ${batchSize}`)
  }
}

export async function* frameRowObjects(
  state: FrameState,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  for await (const batch of frameBatches(state)) yield* rowsOf(batch, {})
}

const COUNT = [{ name: 'count', term: { kind: 'aggregate', name: 'count', input: null } }] as const

export async function countFrame(state: FrameState, options: QueryOptions): Promise<number> {
  checkOptions(options, QUERY, 'count')
  const plan = aggregateTerms(state.plan, [], COUNT)
  // To the end, so that progress hears of it.
  let count: number | undefined
  for await (const batch of frameBatches({ ...state, plan }, options)) {
    count = Number(scalarAt(batch.columns[0]!, 0))
  }
  if (count === undefined) throw new Error('count gave no row')
  return count
}

export async function firstRow(
  state: FrameState,
  options: RowsOptions,
): Promise<Record<string, unknown> | undefined> {
  checkOptions(options, ROWS, 'first')
  const [row] = await frameToArray(limited(state, 1), options)
  return row
}

const CSV_FORMAT = ['header', 'delimiter', 'quote', 'nullValues']

/** Writes the rows of a frame to one file. `where` names the method. */
export async function frameToFile(
  state: FrameState,
  path: string,
  format: ExportFormat,
  { where, ...options }: ActionOptions & CsvFormat & { readonly where: string },
): Promise<ExportResult> {
  checkOptions(options, format === 'csv' ? [...ACTION, ...CSV_FORMAT] : ACTION, where)
  const rows = { schema: state.plan.schema, batches: frameBatches(state, whileWriting(options)) }
  const onProgress = progressOf(where, options.onProgress)
  const { exportFile } = await import('../io/export/export-file.ts')
  return exportFile(path, format, rows, { ...options, onProgress })
}

/** Writes the rows of a frame to files in a new folder. */
export async function frameToFolder(
  state: FrameState,
  folder: string,
  options: UnloadOptions,
): Promise<Unloaded> {
  checkOptions(options, [...ACTION, ...CSV_FORMAT, 'fileRows', 'format'], 'unload')
  const batches = frameBatches(state, whileWriting(options))
  const { unloadFiles } = await import('../io/export/unload.ts')
  return unloadFiles(folder, state.plan.schema, batches, options)
}

/** For the query below an export, which tells itself when all is done. */
function whileWriting({ signal, onProgress }: ActionOptions): ActionOptions {
  return { signal, onProgress: stepProgress(onProgress) }
}

/** `state` with at most `count` rows. */
export function limited(state: FrameState, count: number): FrameState {
  const plan: LogicalPlan = limit(state.plan, { count, offset: 0 })
  return { ...state, plan }
}

/** The first `count` rows of `batches`. */
export function headOf(batches: readonly Batch[], count: number): Batch[] {
  const head: Batch[] = []
  let left = count
  for (const batch of batches) {
    if (left === 0) break
    const rows = Math.min(left, batch.length)
    head.push(sliceBatch(batch, 0, rows))
    left -= rows
  }
  return head
}
