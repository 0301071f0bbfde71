import { CURSOR } from './memory-map'

const NULL_LINE: u32 = 0x0a4e5c
/** Dates that are looked at together, at most. */
const DATES_BLOCK: i32 = 64

/** The bytes of two dates of 11 bytes, newline included, less what each has to be at least. */
// @ts-ignore: decorator
@inline
function digitsOf(a: v128, b: v128): v128 {
  return i8x16.sub(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 5, 6, 8, 9, 16, 17, 18, 19, 21, 22, 24, 25),
    i8x16.splat(48),
  )
}

/** The dashes and the newline of a date, 0 where they are what they have to be. */
// @ts-ignore: decorator
@inline
function marksOf(a: v128): v128 {
  return v128.and(
    v128.xor(a, i8x16(0, 0, 0, 0, 45, 0, 0, 45, 0, 0, 10, 0, 0, 0, 0, 0)),
    i8x16(0, 0, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, 0, 0, 0),
  )
}

/** Century and year in it of two dates each, and month and day: 8 numbers of two digits. */
// @ts-ignore: decorator
@inline
function pairsOf(digits: v128): v128 {
  // A lane holds a + 256 b; times 10 * 256 + 1 it has 10 a + b in its high byte.
  return i16x8.shr_u(i16x8.mul(digits, i16x8.splat(2561)), 8)
}

/** Decodes lines `YYYY-MM-DD` into days since 1970-01-01; see src/kernel/decode-temporal.ts. */
export function decodeDates(from: usize, to: usize, out: usize, limit: i32, validity: usize): i32 {
  let rows = 0
  let p = from
  let block = DATES_BLOCK
  while (rows < limit && p < to) {
    const quads = min(min((limit - rows) & ~3, <i32>((to - p) / 44) << 2), block)
    if (quads > 0) {
      if (decodeFourDates(p, quads, out + (<usize>rows << 2))) {
        if (validity) memory.fill(validity + <usize>rows, 1, quads)
        rows += quads
        p += <usize>quads * 11
        block = min(block << 1, DATES_BLOCK)
        continue
      }
      block = max(quads >> 2, 4) & ~3
      if (quads > 4) continue
    }
    // Among these is a null, a line that is no date, or the end: up to four lines one by one.
    const until = min(rows + 4, limit)
    const before = rows
    while (rows < until && p < to) {
      if ((load<u32>(p) & 0xffffff) == NULL_LINE) {
        if (!validity) break
        store<i32>(out + (<usize>rows << 2), 0)
        store<u8>(validity + <usize>rows, 0)
        p += 3
      } else {
        if (p + 11 > to) break
        const day = oneDate(p)
        if (day == i32.MIN_VALUE) break
        store<i32>(out + (<usize>rows << 2), day)
        if (validity) store<u8>(validity + <usize>rows, 1)
        p += 11
      }
      rows++
    }
    if (rows == before || rows < until) break
  }
  store<u32>(CURSOR, <u32>p)
  return rows
}

function oneDate(p: usize): i32 {
  const a = v128.load(p)
  const digits = digitsOf(a, a)
  const wrong = v128.or(marksOf(a), i8x16.gt_u(digits, i8x16.splat(9)))
  if (v128.any_true(wrong)) return i32.MIN_VALUE
  const pairs = pairsOf(digits)
  return i32x4.extract_lane(daysOf(pairs, pairs), 0)
}

