const NEWLINE = 10

/**
 * How many of `bytes[from .. to)` are newlines, four at a time.
 *
 * Pure; does not throw.
 */
export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  let count = 0
  for (; at < to && ((bytes.byteOffset + at) & 3) !== 0; at++) if (bytes[at] === NEWLINE) count++
  const size = Math.max(0, to - at) >> 2
  const words = new Int32Array(bytes.buffer, size === 0 ? 0 : bytes.byteOffset + at, size)
  for (let i = 0; i < size; i++) {
    const other = words[i]! ^ 0x0a0a0a0a
    // The top bit of each byte that is 0, moved to its lowest.
    const zeros = ~(((other & 0x7f7f7f7f) + 0x7f7f7f7f) | other | 0x7f7f7f7f) >>> 7
    if (zeros !== 0) count += Math.imul(zeros, 0x01010101) >>> 24
  }
  for (at += size * 4; at < to; at++) if (bytes[at] === NEWLINE) count++
  return count
}
