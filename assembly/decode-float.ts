import { blockEnd, blockEnds } from './find-lines'
import { CURSOR, ENDS, KEEP } from './memory-map'

const MINUS: u32 = 45
/** `\N` */
const NULL_TOKEN: u32 = 0x4e5c

/** 10 to the power of 0 to 15. */
const POWERS: usize = memory.data<f64>([
  1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
])

/** The number that the 16 digits are, those of the text without its point; exact below 2^53. */
// @ts-ignore: decorator
@inline
function numberOf(digits: v128): f64 {
  const pairs = i16x8.add(
    i16x8.mul(v128.and(digits, i16x8.splat(0xff)), i16x8.splat(10)),
    i16x8.shr_u(digits, 8),
  )
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1))
  const eights = i32x4.dot_i16x8_s(
    i16x8.narrow_i32x4_u(fours, fours),
    i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1),
  )
  return <f64>i32x4.extract_lane(eights, 0) * 1e8 + <f64>i32x4.extract_lane(eights, 1)
}

/** The float of the text in `[first, end)`, which has no sign; NaN for one that is not simple. */
// @ts-ignore: decorator
@inline
function floatAt(first: usize, end: usize): f64 {
  const size = <i32>(end - first)
  if (size < 1 || size > 16) return NaN
  let text = i8x16.sub(v128.load(end - 16), i8x16.splat(48))
  const kept = v128.load(KEEP + <usize>size)
  const points = i8x16.bitmask(v128.and(i8x16.eq(text, i8x16.splat(-2)), kept))
  const lead = load<u8>(first) - 48
  let scale = 0
  let whole = size
  if (points) {
    const at = ctz<i32>(points)
    // Digits behind it, of which the last is not 0, and before it.
    scale = 15 - at
    whole = size - scale - 1
    if (scale == 0 || whole == 0 || load<u8>(end - 1) == 48) return NaN
    // Moves what stands before the point up by one, over it; another point is no digit then.
    const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    const up = i8x16.le_s(places, i8x16.splat(<i8>at))
    text = i8x16.swizzle(text, i8x16.add(places, up))
    text = v128.and(text, v128.load(KEEP + <usize>(size - 1)))
  } else {
    if (size > 15) return NaN
    text = v128.and(text, kept)
  }
  if (whole > 1 && lead == 0) return NaN
  if (v128.any_true(i8x16.gt_u(text, i8x16.splat(9)))) return NaN
  const value = numberOf(text)
  return scale ? value / load<f64>(POWERS + (<usize>scale << 3)) : value
}

/** Floats in JavaScript's shortest form into float64; see src/kernel/decode-float.ts. */
export function decodeFloats(from: usize, to: usize, out: usize, limit: i32, validity: usize): i32 {
  let rows = 0
  let line = from
  for (let p = from; p < to && rows < limit; ) {
    const stop = blockEnd(p, to)
    const count = min(<i32>((blockEnds(p, stop, ENDS) - ENDS) >> 2), limit - rows)
    p = stop
    let i = 0
    for (; i < count; i++) {
      const end = <usize>load<u32>(ENDS + (<usize>i << 2))
      let value: f64 = 0
      let valid: u8 = 1
      if (end - line == 2 && load<u16>(line) == NULL_TOKEN) {
        if (!validity) break
        valid = 0
      } else {
        const negative = load<u8>(line) == MINUS
        value = floatAt(line + <usize>negative, end)
        if (isNaN(value) || (value < 1e-6 && (value != 0 || negative))) break
        if (negative) value = -value
      }
      store<f64>(out + (<usize>rows << 3), value)
      if (validity) store<u8>(validity + <usize>rows, valid)
      rows++
      line = end + 1
    }
    if (i < count) break
  }
  store<u32>(CURSOR, <u32>line)
  return rows
}
