const NEWLINE = 10
const BLOCK_WORDS = 8

/**
 * Passes over whole lines without looking for each: blocks of 32 bytes have their newlines counted
 * four bytes at a time and without a branch, and only the block in which the last line ends is
 * searched.
 *
 * @param bytes Printable ASCII and newlines, nothing else: of those, newlines alone have neither bit
 *   5 nor bit 6.
 * @param words The same memory as little-endian int32, beginning at byte 0 of `bytes`.
 * @param from First position looked at, `to` the position to stop before.
 * @param lines How many newlines to pass, 1 and up.
 * @param cursor `[0]` receives the position behind the last newline passed (`from` for none), `[1]`
 *   how many were passed: fewer than `lines` only when `to` came first.
 *
 * Pure but for `cursor`; does not throw.
 */
export function skipLines(
  bytes: Uint8Array,
  words: Int32Array,
  from: number,
  to: number,
  lines: number,
  cursor: Int32Array,
): void {
  let p = from
  let left = lines
  let behind = from
  while ((p & 3) !== 0 && p < to && left > 0) {
    if (bytes[p++] === NEWLINE) {
      behind = p
      left--
    }
  }
  let at = p >> 2
  const stop = (to >> 2) - BLOCK_WORDS
  if ((p & 3) === 0 && left > 0) {
    for (; at <= stop; at += BLOCK_WORDS) {
      const others =
        printable(words[at]!) +
        printable(words[at + 1]!) +
        printable(words[at + 2]!) +
        printable(words[at + 3]!) +
        printable(words[at + 4]!) +
        printable(words[at + 5]!) +
        printable(words[at + 6]!) +
        printable(words[at + 7]!)
      const found = 4 * BLOCK_WORDS - (Math.imul(others, 0x01010101) >>> 24)
      if (found >= left) break
      if (found > 0) {
        left -= found
        behind = -1
      }
    }
    p = at << 2
  }
  if (behind < 0) behind = lastBehind(bytes, from, p)
  for (; p < to && left > 0; p++) {
    if (bytes[p] !== NEWLINE) continue
    behind = p + 1
    left--
  }
  cursor[0] = behind
  cursor[1] = lines - left
}

/** Whether `bytes[from .. to)` are printable ASCII and newlines, as `skipLines` needs them. */
export function onlyPrintable(bytes: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) {
    const byte = bytes[p]!
    if ((byte < 32 && byte !== NEWLINE) || byte > 126) return false
  }
  return true
}

/** The position behind the line that begins at `from`; `from` when it does not end before `to`. */
export function lineAfter(bytes: Uint8Array, from: number, to: number): number {
  let p = from
  while (p < to && bytes[p] !== NEWLINE) p++
  return p < to ? p + 1 : from
}

/** 1 in each byte of `word` that is no newline, 0 in the others. */
function printable(word: number): number {
  return ((word >>> 5) | (word >>> 6)) & 0x01010101
}

/** The position behind the last newline of `bytes[from .. to)`. */
function lastBehind(bytes: Uint8Array, from: number, to: number): number {
  let p = to
  while (p > from && bytes[p - 1] !== NEWLINE) p--
  return p
}
