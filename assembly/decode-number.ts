import { blockEnd, blockEnds } from './find-lines'
import { CURSOR, ENDS, KEEP, KEEP8 } from './memory-map'

const MINUS: u32 = 45
/** `\N` */
const NULL_TOKEN: u32 = 0x4e5c
/** Lines `d.dd` that are looked at together. */
const CENTS_BLOCK: i32 = 1024

/** Digits of two numbers, 8 bytes each, as four numbers of 4 digits. */
// @ts-ignore: decorator
@inline
function fours(digits: v128): v128 {
  // A lane holds a + 256 b; times 10 * 256 + 1 it has 10 a + b in its high byte.
  const pairs = i16x8.shr_u(i16x8.mul(digits, i16x8.splat(2561)), 8)
  return i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1))
}

/**
 * Decodes `count` (a multiple of 4) lines without sign that have at most 8 digits, `scale` of them
 * behind a point, four at a time. The lines end at the pointers from ENDS on. False when some line
 * is anything else, and then `out` holds nothing of worth.
 */
// @ts-ignore: decorator
@inline
function decodeFours(count: i32, out: usize, scale: i32, most: i32, pointed: bool, float: bool): bool {
  const point: u32 = pointed ? 1 : 0
  const zero = i8x16.splat(48)
  // What makes a byte above 9 negative.
  const above = i8x16.splat(118)
  const none = i64x2.splat(0)
  // Of 8 right-aligned digits: those before the point, without the last, may not begin with 0.
  const leading = i64x2.splat(<i64>(((<u64>1) << (<u64>(56 - (scale << 3)))) - 1))
  const before = i64x2.splat(<i64>((<u64>-1) >> (<u64>(scale << 3))))
  const pointMask = i64x2.splat(<i64>((<u64>0xff) << (<u64>(56 - (scale << 3)))))
  const points = i8x16.splat(46)
  let wrong = none
  let others = none
  // Lengths with the newline.
  const least = <i32>point + scale + 2
  let shortest = i32x4.splat(least)
  let longest = shortest
  let greatest = none
  let o = out
  const end = ENDS + (<usize>count << 2)
  for (let s = ENDS; s < end; s += 16) {
    const sizes = i32x4.sub(v128.load(s), v128.load(s - 4))
    shortest = i32x4.min_s(shortest, sizes)
    longest = i32x4.max_s(longest, sizes)
    const t = <usize>load<u32>(s - 4)
    const t0 = <usize>load<u32>(s)
    const t1 = <usize>load<u32>(s, 4)
    const t2 = <usize>load<u32>(s, 8)
    const t3 = <usize>load<u32>(s, 12)
    let a = v128.load64_lane(t1 - 8, v128.load64_zero(t0 - 8), 1)
    let b = v128.load64_lane(t3 - 8, v128.load64_zero(t2 - 8), 1)
    if (pointed) {
      others = v128.or(others, v128.or(v128.xor(a, points), v128.xor(b, points)))
      a = v128.bitselect(v128.load64_lane(t1 - 9, v128.load64_zero(t0 - 9), 1), a, before)
      b = v128.bitselect(v128.load64_lane(t3 - 9, v128.load64_zero(t2 - 9), 1), b, before)
    }
    const mask = KEEP8 - 1 - point
    const keepA = v128.load64_lane(mask + (t1 - t0), v128.load64_zero(mask + (t0 - t)), 1)
    const keepB = v128.load64_lane(mask + (t3 - t2), v128.load64_zero(mask + (t2 - t1)), 1)
    a = v128.and(i8x16.sub(a, zero), keepA)
    b = v128.and(i8x16.sub(b, zero), keepB)
    wrong = v128.or(
      wrong,
      v128.or(v128.or(a, i8x16.add(a, above)), v128.or(b, i8x16.add(b, above))),
    )
    const firstA = v128.and(v128.andnot(keepA, i64x2.shl(keepA, 8)), i8x16.eq(a, none))
    const firstB = v128.and(v128.andnot(keepB, i64x2.shl(keepB, 8)), i8x16.eq(b, none))
    wrong = v128.or(wrong, v128.and(v128.or(firstA, firstB), leading))
    const values = i32x4.dot_i16x8_s(
      i16x8.narrow_i32x4_u(fours(a), fours(b)),
      i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1),
    )
    greatest = i32x4.max_s(greatest, values)
    if (float) {
      v128.store(o, f64x2.convert_low_i32x4_s(values))
      v128.store(o, f64x2.convert_low_i32x4_s(i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)), 16)
      o += 32
    } else {
      v128.store(o, values)
      o += 16
    }
  }
  const beyond = v128.or(
    v128.or(i32x4.lt_s(shortest, i32x4.splat(least)), i32x4.gt_s(longest, i32x4.splat(<i32>point + 9))),
    v128.or(i32x4.gt_s(greatest, i32x4.splat(most)), v128.and(others, pointMask)),
  )
  return i8x16.bitmask(wrong) == 0 && !v128.any_true(beyond)
}

/**
 * Decodes the lines that end at `ends[0 .. count)` one by one: with a sign, up to 15 digits, null.
 * Answers how many were decoded before one that is none of these.
 */
