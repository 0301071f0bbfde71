/** For each set of four lanes, the bytes that move them to the front. */
const PACK: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  4, 5, 6, 7, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 4, 5, 6, 7, 255, 255, 255, 255, 255, 255, 255, 255,
  8, 9, 10, 11, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 8, 9, 10, 11, 255, 255, 255, 255, 255, 255, 255, 255,
  4, 5, 6, 7, 8, 9, 10, 11, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255, 255, 255, 255,
  12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255,
  4, 5, 6, 7, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 255, 255, 255, 255,
  8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
], 16)

/** Bit i is set when byte i of the 4 at `p`, each 0 or 1, is 1. */
// @ts-ignore: decorator
@inline
function flags(p: usize): i32 {
  const word = load<u32>(p)
  return <i32>((word | (word >> 7) | (word >> 14) | (word >> 21)) & 15)
}

/**
 * Writes `base` plus i, ascending, for each of `count` values at `values` that is in the range, or
 * with `flip` 1 that is not, and whose byte at `validity` is 1 (0: all are). See
 * src/kernel/select-numbers.ts. Up to 12 bytes more are written.
 */
export function selectInt32(
  values: usize, count: i32, base: i32, least: i32, greatest: i32, flip: i32,
  validity: usize, out: usize,
): i32 {
  const low = i32x4.splat(least)
  const high = i32x4.splat(greatest)
  const four = i32x4.splat(4)
  let rows = i32x4.add(i32x4.splat(base), i32x4(0, 1, 2, 3))
  let o = out
  for (let i = 0; i < count; i += 4) {
    const value = v128.load(values + (<usize>i << 2))
    let kept = i32x4.bitmask(v128.and(i32x4.ge_s(value, low), i32x4.le_s(value, high)))
    kept ^= -flip & 15
    if (validity) kept &= flags(validity + <usize>i)
    if (i + 4 > count) kept &= (1 << (count - i)) - 1
    v128.store(o, i8x16.swizzle(rows, v128.load(PACK + (<usize>kept << 4))))
    o += <usize>popcnt<i32>(kept) << 2
    rows = i32x4.add(rows, four)
  }
  return <i32>((o - out) >> 2)
}

/** The same for float64. */
export function selectFloat64(
  values: usize, count: i32, base: i32, least: f64, greatest: f64, flip: i32,
  validity: usize, out: usize,
): i32 {
  const low = f64x2.splat(least)
  const high = f64x2.splat(greatest)
  const four = i32x4.splat(4)
  let rows = i32x4.add(i32x4.splat(base), i32x4(0, 1, 2, 3))
  let o = out
  for (let i = 0; i < count; i += 4) {
    const a = v128.load(values + (<usize>i << 3))
    const b = v128.load(values + (<usize>i << 3), 16)
    let kept = i64x2.bitmask(v128.and(f64x2.ge(a, low), f64x2.le(a, high)))
    kept |= i64x2.bitmask(v128.and(f64x2.ge(b, low), f64x2.le(b, high))) << 2
    kept ^= -flip & 15
    if (validity) kept &= flags(validity + <usize>i)
    if (i + 4 > count) kept &= (1 << (count - i)) - 1
    v128.store(o, i8x16.swizzle(rows, v128.load(PACK + (<usize>kept << 4))))
    o += <usize>popcnt<i32>(kept) << 2
    rows = i32x4.add(rows, four)
  }
  return <i32>((o - out) >> 2)
}

/**
 * Copies the values of the `count` ascending rows at `rows`, each less `base`, to `out`, which may
 * be `values`: no value moves behind a later one. Where four rows follow each other they are copied
 * at once, as nearly all are when a filter takes most rows.
 */
export function packInt32(values: usize, rows: usize, count: i32, base: i32, out: usize): void {
  const from = values - (<usize>base << 2)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const p = rows + (<usize>i << 2)
    const to = out + (<usize>i << 2)
    const row = load<u32>(p)
    if (load<u32>(p, 12) - row == 3) v128.store(to, v128.load(from + (<usize>row << 2)))
    else {
      store<i32>(to, load<i32>(from + (<usize>row << 2)))
      store<i32>(to, load<i32>(from + (<usize>load<u32>(p, 4) << 2)), 4)
      store<i32>(to, load<i32>(from + (<usize>load<u32>(p, 8) << 2)), 8)
      store<i32>(to, load<i32>(from + (<usize>load<u32>(p, 12) << 2)), 12)
    }
  }
  for (; i < count; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2))
    store<i32>(out + (<usize>i << 2), load<i32>(from + (row << 2)))
  }
}

/** The same for float64. */
export function packFloat64(values: usize, rows: usize, count: i32, base: i32, out: usize): void {
  const from = values - (<usize>base << 3)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const p = rows + (<usize>i << 2)
    const to = out + (<usize>i << 3)
    const row = load<u32>(p)
    if (load<u32>(p, 12) - row == 3) {
      const at = from + (<usize>row << 3)
      const first = v128.load(at)
      const second = v128.load(at, 16)
      v128.store(to, first)
      v128.store(to, second, 16)
    } else {
      store<f64>(to, load<f64>(from + (<usize>row << 3)))
      store<f64>(to, load<f64>(from + (<usize>load<u32>(p, 4) << 3)), 8)
      store<f64>(to, load<f64>(from + (<usize>load<u32>(p, 8) << 3)), 16)
      store<f64>(to, load<f64>(from + (<usize>load<u32>(p, 12) << 3)), 24)
    }
  }
  for (; i < count; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2))
    store<f64>(out + (<usize>i << 3), load<f64>(from + (row << 3)))
  }
}
