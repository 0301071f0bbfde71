import { batch } from '../../arrow/batch.ts'
import { textLength, type Vector } from '../../arrow/vector.ts'
import { type EncodedColumn, encodeColumn } from '../../io/csv/encode-column.ts'
import type { HeadedVector } from '../../io/csv/encode-columns.ts'
import type { CsvBlock } from '../../io/import/csv-reader.ts'
import { FieldRanges } from '../../io/import/csv-records.ts'
import {
  type BlockRows,
  type CsvPlan,
  type CsvRows,
  csvRows,
  type LineFault,
} from '../../io/import/csv-rows.ts'
import type { Answer } from '../../io/worker-thread.ts'
import { compactText } from '../operator/compact-batch.ts'
import { type ClaimedTask, claims, type Job } from './job-queue.ts'
import type { Moved } from './pack.ts'

type LoadTask =
  | { readonly does: 'read'; readonly block: CsvBlock; readonly plan: CsvPlan }
  | { readonly does: 'encode'; readonly column: HeadedVector }

/** `CsvRows` as plain data. */
interface SentRows {
  readonly columns: readonly Vector[]
  readonly length: number
  readonly faults: readonly LineFault[]
}

const ranges = new FieldRanges()

/** Reads the rows of a block, whose bytes are shared. */
export function readJob(block: CsvBlock, plan: CsvPlan): Job<readonly BlockRows[]> {
  const task: LoadTask = { does: 'read', block, plan }
  // Seldom asked for, when something is wrong with a row: it is looked for once more.
  const offsetIn = (segment: number) => {
    let again: CsvRows | undefined
    return (row: number) => {
      again ??= [
        ...csvRows({ ...block, segments: [block.segments[segment]!] }, plan, new FieldRanges()),
      ][0]!
      return again.offsetOf(row)
    }
  }
  const told = (answer: unknown) =>
    (answer as SentRows[]).map(({ columns, length, faults }, segment) => {
      const rows = { batch: batch(plan.schema, columns, length), faults }
      return { block, rows: { ...rows, offsetOf: offsetIn(segment) } }
    })
  return { task, here: () => told(sentRows(block, plan)), told }
}

/** The rows of a block, which last, also when the bytes of the block are used again. */
function sentRows(block: CsvBlock, plan: CsvPlan): SentRows[] {
  const sent: SentRows[] = []
  for (const { batch, faults } of csvRows(block, plan, ranges)) {
    const columns = batch.columns.map((column) => withoutBlock(column, block))
    sent.push({ columns, length: batch.length, faults })
  }
  return sent
}

function withoutBlock(column: Vector, { bytes: shared }: CsvBlock): Vector {
  if (column.layout !== 'utf8' || column.bytes.buffer !== shared.buffer) return column
  return compactText(column, textLength(column))
}

/** Encodes a column; on this thread only where its rows are not shared. */
export function encodeJob(column: HeadedVector): Job<EncodedColumn> {
  const task: LoadTask = { does: 'encode', column }
  return {
    task: isShared(column.vector) ? task : null,
    here: () => encodeColumn(column.header, column.vector),
    told: (answer) => answer as EncodedColumn,
  }
}

/** Does the work of another thread's job, unless that thread has begun it itself. */
export function doLoadTask({ claim, task: of }: ClaimedTask, answer: Answer): void {
  if (!claims(claim)) return
  const task = of as LoadTask
  if (task.does === 'encode') {
    const { header, vector } = task.column
    const encoded = encodeColumn(header, vector)
    answer(encoded, [encoded.bytes.buffer as ArrayBuffer])
    return
  }
  const { block, plan } = task
  const { dialect } = plan
  const nullTexts = dialect.nullTexts.map(asBuffer)
  const sent = sentRows(
    { ...block, bytes: asBuffer(block.bytes) },
    { ...plan, dialect: { ...dialect, nullTexts } },
  )
  const moved: Moved = new Set()
  for (const { columns } of sent) {
    for (const { buffer } of columns.flatMap(arraysOf)) {
      if (buffer instanceof ArrayBuffer) moved.add(buffer)
    }
  }
  answer(sent, [...moved])
}

/** Buffers arrive as plain arrays. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function isShared(vector: Vector): boolean {
  if (vector.layout === 'big') return false
  return arraysOf(vector).every(({ buffer }) => buffer instanceof SharedArrayBuffer)
}

function arraysOf(vector: Vector): (Uint8Array | Int32Array | Float64Array)[] {
  const { validity } = vector
  const rest = validity === null ? [] : [validity]
  if (vector.layout === 'utf8') return [vector.bytes, vector.starts, vector.ends, ...rest]
  return vector.layout === 'big' ? rest : [vector.values, ...rest]
}
