const NEWLINE = 10

/**
 * Writes whole numbers as text, one a line; a null as `\N`.
 *
 * @param values The numbers, one a row.
 * @param validity One byte a row, 0 for null; empty when there is no null.
 * @param rows How many rows to write.
 * @param target Receives the text; 12 bytes a row are enough.
 * @param at Where in `target` to begin.
 * @param sizes `[0]` is lowered to the shortest line, `[1]` raised to the longest, in bytes.
 * @returns The position after the last byte written.
 *
 * Pure but for `target` and `sizes`; does not throw.
 */
export function encodeInt32(
  values: Int32Array,
  validity: Uint8Array,
  rows: number,
  target: Uint8Array,
  at: number,
  sizes: Int32Array,
): number {
  const nullable = validity.length > 0
  let shortest = sizes[0]!
  let longest = sizes[1]!
  for (let row = 0; row < rows; row++) {
    const start = at
    if (nullable && validity[row] === 0) {
      target[at] = 92
      target[at + 1] = 78
      at += 2
    } else {
      let rest = values[row]!
      if (rest < 0) {
        target[at++] = 45
        rest = -rest
      }
      const end = at + digitCount(rest)
      at = end
      for (let p = end - 1; rest >= 10; p--) {
        const tenth = Math.floor(rest / 10)
        target[p] = 48 + rest - tenth * 10
        rest = tenth
        if (rest < 10) target[p - 1] = 48 + rest
      }
      if (end - start === 1) target[start] = 48 + rest
      else if (rest < 10 && target[start] === 45 && end - start === 2) target[start + 1] = 48 + rest
    }
    const size = at - start
    if (size < shortest) shortest = size
    if (size > longest) longest = size
    target[at++] = NEWLINE
  }
  sizes[0] = shortest
  sizes[1] = longest
  return at
}

/** Decimal digits of a whole number of 0 to 2^53; 1 for 0. */
export function digitCount(value: number): number {
  if (value < 1e5) {
    return value < 10 ? 1 : value < 100 ? 2 : value < 1e3 ? 3 : value < 1e4 ? 4 : 5
  }
  let count = 6
  let limit = 1e6
  while (value >= limit) {
    limit *= 10
    count++
  }
  return count
}
