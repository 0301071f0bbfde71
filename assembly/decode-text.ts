import { CURSOR } from './memory-map'
import { bits, parities } from './text-masks'

const NULL_TOKEN: u32 = 0x4e5c

/** Bytes that need quotes anywhere (`"`, `,`, CR): these bits of a class. */
const ANYWHERE: u8 = 4 | 16 | 32

/** A bit for each of tab, newline, CR, space, `"` and `,` where a byte is that, else 0. */
// @ts-ignore: decorator
@inline
function classes(text: v128): v128 {
  const low = i8x16(8, 0, 16, 0, 0, 0, 0, 0, 0, 1, 2, 0, 32, 4, 0, 0)
  const high = i8x16(7, 0, 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  return v128.and(
    i8x16.swizzle(low, v128.and(text, i8x16.splat(15))),
    i8x16.swizzle(high, i8x16.shr_u(text, 4)),
  )
}

/** Whether the text in `[from, to)` has to be in quotes; it holds none. */
function needsQuotes(from: usize, to: usize): bool {
  if (from == to) return true
  const first = load<u8>(from)
  const last = load<u8>(to - 1)
  if (first == 32 || first == 9 || last == 32 || last == 9) return true
  if (to - from == 2 && load<u16>(from) == NULL_TOKEN) return true
  for (let p = from; p < to; p++) {
    const byte = load<u8>(p)
    if (byte == 44 || byte == 10 || byte == 13) return true
  }
  return false
}

/**
 * Finds the texts of the records in `[from, to)`, without quotes around them, until `limit` or one
 * that is not whole; see src/kernel/decode-text.ts. Stops at 64 bytes with quotes within quotes or
 * with what no writer of ours wrote.
 *
 * @param shift Added to a pointer to give what is written.
 * @param starts Receives where each text begins, `ends` where it ends.
 * @param validity Receives a byte for each: 0 for a null, else 1. 0 for "no null may stand here".
 * @param plain 1 if no record may have quotes.
 * @returns How many. The cursor is: where the first record begins that was not passed, and 1 if it
 *   did not stop for want of bytes or rows.
 */
export function decodeTexts(
  from: usize, to: usize, limit: i32, shift: i32, starts: usize, ends: usize, validity: usize,
  plain: i32,
): i32 {
  const newline = i8x16.splat(10)
  const quote = i8x16.splat(34)
  const anywhere = i8x16.splat(ANYWHERE)
  const none = i8x16.splat(0)
  let next = from
  let rows = 0
  let odd = 0
  // What the byte before the block is: in quotes, the end of a record, a closing quote, special.
  let inside: u64 = 0
  let started: u64 = 1
  let closed: u64 = 0
  let special: u64 = 0
  for (let p = from; p < to && rows < limit; p += 64) {
    const a = v128.load(p)
    const b = v128.load(p, 16)
    const c = v128.load(p, 32)
    const d = v128.load(p, 48)
    const there: u64 = p + 64 <= to ? <u64>-1 : ((<u64>1) << (<u64>(to - p))) - 1
    let stops = there & bits(
      i8x16.eq(a, newline), i8x16.eq(b, newline), i8x16.eq(c, newline), i8x16.eq(d, newline),
    )
    const classA = classes(a)
    const classB = classes(b)
    const classC = classes(c)
    const classD = classes(d)
    const specials = bits(
      i8x16.ne(classA, none), i8x16.ne(classB, none), i8x16.ne(classC, none), i8x16.ne(classD, none),
    )
    const all = v128.or(v128.or(classA, classB), v128.or(classC, classD))
    let wrong: u64 = 0
    if (v128.any_true(v128.and(all, anywhere)) || (inside | closed) != 0) {
      if (plain) {
        odd = 1
        break
      }
      const quotes = bits(
        i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote),
      )
      const others = ~quotes & bits(
        i8x16.ne(v128.and(classA, anywhere), none), i8x16.ne(v128.and(classB, anywhere), none),
        i8x16.ne(v128.and(classC, anywhere), none), i8x16.ne(v128.and(classD, anywhere), none),
      )
      const quoted = parities(quotes) ^ (0 - inside)
      const newlines = stops
      stops &= ~quoted
      const opening = quotes & quoted
      const closing = quotes & ~quoted
      const lines = (stops << 1) | started
      const behind = (closing << 1) | closed
      wrong =
        (opening & ~lines) | (behind & ~newlines) | (others & ~quoted) |
        (lines & specials & ~opening) | (stops & ((specials << 1) | special) & ~behind)
      inside = quoted >> 63
      closed = closing >> 63
    } else {
      wrong = (((stops << 1) | started) & specials) | (stops & ((specials << 1) | special))
    }
    if (wrong & there) {
      odd = 1
      break
    }
    started = stops >> 63
    special = specials >> 63
    while (stops && rows < limit) {
      const end = p + <usize>ctz<u64>(stops)
      stops &= stops - 1
      let begin = next
      let stop = end
      if (load<u8>(begin) == 34) {
        begin++
        stop--
        if (!needsQuotes(begin, stop)) {
          odd = 1
          break
        }
      } else if (end - begin == 2 && load<u16>(begin) == NULL_TOKEN) {
        if (!validity) {
          odd = 1
          break
        }
        stop = begin
        store<u8>(validity + <usize>rows, 0)
      }
      store<i32>(starts + (<usize>rows << 2), <i32>begin + shift)
      store<i32>(ends + (<usize>rows << 2), <i32>stop + shift)
      rows++
      next = end + 1
    }
    if (odd) break
  }
  store<u32>(CURSOR, <u32>next)
  store<i32>(CURSOR, odd, 4)
  return rows
}

/** Writes the ranges of `count` texts of `width` bytes, the first at `first`, each `stride` behind the last. */
export function evenTexts(
  starts: usize, ends: usize, count: i32, first: i32, stride: i32, width: i32,
): void {
  const step = i32x4.splat(stride << 2)
  const size = i32x4.splat(width)
  let at = i32x4.add(i32x4.splat(first), i32x4.mul(i32x4.splat(stride), i32x4(0, 1, 2, 3)))
  const whole = <usize>(count & ~3) << 2
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(starts + i, at)
    v128.store(ends + i, i32x4.add(at, size))
    at = i32x4.add(at, step)
  }
  for (let row = count & ~3; row < count; row++) {
    const start = first + row * stride
    store<i32>(starts + (<usize>row << 2), start)
    store<i32>(ends + (<usize>row << 2), start + width)
  }
}