// @ts-ignore: decorator
@inline
function decodeEach(
  ends: usize, count: i32, out: usize, validity: usize, scale: i32,
  least: f64, greatest: f64, pointed: bool, float: bool,
): i32 {
  const point: usize = pointed ? 1 : 0
  // Moves the bytes before the point up by one, over it.
  const order = i8x16.add(
    i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    i8x16.lt_s(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(16 - scale))),
  )
  let start = <usize>load<u32>(ends - 4) + 1
  for (let i = 0; i < count; i++) {
    const t = <usize>load<u32>(ends + (<usize>i << 2))
    const negative = load<u8>(start) == MINUS
    const size = t - start - <usize>negative
    let value: f64 = 0
    if (size == 2 && !negative && load<u16>(start) == NULL_TOKEN) {
      if (!validity) return i
      store<u8>(validity + <usize>i, 0)
    } else {
      const digits = size - point
      const whole = digits - <usize>scale
      // Sizes that are too small wrap around and are too great then.
      if (whole - 1 > <usize>(pointed ? 8 : 14) || digits > 15) return i
      if (whole > 1 && load<u8>(start + <usize>negative) == 48) return i
      let text = i8x16.sub(v128.load(t - 16), i8x16.splat(48))
      if (pointed) {
        if (load<u8>(t - <usize>scale - 1) != 46) return i
        text = i8x16.swizzle(text, order)
      }
      text = v128.and(text, v128.load(KEEP + digits))
      if (v128.any_true(i8x16.gt_u(text, i8x16.splat(9)))) return i
      const parts = fours(text)
      const halves = i32x4.dot_i16x8_s(
        i16x8.narrow_i32x4_u(parts, parts),
        i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1),
      )
      value = <f64>i32x4.extract_lane(halves, 0) * 1e8 + <f64>i32x4.extract_lane(halves, 1)
      if (negative) {
        if (value == 0) return i
        value = -value
      }
      if (value < least || value > greatest) return i
      if (validity) store<u8>(validity + <usize>i, 1)
    }
    if (float) store<f64>(out + (<usize>i << 3), value)
    else store<i32>(out + (<usize>i << 2), <i32>value)
    start = t + 1
  }
  return count
}

/**
 * The body of every kernel below. Blocks of lines go four at a time while that works; after a block
 * where it did not, one line at a time for some blocks.
 */
// @ts-ignore: decorator
@inline
function decodeLines(
  from: usize, to: usize, out: usize, limit: i32, validity: usize, scale: i32,
  least: f64, greatest: f64, pointed: bool, float: bool,
): i32 {
  const width: i32 = float ? 3 : 2
  const most = <i32>min<f64>(greatest, 99999999)
  let rows = 0
  let last = from - 1
  let patience = scale > 6 || least > 0 ? i32.MAX_VALUE : 0
  let penalty = 1
  for (let p = from; p < to && rows < limit; ) {
    const stop = blockEnd(p, to)
    store<u32>(ENDS - 4, <u32>last)
    const count = min(<i32>((blockEnds(p, stop, ENDS) - ENDS) >> 2), limit - rows)
    p = stop
    if (count == 0) continue
    const target = out + ((<usize>rows) << width)
    const valid = validity ? validity + <usize>rows : 0
    let done = 0
    if (patience > 0) patience--
    else {
      const quads = count & ~3
      if (decodeFours(quads, target, scale, most, pointed, float)) {
        done = quads
        if (valid) memory.fill(valid, 1, quads)
        penalty = 1
      } else {
        patience = penalty
        if (penalty < 64) penalty <<= 1
      }
    }
    done += decodeEach(
      ENDS + (<usize>done << 2), count - done, target + ((<usize>done) << width),
      valid ? valid + <usize>done : 0, scale, least, greatest, pointed, float,
    )
    rows += done
    if (done > 0) last = <usize>load<u32>(ENDS + (<usize>(done - 1) << 2))
    if (done < count) break
  }
  store<u32>(CURSOR, <u32>(last + 1))
  return rows
}

/** Whole numbers into int32; see src/kernel/decode-whole.ts. */
export function decodeInt32(from: usize, to: usize, out: usize, limit: i32, validity: usize, least: f64, greatest: f64): i32 {
  return decodeLines(from, to, out, limit, validity, 0, least, greatest, false, false)
}

/** Whole numbers into float64. */
export function decodeExact(from: usize, to: usize, out: usize, limit: i32, validity: usize, least: f64, greatest: f64): i32 {
  return decodeLines(from, to, out, limit, validity, 0, least, greatest, false, true)
}

/** Decimals into unscaled float64; see src/kernel/decode-decimal.ts. */
export function decodeDecimal(from: usize, to: usize, out: usize, limit: i32, validity: usize, scale: i32, least: f64, greatest: f64): i32 {
  return decodeLines(from, to, out, limit, validity, scale, least, greatest, true, true)
}

/**
 * Decodes `count` (a multiple of 4) lines `d.dd`, four at a time. False when some line is anything
 * else, and then `out` holds nothing of worth.
 */
