const NEWLINE = 10
const BLOCK_WORDS = 8

/**
 * Passes over whole lines without looking for each: blocks of 32 bytes have their newlines counted
 * four bytes at a time and without a branch, and only the block in which the last line ends is
 * searched.
 *
 * @param bytes The text.
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
      const marks =
        newlines(words[at]!) +
        newlines(words[at + 1]!) +
        newlines(words[at + 2]!) +
        newlines(words[at + 3]!) +
        newlines(words[at + 4]!) +
        newlines(words[at + 5]!) +
        newlines(words[at + 6]!) +
        newlines(words[at + 7]!)
      const found = Math.imul(marks, 0x01010101) >>> 24
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

/** 1 in each byte of `word` that is a newline, 0 in the others. */
function newlines(word: number): number {
  const byte = word ^ 0x0a0a0a0a
  return (~(((byte & 0x7f7f7f7f) + 0x7f7f7f7f) | byte) >>> 7) & 0x01010101
}

/** The position behind the last newline of `bytes[from .. to)`. */
function lastBehind(bytes: Uint8Array, from: number, to: number): number {
  let p = to
  while (p > from && bytes[p - 1] !== NEWLINE) p--
  return p
}
