import { randomBytes } from 'node:crypto'

const MARK_BITS = 64
const MARK_BYTES = MARK_BITS + 1
const NEWLINE = 10
const TAB = 9
const SPACE = 32

/**
 * `body` and a line of blanks after it that no other content has: 64 random bits as spaces and
 * tabs. A store takes a cell's token from its bytes, so equal bytes would let a stale swap land.
 * Readers of JSON pass over it.
 */
export function withMark(body: Uint8Array): Uint8Array {
  const marked = new Uint8Array(body.length + MARK_BYTES)
  marked.set(body)
  marked[body.length] = NEWLINE
  const random = randomBytes(MARK_BITS / 8)
  for (let bit = 0; bit < MARK_BITS; bit++) {
    const isSet = (random[bit >> 3]! >> (bit & 7)) & 1
    marked[body.length + 1 + bit] = isSet === 1 ? TAB : SPACE
  }
  return marked
}

/** What `withMark` was given; other bytes as they are. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  const start = bytes.length - MARK_BYTES
  if (start < 0 || bytes[start] !== NEWLINE) return bytes
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] !== TAB && bytes[at] !== SPACE) return bytes
  }
  return bytes.subarray(0, start)
}
