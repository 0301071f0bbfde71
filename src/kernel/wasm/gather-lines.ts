import { wasmKernels } from './kernels.ts'

/** Rows that are handed over at once. */
const WANTED_MAX = 65_536

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
  const { WANTED, CURSOR } = places
  const some = Math.min(last, first + WANTED_MAX)
  const until = some < last ? wanted[some - 1]! + 1 : rows
  const count = some - first
  ints.set(wanted.subarray(first, some), WANTED >> 2)
  const copied = run.gatherLines(from, to, row, until, WANTED, count, target, targetEnd)
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
  const { run, places, ints } = wasmKernels()!
  const { WANTED } = places
  for (let at = first; at < last; at += WANTED_MAX) {
    const some = Math.min(last, at + WANTED_MAX)
    ints.set(wanted.subarray(at, some), WANTED >> 2)
    run.gatherEven(from, stride, row, WANTED, some - at, target + (at - first) * stride)
  }
}
