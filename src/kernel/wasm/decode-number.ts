import type { NumberRange } from '../select-numbers.ts'
import { addressOf } from './blocks.ts'
import { wasmKeepKeys } from './keep-keys.ts'
import { type WasmKernels, wasmKernels } from './kernels.ts'

/**
 * A kernel that decodes lines to `out`: at most `most` of those in `[line, end)`, positions in the
 * kernels' memory. `valid`: where it writes 1 for a value and 0 for a null; 0 for "no null
 * may stand here". Answers how many it decoded before a line that it does not know.
 */
export interface WasmDecode {
  readonly layout: 'i32' | 'f64'
  readonly step: (line: number, end: number, out: number, most: number, valid: number) => number
}

/** Decodes what `decodeInt32` does. */
export function wasmInt32(least: number, greatest: number): WasmDecode {
  const { run } = wasmKernels()!
  return {
    layout: 'i32',
    step: (line, end, out, most, valid) =>
      run.decodeInt32(line, end, out, most, valid, least, greatest),
  }
}

/** Decodes what `decodeExact` does, or with a `scale` of 1 to 9 what `decodeDecimal` does. */
export function wasmExact(scale: number, least: number, greatest: number): WasmDecode {
  const { run } = wasmKernels()!
  return {
    layout: 'f64',
    step: (line, end, out, most, valid) =>
      scale === 0
        ? run.decodeExact(line, end, out, most, valid, least, greatest)
        : run.decodeDecimal(line, end, out, most, valid, scale, least, greatest),
  }
}

/** Decodes what `decodeCents` does. */
export function wasmCents(): WasmDecode {
  const { run } = wasmKernels()!
  return {
    layout: 'f64',
    step: (line, end, out, most, valid) => run.decodeCents(line, end, out, most, valid),
  }
}

/** Decodes lines of one digit, as `decodeInt32` and `decodeExact` do. */
export function wasmDigits(layout: 'i32' | 'f64'): WasmDecode {
  const { run } = wasmKernels()!
  const float = layout === 'f64' ? 1 : 0
  return {
    layout,
    step: (line, end, out, most, valid) => run.decodeDigits(line, end, out, most, valid, float),
  }
}

/** Decodes what `decodeDates` does, but needs no table of years. */
export function wasmDates(): WasmDecode {
  const { run } = wasmKernels()!
  return {
    layout: 'i32',
    step: (line, end, out, most, valid) => run.decodeDates(line, end, out, most, valid),
  }
}

/** Decodes what `decodeFloats` does. */
export function wasmFloats(): WasmDecode {
  const { run } = wasmKernels()!
  return {
    layout: 'f64',
    step: (line, end, out, most, valid) => run.decodeFloats(line, end, out, most, valid),
  }
}

/** Decodes what `decodeTimestamps` does, but needs no table of years. */
export function wasmTimestamps(digits: number, suffix: number): WasmDecode {
  const { run } = wasmKernels()!
  return {
    layout: 'f64',
    step: (line, end, out, most, valid) =>
      run.decodeTimestamps(line, end, out, most, valid, digits, suffix),
  }
}

/** Takes only the rows whose value is in `range`. */
export interface RangeSink {
  readonly range: NumberRange
  /** Receives the rows, ascending, from index `found` on. */
  readonly out: Uint32Array
  /** Receives their values from the same index on, if they are wanted. */
  readonly kept: Int32Array | Float64Array | null
  found: number
}

/**
 * Decodes lines of bytes that stand in the kernels' memory, as the twins do.
 *
 * @param address Position of byte 0 in that memory.
 * @param from Position of the first line; `to` stands behind a newline.
 * @param target Receives the values from index `row` on, or the rows that pass.
 * @param limit Row to stop before.
 * @param validity Receives 0 for a null; empty when there can be none.
 * @param cursor `[0]` receives the position of the first line that is not decoded.
 * @returns The row after the last one decoded.
 */
export function wasmDecode(
  { layout, step }: WasmDecode,
  address: number,
  from: number,
  to: number,
  target: Int32Array | Float64Array | RangeSink,
  row: number,
  limit: number,
  validity: Uint8Array,
  cursor: Int32Array,
): number {
  const kernels = wasmKernels()!
  const { CURSOR, OUT, ROWS_MAX, VALIDITY } = kernels.places
  const valid = validity.length > 0 ? VALIDITY : 0
  const end = address + to
  const direct = 'found' in target ? 0 : addressOf(target)
  const width = layout === 'i32' ? 4 : 8
  let line = address + from
  while (row < limit && line < end) {
    const most = Math.min(limit - row, ROWS_MAX)
    const out = direct === 0 ? OUT : direct + row * width
    const rows = step(line, end, out, most, valid)
    line = kernels.ints[CURSOR >> 2]!
    if (valid !== 0) validity.set(kernels.bytes.subarray(valid, valid + rows), row)
    if ('found' in target) select(kernels, layout, target, row, rows, valid)
    else if (direct === 0) {
      const decoded = layout === 'i32' ? kernels.ints : kernels.floats
      target.set(decoded.subarray(OUT / width, OUT / width + rows), row)
    }
    row += rows
    if (rows < most) break
  }
  cursor[0] = line - address
  return row
}

function select(
  { run, ints, floats, places }: WasmKernels,
  layout: 'i32' | 'f64',
  sink: RangeSink,
  row: number,
  rows: number,
  valid: number,
): void {
  const { OUT, SELECTED } = places
  const { range, out, kept, found } = sink
  const { flip } = range
  const place = addressOf(out)
  const rowsAt = place === 0 ? SELECTED : place + found * 4
  let count: number
  if (layout === 'f64') {
    const { least, greatest } = range
    count = run.selectFloat64(OUT, rows, row, least, greatest, flip, valid, rowsAt)
  } else {
    const least = Math.max(Math.ceil(range.least), -2147483648)
    const greatest = Math.min(Math.floor(range.greatest), 2147483647)
    const [from, to] = least > greatest ? [1, 0] : [least, greatest]
    count = run.selectInt32(OUT, rows, row, from, to, flip, valid, rowsAt)
  }
  if (range.keys !== undefined) count = wasmKeepKeys(layout, range.keys, row, rowsAt, count)
  if (place === 0) out.set(ints.subarray(SELECTED >> 2, (SELECTED >> 2) + count), found)
  if (kept !== null) {
    const room = addressOf(kept)
    const width = layout === 'f64' ? 8 : 4
    const target = room === 0 ? OUT : room + found * width
    if (layout === 'f64') run.packFloat64(OUT, rowsAt, count, row, target)
    else run.packInt32(OUT, rowsAt, count, row, target)
    const packed = layout === 'f64' ? floats : ints
    if (room === 0) kept.set(packed.subarray(OUT / width, OUT / width + count), found)
  }
  sink.found = found + count
}

/** As `onlyPrintable` of the twin, for positions in the kernels' memory. */
export function wasmOnlyPrintable(from: number, to: number): boolean {
  return wasmKernels()!.run.onlyPrintable(from, to) !== 0
}
