const LF = 10
const CR = 13

/**
 * Finds the bytes of `bytes[from .. to)` that end a field: LF, CR and `delimiter`.
 *
 * @param out Receives their positions, ascending; `to - from` are enough.
 * @returns How many they are.
 *
 * Pure but for `out`; does not throw.
 */
export function findSeparators(
  bytes: Uint8Array,
  from: number,
  to: number,
  delimiter: number,
  out: Int32Array,
): number {
  // Letters, digits and most others are above all of them.
  const highest = Math.max(delimiter, CR)
  let count = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!
    if (byte > highest) continue
    if (byte === delimiter || byte === LF || byte === CR) out[count++] = at
  }
  return count
}