/** Decodes `count`, a multiple of 4; false when not all are dates, and then `out` holds nothing of worth. */
function decodeFourDates(from: usize, count: i32, out: usize): bool {
  let marks = i8x16.splat(0)
  let others = i8x16.splat(0)
  let least = i32x4.splat(0)
  let o = out
  const end = from + <usize>count * 11
  for (let p = from; p < end; p += 44) {
    const t0 = v128.load(p)
    const t1 = v128.load(p, 11)
    const t2 = v128.load(p, 22)
    const t3 = v128.load(p, 33)
    marks = v128.or(
      marks,
      v128.or(v128.or(marksOf(t0), marksOf(t1)), v128.or(marksOf(t2), marksOf(t3))),
    )
    const a = digitsOf(t0, t1)
    const b = digitsOf(t2, t3)
    // Bytes above 9 are negative here, or with 118 more.
    const high = i8x16.splat(118)
    others = v128.or(others, v128.or(v128.or(a, i8x16.add(a, high)), v128.or(b, i8x16.add(b, high))))
    const days = daysOf(pairsOf(a), pairsOf(b))
    v128.store(o, days)
    least = i32x4.min_s(least, days)
    o += 16
  }
  const none = i32x4.eq(least, i32x4.splat(i32.MIN_VALUE))
  return !v128.any_true(v128.or(marks, none)) && i8x16.bitmask(others) == 0
}

/**
 * Four dates in days since 1970-01-01, from the `YY YY MM DD` of two dates each, proleptic
 * Gregorian; the least int32 for what is no date.
 */
// @ts-ignore: decorator
@inline
function daysOf(a: v128, b: v128): v128 {
  // Of each date its year, and 128 times its month and its day.
  const weights = i16x8(100, 1, 128, 1, 100, 1, 128, 1)
  const first = i32x4.dot_i16x8_s(a, weights)
  const second = i32x4.dot_i16x8_s(b, weights)
  const year = i32x4.shuffle(first, second, 0, 2, 4, 6)
  const monthAndDay = i32x4.shuffle(first, second, 1, 3, 5, 7)
  const month = i32x4.shr_u(monthAndDay, 7)
  const day = v128.and(monthAndDay, i32x4.splat(127))
  const yearPairs = i32x4.shuffle(a, b, 0, 2, 4, 6)
  const century = v128.and(yearPairs, i32x4.splat(0xffff))
  const endsCentury = i32x4.eq(yearPairs, century)
  // Leap: divisible by 4, and by 400 if by 100.
  const cycle = v128.bitselect(century, year, endsCentury)
  const leap = i32x4.eq(v128.and(cycle, i32x4.splat(3)), i32x4.splat(0))
  // Days of the month, and days of the year before it, by the month; of a month above 15: 0.
  const monthBytes = v128.or(month, i32x4.splat(0xffffff00))
  const length = i8x16.swizzle(
    i8x16(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0),
    monthBytes,
  )
  const two = i32x4.splat(2)
  const most = i32x4.sub(length, v128.and(leap, i32x4.eq(month, two)))
  const wrong = v128.or(i32x4.gt_s(day, most), i32x4.eq(day, i32x4.splat(0)))
  // Modulo 256 in bytes.
  const before = i32x4.add(
    i8x16.swizzle(
      i8x16(0, 0, 31, 59, 90, 120, -105, -75, -44, -13, 17, 48, 78, 0, 0, 0), monthBytes,
    ),
    v128.and(i32x4.gt_s(month, i32x4.splat(9)), i32x4.splat(256)),
  )
  const inYear = i32x4.sub(i32x4.add(before, day), v128.and(leap, i32x4.gt_s(month, two)))
  // Days up to the year's first, of years that are leap if divisible by 4; then one less for each
  // century that ended before, and one more for each fourth of them.
  const julian = i32x4.shr_s(
    i32x4.sub(i32x4.mul(year, i32x4.splat(1461)), i32x4.splat(1461 + 4 * 719163)),
    2,
  )
  const centuries = i32x4.add(century, endsCentury)
  const days = i32x4.add(
    i32x4.add(julian, inYear),
    i32x4.sub(i32x4.shr_s(centuries, 2), centuries),
  )
  return v128.bitselect(i32x4.splat(i32.MIN_VALUE), days, wrong)
}

