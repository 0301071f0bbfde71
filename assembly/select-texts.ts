import { bits, parities } from './text-masks'
import { CURSOR } from './memory-map'

/** Position of bit number `n` of those set in `mask`, counted from 0. */
// @ts-ignore: decorator
@inline
function nthBit(mask: u64, n: i32): i32 {
  for (let i = 0; i < n; i++) mask &= mask - 1
  return <i32>ctz<u64>(mask)
}

// @ts-ignore: decorator
@inline
function sameBytes(a: usize, b: usize, size: usize): bool {
  let i: usize = 0
  for (; i + 8 <= size; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false
  const left = size - i
  if (left == 0) return true
  return ((load<u64>(a + i) ^ load<u64>(b + i)) << (<u64>(64 - (left << 3)))) == 0
}

/**
 * Writes `row` plus i, ascending, for each record i of `[from, to)` that holds a literal to `out`,
 * until `rows` records are passed or one is not whole. See src/kernel/wasm/select-lines.ts.
 *
 * @param size How long the literal is, 1 and up; it holds neither newline nor quote, and no null
 *   may match it. Some bytes more than that behind `to` can be loaded.
 * @param rare Index in it of a byte that is seldom, `rarer` of another (or the same).
 * @param atStart 1 if it has to stand at the start of the text, `atEnd` 1 if at its end.
 * @param at Receives beside each row where its record begins; 0 if that is not wanted.
 * @returns How many rows were written. The cursor is: where the first record that was not passed
 *   begins, how many were passed, and 1 if it stopped at 64 bytes with a quote where none may stand.
 */
export function selectLines(
  from: usize, to: usize, row: i32, rows: i32, literal: usize, size: usize,
  rare: usize, rarer: usize, atStart: i32, atEnd: i32, out: usize, at: usize,
): i32 {
  const one = i8x16.splat(load<i8>(literal + rare))
  const other = i8x16.splat(load<i8>(literal + rarer))
  const quote = i8x16.splat(34)
  const newline = i8x16.splat(10)
  let found = 0
  let passed = 0
  let next = from
  let odd = 0
  let lastRow = -1
  // What the byte before the block is: in quotes, the end of a record, an opening, a closing quote.
  let inside: u64 = 0
  let started: u64 = 1
  let opened: u64 = 0
  let closed: u64 = 0
  for (let p = from; p < to && passed < rows; p += 64) {
    const a = v128.load(p)
    const b = v128.load(p, 16)
    const c = v128.load(p, 32)
    const d = v128.load(p, 48)
    const there: u64 = p + 64 <= to ? <u64>-1 : ((<u64>1) << (<u64>(to - p))) - 1
    const newlines = there & bits(
      i8x16.eq(a, newline), i8x16.eq(b, newline), i8x16.eq(c, newline), i8x16.eq(d, newline),
    )
    let ends = newlines
    let quoted: u64 = 0
    // Where a text may start.
    let starts: u64 = 0
    const quoteA = i8x16.eq(a, quote)
    const quoteB = i8x16.eq(b, quote)
    const quoteC = i8x16.eq(c, quote)
    const quoteD = i8x16.eq(d, quote)
    const some = v128.any_true(v128.or(v128.or(quoteA, quoteB), v128.or(quoteC, quoteD)))
    if (some || (inside | closed) != 0) {
      const quotes = bits(quoteA, quoteB, quoteC, quoteD)
      quoted = parities(quotes) ^ (0 - inside)
      ends &= ~quoted
      const opening = quotes & quoted
      const closing = quotes & ~quoted
      const lines = (ends << 1) | started
      const wrong =
        (opening & ~(lines | (closing << 1) | closed)) |
        (((closing << 1) | closed) & ~(newlines | quotes))
      if (wrong & there) {
        odd = 1
        break
      }
      const leading = opening & lines
      starts = lines | (leading << 1) | opened
      inside = quoted >> 63
      opened = leading >> 63
      closed = closing >> 63
    } else {
      starts = (ends << 1) | started
    }
    started = ends >> 63
    const count = <i32>popcnt<u64>(ends)
    const over = passed + count >= rows
    const stop = over ? nthBit(ends, rows - passed - 1) : 0
    const x = p + rare
    const y = p + rarer
    const hitA = v128.and(i8x16.eq(v128.load(x), one), i8x16.eq(v128.load(y), other))
    const hitB = v128.and(i8x16.eq(v128.load(x, 16), one), i8x16.eq(v128.load(y, 16), other))
    const hitC = v128.and(i8x16.eq(v128.load(x, 32), one), i8x16.eq(v128.load(y, 32), other))
    const hitD = v128.and(i8x16.eq(v128.load(x, 48), one), i8x16.eq(v128.load(y, 48), other))
    if (v128.any_true(v128.or(v128.or(hitA, hitB), v128.or(hitC, hitD)))) {
      let hits = bits(hitA, hitB, hitC, hitD)
      if (over) hits &= ((<u64>1) << (<u64>stop)) - 1
      if (atStart) hits &= starts
      while (hits) {
        const bit = ctz<u64>(hits)
        hits &= hits - 1
        const q = p + <usize>bit
        if (!sameBytes(q, literal, size)) continue
        const before = ends & (((<u64>1) << bit) - 1)
        const record = passed + <i32>popcnt<u64>(before)
        if (record == lastRow) continue
        if (atEnd) {
          const end = q + size
          if ((quoted >> bit) & 1 ? load<u16>(end) != 0x0a22 : load<u8>(end) != 10) continue
        }
        lastRow = record
        store<i32>(out + (<usize>found << 2), row + record)
        if (at) {
          const begin = before ? p + 64 - <usize>clz<u64>(before) : next
          store<u32>(at + (<usize>found << 2), <u32>begin)
        }
        found++
      }
    }
    if (over) {
      passed = rows
      next = p + <usize>stop + 1
      break
    }
    passed += count
    if (ends) next = p + 64 - <usize>clz<u64>(ends)
  }
  // Of a record that is not whole nothing is known.
  if (lastRow >= passed) found--
  store<u32>(CURSOR, <u32>next)
  store<i32>(CURSOR, passed, 4)
  store<i32>(CURSOR, odd, 8)
  return found
}
