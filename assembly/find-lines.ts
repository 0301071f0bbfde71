import { BLOCK } from './memory-map'

/** Bit i is set when byte i of the 64 at `p` is a newline. */
// @ts-ignore: decorator
@inline
export function newlines(p: usize): u64 {
  const newline = i8x16.splat(10)
  return (
    <u64>i8x16.bitmask(i8x16.eq(v128.load(p), newline)) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(p, 16), newline)) << 16) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(p, 32), newline)) << 32) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(p, 48), newline)) << 48)
  )
}

/** The same, of the bytes before `to` only. */
// @ts-ignore: decorator
@inline
export function newlinesTo(p: usize, to: usize): u64 {
  const mask = newlines(p)
  return p + 64 <= to ? mask : mask & (((<u64>1) << (<u64>(to - p))) - 1)
}

/**
 * Writes the positions of the newlines of `[from, to)`, which is at most a block, as pointers to
 * `out`; answers the end of what was written. Writes up to 32 bytes more.
 */
export function blockEnds(from: usize, to: usize, out: usize): usize {
  let o = out
  for (let p = from; p < to; p += 64) {
    let mask = newlinesTo(p, to)
    let left = <i32>popcnt<u64>(mask)
    const next = o + (<usize>left << 2)
    // Groups without a branch for each line; what is written beyond the last is written over.
    while (left > 0) {
      store<u32>(o, <u32>p + <u32>ctz<u64>(mask))
      mask &= mask - 1
      store<u32>(o, <u32>p + <u32>ctz<u64>(mask), 4)
      mask &= mask - 1
      store<u32>(o, <u32>p + <u32>ctz<u64>(mask), 8)
      mask &= mask - 1
      store<u32>(o, <u32>p + <u32>ctz<u64>(mask), 12)
      mask &= mask - 1
      left -= 4
      o += 16
    }
    o = next
  }
  return o
}

/** How many newlines are in `[from, to)`. */
export function countLines(from: usize, to: usize): i32 {
  let count = 0
  for (let p = from; p < to; p += 64) count += <i32>popcnt<u64>(newlinesTo(p, to))
  return count
}

/** Where the block that begins at `p` ends. */
// @ts-ignore: decorator
@inline
export function blockEnd(p: usize, to: usize): usize {
  return min(p + BLOCK, to)
}
