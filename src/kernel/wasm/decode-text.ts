import { addressOf } from './blocks.ts'
import { wasmKernels } from './kernels.ts'

/**
 * Finds the texts of records, as the twins `decodePlainText` and `decodeQuotedText` do, in bytes
 * that stand in the kernels' memory and are copied as they are: a text in quotes is what stands
 * between them. Stops early at a record that has quotes in it, or at most 64 bytes before one.
 *
 * @param address Position of byte 0 in that memory.
 * @param from Position of the first record, `to` the end of what is there.
 * @param shift Added to a position to give one of the vector.
 * @param starts Receives the ranges from index `row` on, as does `ends`.
 * @param limit Row to stop before.
 * @param validity Receives 0 for a null; empty when there can be none.
 * @param cursor `[0]` receives the position of the first record that was not decoded, `[2]` 1 if
 *   that is one for the twin and 0 if it is not whole or row `limit`.
 * @param plain Whether no record may have quotes.
 * @returns The row after the last one decoded.
 */
export function wasmDecodeTexts(
  address: number,
  from: number,
  to: number,
  shift: number,
  starts: Int32Array,
  ends: Int32Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  cursor: Int32Array,
  { plain }: { readonly plain: boolean },
): number {
  const { run, places, bytes, ints } = wasmKernels()!
  const { WANTED, SELECTED, VALIDITY, CURSOR, ROWS_MAX } = places
  const valid = validity.length > 0 ? VALIDITY : 0
  let line = address + from
  const none = plain ? 1 : 0
  const begins = addressOf(starts)
  const direct = begins !== 0 && addressOf(ends) !== 0
  cursor[2] = 0
  while (row < limit) {
    const most = Math.min(limit - row, ROWS_MAX)
    if (valid !== 0) bytes.fill(1, valid, valid + most)
    const by = shift - address
    const from = direct ? begins + row * 4 : WANTED
    const until = direct ? addressOf(ends) + row * 4 : SELECTED
    const rows = run.decodeTexts(line, address + to, most, by, from, until, valid, none)
    if (!direct) {
      starts.set(ints.subarray(WANTED >> 2, (WANTED >> 2) + rows), row)
      ends.set(ints.subarray(SELECTED >> 2, (SELECTED >> 2) + rows), row)
    }
    if (valid !== 0) validity.set(bytes.subarray(valid, valid + rows), row)
    row += rows
    line = ints[CURSOR >> 2]!
    cursor[2] = ints[(CURSOR >> 2) + 1]!
    if (rows < most) break
  }
  cursor[0] = line - address
  return row
}
