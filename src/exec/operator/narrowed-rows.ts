import type { RowSpan } from '../../io/csv/rows-in-order.ts'
import { LiveBound } from '../live-bound.ts'
import type { PartitionReader } from './partition-reader.ts'
import type { Step } from './run-selection.ts'

/** Rows of a partition, and what is still to be tested of them. */
export interface NarrowedRows extends RowSpan {
  readonly steps: readonly Step[]
}

/** The rows of a partition that pass those of `steps` which the order of its files answers, and the other steps. */
export async function narrowedRows(
  reader: PartitionReader,
  rows: number,
  steps: readonly Step[],
): Promise<NarrowedRows> {
  let [from, to] = [0, rows]
  const left: Step[] = []
  for (const step of steps) {
    const span = await spanOf(reader, step)
    if (span === null) left.push(step)
    else [from, to] = [Math.max(from, span.from), Math.min(to, span.to)]
  }
  return { from, to: Math.max(from, to), steps: left }
}

async function spanOf(
  reader: PartitionReader,
  { predicate, range, columns }: Step,
): Promise<RowSpan | null> {
  if (predicate instanceof LiveBound || range === undefined) return null
  if (range.flip === 1 || range.keys !== undefined) return null
  return reader.rowsInOrder(columns[0]!, range)
}
