import type { RowSpan } from '../../io/csv/rows-in-order.ts'
import { LiveBound } from '../live-bound.ts'
import type { PartitionReader } from './partition-reader.ts'
import type { Step } from './run-selection.ts'

/** Rows of a partition, and what is still to be tested of them. */
export interface NarrowedRows extends RowSpan {
  readonly steps: readonly Step[]
}

/** Those rows in `span` that pass the `steps` which the order of files answers, and the other steps. */
export async function narrowedRows(
  reader: PartitionReader,
  span: RowSpan,
  steps: readonly Step[],
): Promise<NarrowedRows> {
  let { from, to } = span
  const left: Step[] = []
  for (const step of steps) {
    const found = await spanOf(reader, step)
    if (found === null) left.push(step)
    else [from, to] = [Math.max(from, found.from), Math.min(to, found.to)]
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
