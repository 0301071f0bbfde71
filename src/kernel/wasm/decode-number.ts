import { type WasmKernels, wasmKernels } from './kernels.ts'

const NO_NULLS = new Uint8Array(0)

/**
 * As `decodeInt32` of the twin, for bytes that stand in the kernels' memory.
 *
 * @param address Position of byte 0 in that memory.
 */
export function wasmDecodeInt32(
  address: number,
  from: number,
  to: number,
  values: Int32Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  least: number,
  greatest: number,
  cursor: Int32Array,
): number {
  const kernels = wasmKernels()!
  const { run, places } = kernels
  const { OUT, ROWS_MAX } = places
  const valid = validity.length > 0 ? places.VALIDITY : 0
  const end = address + to
  let line = address + from
  while (row < limit && line < end) {
    const most = Math.min(limit - row, ROWS_MAX)
    const rows = run.decodeInt32(line, end, OUT, most, valid, least, greatest)
    values.set(kernels.ints.subarray(OUT >> 2, (OUT >> 2) + rows), row)
    line = takeOver(kernels, validity, row, rows)
    row += rows
    if (rows < most) break
  }
  cursor[0] = line - address
  return row
}

/** As `decodeExact` and, with a `scale`, `decodeDecimal` of the twins; see `wasmDecodeInt32`. */
export function wasmDecodeExact(
  address: number,
  from: number,
  to: number,
  values: Float64Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  scale: number,
  least: number,
  greatest: number,
  cursor: Int32Array,
): number {
  const kernels = wasmKernels()!
  const { run, places } = kernels
  const { OUT, ROWS_MAX } = places
  const valid = validity.length > 0 ? places.VALIDITY : 0
  const end = address + to
  let line = address + from
  while (row < limit && line < end) {
    const most = Math.min(limit - row, ROWS_MAX)
    const rows =
      scale === 0
        ? run.decodeExact(line, end, OUT, most, valid, least, greatest)
        : run.decodeDecimal(line, end, OUT, most, valid, scale, least, greatest)
    values.set(kernels.floats.subarray(OUT >> 3, (OUT >> 3) + rows), row)
    line = takeOver(kernels, validity, row, rows)
    row += rows
    if (rows < most) break
  }
  cursor[0] = line - address
  return row
}

/** As `decodeCents` of the twin; see `wasmDecodeInt32`. */
export function wasmDecodeCents(
  address: number,
  from: number,
  to: number,
  values: Float64Array,
  row: number,
  limit: number,
  cursor: Int32Array,
): number {
  const kernels = wasmKernels()!
  const { OUT, ROWS_MAX } = kernels.places
  const end = address + to
  let line = address + from
  while (row < limit && line < end) {
    const most = Math.min(limit - row, ROWS_MAX)
    const rows = kernels.run.decodeCents(line, end, OUT, most)
    values.set(kernels.floats.subarray(OUT >> 3, (OUT >> 3) + rows), row)
    line = takeOver(kernels, NO_NULLS, row, rows)
    row += rows
    if (rows < most) break
  }
  cursor[0] = line - address
  return row
}

/** As `decodeDates` of the twin, but for years of which that has no table; see `wasmDecodeInt32`. */
export function wasmDecodeDates(
  address: number,
  from: number,
  to: number,
  values: Int32Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  cursor: Int32Array,
): number {
  const kernels = wasmKernels()!
  const { run, places } = kernels
  const { OUT, ROWS_MAX } = places
  const valid = validity.length > 0 ? places.VALIDITY : 0
  const end = address + to
  let line = address + from
  while (row < limit && line < end) {
    const most = Math.min(limit - row, ROWS_MAX)
    const rows = run.decodeDates(line, end, OUT, most, valid)
    values.set(kernels.ints.subarray(OUT >> 2, (OUT >> 2) + rows), row)
    line = takeOver(kernels, validity, row, rows)
    row += rows
    if (rows < most) break
  }
  cursor[0] = line - address
  return row
}

/** Copies the validity of rows just decoded; answers where the first line after them stands. */
function takeOver(kernels: WasmKernels, validity: Uint8Array, row: number, rows: number): number {
  const { VALIDITY, CURSOR } = kernels.places
  if (validity.length > 0) validity.set(kernels.bytes.subarray(VALIDITY, VALIDITY + rows), row)
  return kernels.ints[CURSOR >> 2]!
}
