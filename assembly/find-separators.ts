/** Bit i is set when byte i of the 16 at `p` is one of the three. */
// @ts-ignore: decorator
@inline
function separators16(p: usize, delimiter: v128): u64 {
  const bytes = v128.load(p)
  const ends = v128.or(i8x16.eq(bytes, i8x16.splat(10)), i8x16.eq(bytes, i8x16.splat(13)))
  return <u64>i8x16.bitmask(v128.or(ends, i8x16.eq(bytes, delimiter)))
}

/**
 * Writes the positions, less `base`, of the bytes of `[from, to)` that end a field to `out`: LF, CR and
 * `delimiter`. Answers how many. Writes up to 16 bytes more.
 */
export function findSeparators(from: usize, to: usize, base: usize, delimiter: i32, out: usize): i32 {
  const wanted = i8x16.splat(<i8>delimiter)
  let o = out
  for (let p = from; p < to; p += 64) {
    let mask =
      separators16(p, wanted) |
      (separators16(p + 16, wanted) << 16) |
      (separators16(p + 32, wanted) << 32) |
      (separators16(p + 48, wanted) << 48)
    if (p + 64 > to) mask &= ((<u64>1) << (<u64>(to - p))) - 1
    let left = <i32>popcnt<u64>(mask)
    const next = o + (<usize>left << 2)
    const at = <u32>(p - base)
    // Groups without a branch for each; what is written beyond the last is written over.
    while (left > 0) {
      store<u32>(o, at + <u32>ctz<u64>(mask))
      mask &= mask - 1
      store<u32>(o, at + <u32>ctz<u64>(mask), 4)
      mask &= mask - 1
      store<u32>(o, at + <u32>ctz<u64>(mask), 8)
      mask &= mask - 1
      store<u32>(o, at + <u32>ctz<u64>(mask), 12)
      mask &= mask - 1
      left -= 4
      o += 16
    }
    o = next
  }
  return <i32>((o - out) >> 2)
}
