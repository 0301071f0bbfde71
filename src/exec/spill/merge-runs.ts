import { type Batch, concatBatches, sliceBatch, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { SpillFile } from '../../io/spill-folder.ts'
import { compareRows } from '../../kernel/compare-rows.ts'
import { type SortColumn, sortRows } from '../../kernel/sort.ts'
import { BatchMerger } from '../operator/batch-merger.ts'
import { Pacer } from '../operator/pacer.ts'
import { slicesOf } from '../operator/slices.ts'
import type { SpillSpace } from './spill-space.ts'

/** The keys of a batch by which its rows are ordered. */
export type KeysOf = (batch: Batch) => readonly SortColumn[]

/**
 * The rows of `runs`, each of them in order already, in one order; rows that are equal come in the
 * order of the runs. At most `space.fanOut` files are read at the same time: more are merged to
 * fewer before. Files are removed when they have been read.
 */
export async function* mergeRuns(
  space: SpillSpace,
  of: Schema,
  runs: readonly SpillFile[],
  keysOf: KeysOf,
): AsyncGenerator<Batch, void, undefined> {
  const merger = new BatchMerger(of, space.context.batchRowsMax)
  let left = runs
  while (left.length > space.fanOut) {
    const fewer: SpillFile[] = []
    for (let from = 0; from < left.length; from += space.fanOut) {
      const group = left.slice(from, from + space.fanOut)
      fewer.push(await space.write(of, mergedOnce(space, of, group, keysOf)))
    }
    left = fewer
  }
  for await (const batch of mergedOnce(space, of, left, keysOf)) yield* merger.push(batch)
  yield* merger.flush()
}

/** The next rows of one run. */
interface Window {
  readonly file: SpillFile
  readonly blocks: Generator<Batch, void, undefined>
  block: Batch
  keys: readonly SortColumn[]
  from: number
}

async function* mergedOnce(
  space: SpillSpace,
  of: Schema,
  runs: readonly SpillFile[],
  keysOf: KeysOf,
): AsyncGenerator<Batch, void, undefined> {
  const pacer = new Pacer(space.context)
  const bytesPerRow = Math.max(...runs.map(({ bytes, rows }) => bytes / Math.max(1, rows)))
  const rowsMax = space.blockRows(bytesPerRow)
  let windows: Window[] = []
  try {
    for (const file of runs) {
      const window = { file, blocks: file.batches(), block: null!, keys: [], from: 0 }
      if (advance(window, keysOf)) windows.push(window)
    }
    while (windows.length > 0) {
      const due = takeDue(of, windows, keysOf)
      const pause = pacer.step(due.length * (of.fields.length + 1))
      if (pause !== undefined) await pause
      yield* slicesOf(due, rowsMax)
      windows = windows.filter(
        (window) => window.from < window.block.length || advance(window, keysOf),
      )
    }
  } finally {
    for (const { blocks } of windows) blocks.return()
  }
}

/** Loads the next block; false when there is none, and the file is gone. */
function advance(window: Window, keysOf: KeysOf): boolean {
  const next = window.blocks.next()
  if (next.done === true) {
    window.file.remove()
    return false
  }
  window.block = next.value
  window.keys = keysOf(next.value)
  window.from = 0
  return true
}

/**
 * Takes the rows that nothing still to be read can come before, ordered: those up to the least of
 * the windows' last rows, which uses that window up.
 */
function takeDue(of: Schema, windows: readonly Window[], keysOf: KeysOf): Batch {
  let least = 0
  for (const [position, { keys, block }] of windows.entries()) {
    const bound = windows[least]!
    if (compareRows(keys, block.length - 1, bound.keys, bound.block.length - 1) < 0) {
      least = position
    }
  }
  const bound = windows[least]!
  const parts: Batch[] = []
  for (const [position, window] of windows.entries()) {
    // Of an earlier run equal rows come first, of a later one after all that the bound's run has.
    const ties = position < least ? 1 : 0
    const to = position === least ? window.block.length : rowsUpTo(window, bound, ties)
    if (to > window.from) parts.push(sliceBatch(window.block, window.from, to))
    window.from = to
  }
  if (parts.length === 1) return parts[0]!
  const all = concatBatches(of, parts)
  return takeBatch(all, sortRows(keysOf(all), all.length), all.length)
}

/** The first row of `window` that is after the last of `bound`, or equal when `ties` is 0. */
function rowsUpTo(window: Window, bound: Window, ties: number): number {
  const last = bound.block.length - 1
  let low = window.from
  let high = window.block.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareRows(window.keys, middle, bound.keys, last) < ties) low = middle + 1
    else high = middle
  }
  return low
}
