import { isNullLine } from './decode-decimal.ts'

const NEWLINE = 10

/**
 * Decodes lines `true` and `false` into 1 and 0 until `limit` rows, `to`, or a line that is
 * neither. A null is `\N`.
 *
 * @param bytes The file's bytes.
 * @param from Position of the first line; `to` stands behind a newline.
 * @param values Receives 0 or 1 from index `row` on; 0 for a null.
 * @param limit Row to stop before, at most `values.length`.
 * @param validity Receives 0 for a null; empty when there can be none (`\N` then stops).
 * @param cursor `[0]` receives the position of the first line that is not decoded.
 * @returns The row after the last one decoded.
 *
 * Pure but for `values`, `validity` and `cursor`; does not throw.
 */
export function decodeBools(
  bytes: Uint8Array,
  from: number,
  to: number,
  values: Uint8Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  cursor: Int32Array,
): number {
  let line = from
  while (row < limit && line < to) {
    if (isWord(bytes, line, 116, 114, 117, 101) && bytes[line + 4] === NEWLINE) {
      values[row++] = 1
      line += 5
    } else if (
      bytes[line] === 102 &&
      isWord(bytes, line + 1, 97, 108, 115, 101) &&
      bytes[line + 5] === NEWLINE
    ) {
      values[row++] = 0
      line += 6
    } else if (validity.length > 0 && isNullLine(bytes, line)) {
      validity[row] = 0
      values[row++] = 0
      line += 3
    } else break
  }
  cursor[0] = line
  return row
}

function isWord(bytes: Uint8Array, p: number, a: number, b: number, c: number, d: number): boolean {
  return bytes[p] === a && bytes[p + 1] === b && bytes[p + 2] === c && bytes[p + 3] === d
}