// @ts-ignore: decorator
@inline
function decodeFourCents(from: usize, count: i32, out: usize): bool {
  // Of each line its three digits and the point, less what they have to be at least.
  const least = i8x16(48, 48, 48, 46, 48, 48, 48, 46, 48, 48, 48, 46, 48, 48, 48, 46)
  // What makes a byte above 9, or of a point above 0, negative.
  const above = i8x16(118, 118, 118, 127, 118, 118, 118, 127, 118, 118, 118, 127, 118, 118, 118, 127)
  const newlines = i8x16(10, 0, 0, 0, 0, 10, 0, 0, 0, 0, 10, 0, 0, 0, 0, 10)
  const isNewline = i8x16(-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1)
  let wrong = i8x16.splat(0)
  let others = i8x16.splat(0)
  let o = out
  const end = from + <usize>count * 5
  for (let p = from; p < end; p += 20) {
    // Lines 0 to 2 and more, and the last 16 bytes of the four: all their newlines are in those.
    const a = v128.load(p)
    const b = v128.load(p, 4)
    others = v128.or(others, v128.and(v128.xor(b, newlines), isNewline))
    const bytes = i8x16.sub(
      i8x16.shuffle(a, b, 0, 2, 3, 1, 5, 7, 8, 6, 10, 12, 13, 11, 27, 29, 30, 28),
      least,
    )
    wrong = v128.or(wrong, v128.or(bytes, i8x16.add(bytes, above)))
    const values = i32x4.add(
      i32x4.dot_i16x8_s(v128.and(bytes, i16x8.splat(0xff)), i16x8(100, 1, 100, 1, 100, 1, 100, 1)),
      i32x4.dot_i16x8_s(i16x8.shr_u(bytes, 8), i16x8(10, 0, 10, 0, 10, 0, 10, 0)),
    )
    v128.store(o, f64x2.convert_low_i32x4_s(values))
    v128.store(o, f64x2.convert_low_i32x4_s(i32x4.shuffle(values, values, 2, 3, 2, 3)), 16)
    o += 32
  }
  return i8x16.bitmask(wrong) == 0 && !v128.any_true(others)
}

/** Lines `d.dd` into unscaled float64. */
export function decodeCents(from: usize, to: usize, out: usize, limit: i32, validity: usize): i32 {
  const rows = min(limit, <i32>((to - from) / 5))
  let p = from
  let o = out
  let row = 0
  while (row < rows) {
    const quads = min(rows - row, CENTS_BLOCK) & ~3
    if (quads == 0 || !decodeFourCents(p, quads, o)) break
    row += quads
    p += <usize>quads * 5
    o += <usize>quads << 3
  }
  for (; row < rows; row++) {
    const a = <u32>load<u8>(p) - 48
    const b = <u32>load<u8>(p, 2) - 48
    const c = <u32>load<u8>(p, 3) - 48
    if (a > 9 || b > 9 || c > 9 || load<u8>(p, 1) != 46 || load<u8>(p, 4) != 10) break
    store<f64>(o, <f64>(a * 100 + b * 10 + c))
    p += 5
    o += 8
  }
  if (validity) memory.fill(validity, 1, row)
  store<u32>(CURSOR, <u32>p)
  return row
}

/** Lines of one digit into int32, or float64 with `float` 1. */
export function decodeDigits(from: usize, to: usize, out: usize, limit: i32, validity: usize, float: i32): i32 {
  const rows = min(limit, <i32>((to - from) >> 1))
  const newlines = i16x8.splat(10)
  const nine = i16x8.splat(9)
  let p = from
  let o = out
  let row = 0
  for (; row + 8 <= rows; row += 8) {
    const text = v128.load(p)
    const digits = i16x8.sub(v128.and(text, i16x8.splat(0xff)), i16x8.splat(48))
    const wrong = v128.or(
      i16x8.gt_u(digits, nine),
      v128.xor(i16x8.shr_u(text, 8), newlines),
    )
    if (v128.any_true(wrong)) break
    const low = i32x4.extend_low_i16x8_u(digits)
    const high = i32x4.extend_high_i16x8_u(digits)
    if (float) {
      v128.store(o, f64x2.convert_low_i32x4_s(low))
      v128.store(o, f64x2.convert_low_i32x4_s(i32x4.shuffle(low, low, 2, 3, 2, 3)), 16)
      v128.store(o, f64x2.convert_low_i32x4_s(high), 32)
      v128.store(o, f64x2.convert_low_i32x4_s(i32x4.shuffle(high, high, 2, 3, 2, 3)), 48)
      o += 64
    } else {
      v128.store(o, low)
      v128.store(o, high, 16)
      o += 32
    }
    p += 16
  }
  for (; row < rows; row++) {
    const digit = <u32>load<u8>(p) - 48
    if (digit > 9 || load<u8>(p, 1) != 10) break
    if (float) store<f64>(o, <f64>digit)
    else store<i32>(o, <i32>digit)
    o += float ? 8 : 4
    p += 2
  }
  if (validity) memory.fill(validity, 1, row)
  store<u32>(CURSOR, <u32>p)
  return row
}