/** Ticks of the clock `HH:MM:SS.fff[fff]` at `p`; -1 for what is none. */
// @ts-ignore: decorator
@inline
function clockAt(p: usize, digits: i32): i64 {
  const text = v128.load(p)
  const marks = v128.and(
    v128.xor(text, i8x16(0, 0, 58, 0, 0, 58, 0, 0, 46, 0, 0, 0, 0, 0, 0, 0)),
    i8x16(0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0),
  )
  // Hours, minutes, seconds and three pairs of the fraction; of one of 3 digits "f0f1 0f2".
  const order =
    digits == 3
      ? i8x16(0, 1, 3, 4, 6, 7, 9, 10, 16, 11, 16, 16, 16, 16, 16, 16)
      : i8x16(0, 1, 3, 4, 6, 7, 9, 10, 11, 12, 13, 14, 16, 16, 16, 16)
  const used =
    digits == 3
      ? i8x16(-1, -1, -1, -1, -1, -1, -1, -1, 0, -1, 0, 0, 0, 0, 0, 0)
      : i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0)
  const values = v128.and(i8x16.sub(i8x16.swizzle(text, order), i8x16.splat(48)), used)
  const wrong = v128.or(marks, i8x16.gt_u(values, i8x16.splat(9)))
  if (v128.any_true(wrong)) return -1
  const pairs = pairsOf(values)
  const hours = i16x8.extract_lane_u(pairs, 0)
  const minutes = i16x8.extract_lane_u(pairs, 1)
  const seconds = i16x8.extract_lane_u(pairs, 2)
  if (hours > 23 || minutes > 59 || seconds > 59) return -1
  const inDay = <i64>(<u32>hours * 3600 + <u32>minutes * 60 + <u32>seconds)
  const a = <i64>i16x8.extract_lane_u(pairs, 3)
  const b = <i64>i16x8.extract_lane_u(pairs, 4)
  if (digits == 3) return inDay * 1000 + a * 10 + b
  return inDay * 1000000 + a * 10000 + b * 100 + <i64>i16x8.extract_lane_u(pairs, 5)
}

/**
 * Decodes lines `YYYY-MM-DDTHH:MM:SS.fff[fff][Z]` into float64 ticks; see
 * src/kernel/decode-temporal.ts.
 *
 * @param suffix The byte behind the fraction, or 0 for none.
 */
export function decodeTimestamps(
  from: usize, to: usize, out: usize, limit: i32, validity: usize, digits: i32, suffix: i32,
): i32 {
  const perDay: i64 = digits == 3 ? 86400000 : 86400000000
  const size = <usize>(20 + digits) + <usize>(suffix != 0)
  let rows = 0
  let p = from
  for (; rows < limit && p < to; rows++) {
    let value: f64 = 0
    let valid: u8 = 1
    if ((load<u32>(p) & 0xffffff) == NULL_LINE) {
      if (!validity) break
      valid = 0
      p += 3
    } else {
      if (p + size + 1 > to || load<u8>(p, 10) != 84 || load<u8>(p + size) != 10) break
      if (suffix && load<u8>(p + size - 1) != <u8>suffix) break
      const date = i8x16.replace_lane(v128.load(p), 10, 10)
      const digitsOfDate = digitsOf(date, date)
      const wrong = v128.or(marksOf(date), i8x16.gt_u(digitsOfDate, i8x16.splat(9)))
      if (v128.any_true(wrong)) break
      const pairs = pairsOf(digitsOfDate)
      const day = i32x4.extract_lane(daysOf(pairs, pairs), 0)
      const clock = clockAt(p + 11, digits)
      if (day == i32.MIN_VALUE || clock < 0) break
      const ticks = <i64>day * perDay + clock
      if (ticks > 9007199254740991 || ticks < -9007199254740991) break
      value = <f64>ticks
      p += size + 1
    }
    store<f64>(out + (<usize>rows << 3), value)
    if (validity) store<u8>(validity + <usize>rows, valid)
  }
  store<u32>(CURSOR, <u32>p)
  return rows
}
