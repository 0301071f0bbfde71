import { type Batch, batchBytes, concatBatches } from '../../arrow/batch.ts'
import type { GraupelError } from '../../error.ts'
import type { Reject } from '../../io/import/rejects.ts'
import type { RowPlace } from './violation.ts'

/** Rows and bytes that are compared with what is there at once. */
const RUN_ROWS_MAX = 1_000_000
const RUN_BYTES_MAX = 256 * 1024 * 1024

/** Rows that are to be written, and who is told of those that cannot be. */
export interface GivenRows {
  readonly batch: Batch
  /** The file that they come from; null when their numbers are all that is known. */
  readonly file: string | null
  /** The line of a row in its file, or its number. Holds until the next rows are asked for. */
  lineOf(row: number): number
  /** Throws, or the row is left out. */
  readonly reject: Reject
}

/** Rows that are looked at together. */
export interface Run {
  readonly batch: Batch
  /** Tells that a row cannot be written: rows in ascending order. */
  reject(row: number, error: (place: RowPlace) => GraupelError): void
}

/** Batches whose rows go by their numbers, the first wrong one of which is thrown. */
export async function* numbered(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): AsyncGenerator<GivenRows> {
  let before = 0
  const reject = (error: GraupelError) => {
    throw error
  }
  for await (const batch of batches) {
    const from = before
    yield { batch, file: null, lineOf: (row) => from + row, reject }
    before += batch.length
  }
}

/** The rows as they come, or many at once. */
export async function* runsOf(
  given: AsyncIterable<GivenRows>,
  how: 'apart' | 'together',
): AsyncGenerator<Run> {
  let held: GivenRows[] = []
  let rows = 0
  let bytes = 0
  for await (const part of given) {
    if (part.batch.length === 0) continue
    if (how === 'apart') {
      yield runOf([part])
      continue
    }
    held.push(lasting(part))
    rows += part.batch.length
    bytes += batchBytes(part.batch)
    if (rows < RUN_ROWS_MAX && bytes < RUN_BYTES_MAX) continue
    yield runOf(held)
    held = []
    rows = 0
    bytes = 0
  }
  if (held.length > 0) yield runOf(held)
}

/** The same rows, whose lines can be asked for whenever. */
function lasting(part: GivenRows): GivenRows {
  if (part.file === null) return part
  const lines = Float64Array.from({ length: part.batch.length }, (_, row) => part.lineOf(row))
  return { ...part, lineOf: (row) => lines[row]! }
}

function runOf(parts: readonly GivenRows[]): Run {
  const batches = parts.map(({ batch }) => batch)
  let at = 0
  let from = 0
  return {
    batch: batches.length === 1 ? batches[0]! : concatBatches(batches[0]!.schema, batches),
    reject(row, error) {
      while (row >= from + batches[at]!.length) from += batches[at++]!.length
      const { file, lineOf, reject } = parts[at]!
      const line = lineOf(row - from)
      reject(error(file === null ? { row: line } : { file, line }))
    },
  }
}
