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
  while ((p & 3) !== 0 && p < to && left > 0) {
    if (bytes[p++] === NEWLINE) left--
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
      left -= found
    }
    for (; at < to >> 2; at++) {
      const found = 4 - (Math.imul(printable(words[at]!), 0x01010101) >>> 24)
      if (found >= left) break
      left -= found
    }
    p = at << 2
  }
  for (; p < to && left > 0; p++) if (bytes[p] === NEWLINE) left--
  cursor[0] = left === 0 ? p : lastBehind(bytes, from, p)
  cursor[1] = lines - left
}

/**
 * Whether `bytes[from .. to)` are ASCII without control characters other than newlines, as
 * `skipLines` needs them. Looks at four bytes at a time.
 */
export function onlyPrintable(
  bytes: Uint8Array,
  words: Int32Array,
  from: number,
  to: number,
): boolean {
  let p = from
  for (; (p & 3) !== 0 && p < to; p++) if (!isPrintable(bytes[p]!)) return false
  for (; p + 4 <= to; p += 4) {
    const word = words[p >> 2]!
    const byte = word ^ 0x0a0a0a0a
    const newlines = (~(((byte & 0x7f7f7f7f) + 0x7f7f7f7f) | byte) >>> 7) & 0x01010101
    if ((word & 0x80808080) !== 0 || printable(word) + newlines !== 0x01010101) return false
  }
  for (; p < to; p++) if (!isPrintable(bytes[p]!)) return false
  return true
}

const isPrintable = (byte: number): boolean => byte === NEWLINE || (byte >= 32 && byte < 128)

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
