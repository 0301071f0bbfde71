import { addressOf } from './blocks.ts'
import { wasmKernels } from './kernels.ts'

/** Rows that are handed over at once. */
const WANTED_MAX = 65_536

/** Where `rows[first .. last)`, not more than 65,536, stand in the kernels' memory; they are copied if they do not. */
export function wantedAt(rows: Uint32Array, first: number, last: number): number {
  const address = addressOf(rows)
  if (address !== 0) return address + first * 4
  const { places, ints } = wasmKernels()!
  ints.set(rows.subarray(first, last), places.WANTED >> 2)
  return places.WANTED
}

/**
 * Copies the lines `wanted[first .. last)`, newlines included, one behind another, and passes over
 * the others of lines `row` to `rows - 1`, until all are done, `to`, or the target is full.
 *
 * @param from Position of line `row` in the kernels' memory, as are `to`, `target` (where the lines
 *   go) and `targetEnd`; some bytes behind that are written too.
 * @param cursor Receives `[0]` the position where it stopped, `[1]` the number of the line there,
 *   `[2]` the end of what was written, `[3]` 1 if the target is full and 0 otherwise.
 * @returns How many lines were copied.
 */
export function wasmGatherLines(
  from: number,
  to: number,
  row: number,
  rows: number,
  wanted: Uint32Array,
  first: number,
  last: number,
  target: number,
  targetEnd: number,
  cursor: Int32Array,
): number {
  const { run, places, ints } = wasmKernels()!
  const { CURSOR } = places
  const some = Math.min(last, first + WANTED_MAX)
  const until = some < last ? wanted[some - 1]! + 1 : rows
  const count = some - first
  const at = wantedAt(wanted, first, some)
  const copied = run.gatherLines(from, to, row, until, at, count, target, targetEnd)
  for (let i = 0; i < 4; i++) cursor[i] = ints[(CURSOR >> 2) + i]!
  return copied
}

/**
 * As `wasmGatherLines` for lines of `stride` bytes each, newline included, that all stand there and
 * for which the target has room.
 */
export function wasmGatherEven(
  from: number,
  stride: number,
  row: number,
  wanted: Uint32Array,
  first: number,
  last: number,
  target: number,
): void {
  const { run } = wasmKernels()!
  for (let at = first; at < last; at += WANTED_MAX) {
    const some = Math.min(last, at + WANTED_MAX)
    const rows = wantedAt(wanted, at, some)
    run.gatherEven(from, stride, row, rows, some - at, target + (at - first) * stride)
  }
}
