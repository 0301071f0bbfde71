import type { Vector } from '../arrow/vector.ts'
import type { EncodeColumns, HeadedVector, PlacedColumn } from '../io/csv/encode-columns.ts'
import { encodeColumns } from '../io/csv/encode-columns.ts'
import { type ReadBlocks, readBlocks } from '../io/import/csv-parts.ts'
import type { CsvBlock, SharedBlocks } from '../io/import/csv-reader.ts'
import type { CsvPlan } from '../io/import/csv-rows.ts'
import { inOrder } from './threads/job-queue.ts'
import { encodeJob, readJob } from './threads/load-jobs.ts'
import { secondsWorthIt } from './threads/worker-pool.ts'

/** Bytes of a CSV file that one thread turns into rows in a second. */
const BYTES_PER_SECOND = 50e6
/** Values that one thread encodes in a second. */
const VALUES_PER_SECOND = 10e6
/** The calling thread gathers all rows, and keeps no more others busy. */
const HELPERS_MAX = 3

/** How rows come into a table on several threads: files, statistics and errors are those of one. */
export interface LoadCrew {
  readonly encode: EncodeColumns
  /** @param bytes Of all files, where that is known. */
  reader(bytes: number | undefined): ReadBlocks
}

/** The crew of a write; undefined where one thread is all that there is. */
export function loadCrew(threads: number): LoadCrew | undefined {
  const helpers = Math.min(threads - 1, HELPERS_MAX)
  if (helpers < 1) return undefined
  return {
    encode: (columns) => encodedOn(columns, helpers),
    reader: (bytes) => (blocks, plan, memory) => readOn(blocks, plan, { helpers, bytes, memory }),
  }
}

async function* encodedOn(
  columns: readonly HeadedVector[],
  helpers: number,
): AsyncGenerator<PlacedColumn> {
  const values = columns.length * (columns[0]?.vector.length ?? 0)
  if (values < secondsWorthIt(helpers) * VALUES_PER_SECOND) {
    yield* encodeColumns(columns)
    return
  }
  // The largest first: what is left at the end is small, and nobody waits long for it.
  const order = columns
    .map(({ vector }, position) => ({ position, cost: costOf(vector) }))
    .sort((a, b) => b.cost - a.cost)
  const jobs = order.map(({ position }) => encodeJob(columns[position]!)).values()
  let at = 0
  for await (const encoded of inOrder(jobs, { helpers, ahead: 2 * helpers + 1 })) {
    yield { position: order[at++]!.position, encoded }
  }
}

/** About how long it takes to encode a column, beside others of as many rows. */
function costOf(vector: Vector): number {
  if (vector.layout !== 'utf8') return vector.length * 20
  // Texts that were gathered lie one after the other.
  return vector.length * 15 + (vector.ends[vector.length - 1] ?? 0)
}

interface Reading {
  readonly helpers: number
  /** Of all files, where that is known. */
  readonly bytes: number | undefined
  readonly memory: SharedBlocks | undefined
}

async function* readOn(
  blocks: AsyncGenerator<CsvBlock>,
  plan: CsvPlan,
  { helpers, bytes, memory }: Reading,
): ReturnType<ReadBlocks> {
  const bytesMin = secondsWorthIt(helpers) * BYTES_PER_SECOND
  // Where it is not known how much will come, what has come tells.
  if ((bytes ?? 0) < bytesMin) yield* readBlocks(fewBytes(blocks, bytesMin), plan)
  const jobs = readJobs(blocks, plan)
  const ahead = 2 + 4 * helpers
  for await (const parts of inOrder(jobs, { helpers, ahead })) {
    yield* parts
    const [first] = parts
    if (first !== undefined) memory?.giveBack(first.block)
  }
}

async function* readJobs(blocks: AsyncGenerator<CsvBlock>, plan: CsvPlan) {
  for await (const block of blocks) yield readJob(block, plan)
}

/** The first blocks, up to so many bytes. */
async function* fewBytes(
  blocks: AsyncGenerator<CsvBlock>,
  bytesMax: number,
): AsyncGenerator<CsvBlock> {
  for (;;) {
    const next = await blocks.next()
    if (next.done === true) return
    yield next.value
    if (next.value.fileBytes >= bytesMax) return
  }
}
