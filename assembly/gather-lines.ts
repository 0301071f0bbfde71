import { newlines, newlinesTo } from './find-lines'
import { CURSOR } from './memory-map'

/**
 * Copies lines that are wanted, newlines included, one behind another, and counts the others.
 *
 * @param from Where line `row` begins; lines `row` to `rows - 1` are passed over.
 * @param wanted `count` ascending u32, at least `row` and less than `rows`.
 * @param target Receives the lines; stops before one that would not end before `targetEnd`. Up to
 *   15 bytes more are written.
 * @returns How many were copied. The cursor is: where it stopped, the number of the line there, the
 *   end of what was written to `target`, and 1 if it is full.
 */
export function gatherLines(
  from: usize, to: usize, row: i32, rows: i32,
  wanted: usize, count: i32, target: usize, targetEnd: usize,
): i32 {
  let at = target
  let copied = 0
  let next = count > 0 ? load<i32>(wanted) : rows
  // Where the last newline that has been passed stands, and how many lines end there or before.
  let last = from - 1
  let passed = row
  let p = from
  let full = 0
  let mask = p < to ? newlinesTo(p, to) : 0
  let ahead = <i32>popcnt<u64>(mask)
  while (true) {
    // Line `next` begins behind the newline that ends line `next - 1`.
    while (passed + ahead < next) {
      if (ahead > 0) last = p + 63 - <usize>clz<u64>(mask)
      passed += ahead
      p += 64
      if (p >= to) {
        store<u32>(CURSOR, <u32>(last + 1))
        store<i32>(CURSOR, passed, 4)
        store<u32>(CURSOR, <u32>at, 8)
        store<u32>(CURSOR, 0, 12)
        return copied
      }
      mask = newlinesTo(p, to)
      ahead = <i32>popcnt<u64>(mask)
    }
    while (passed < next) {
      if (passed == next - 1) last = p + <usize>ctz<u64>(mask)
      mask &= mask - 1
      passed++
      ahead--
    }
    if (copied == count) break
    const start = last + 1
    let end = start
    let found = newlines(end)
    while (found == 0 && end + 64 < to) {
      end += 64
      found = newlines(end)
    }
    end += found ? <usize>ctz<u64>(found) + 1 : 65
    if (end > to) break
    if (at + (end - start) > targetEnd) {
      full = 1
      break
    }
    for (let s = start, t = at; s < end; s += 16, t += 16) v128.store(t, v128.load(s))
    at += end - start
    copied++
    next = copied < count ? load<i32>(wanted + (<usize>copied << 2)) : rows
  }
  store<u32>(CURSOR, <u32>(last + 1))
  store<i32>(CURSOR, passed, 4)
  store<u32>(CURSOR, <u32>at, 8)
  store<i32>(CURSOR, full, 12)
  return copied
}

/**
 * The same for lines of `stride` bytes each, newline included, of which line `row` begins at `from`.
 */
export function gatherEven(
  from: usize, stride: usize, row: i32, wanted: usize, count: i32, target: usize,
): void {
  let at = target
  const base = from - <usize>row * stride
  if (stride <= 16) {
    for (let i = 0; i < count; i++) {
      v128.store(at, v128.load(base + <usize>load<u32>(wanted + (<usize>i << 2)) * stride))
      at += stride
    }
    return
  }
  for (let i = 0; i < count; i++) {
    const start = base + <usize>load<u32>(wanted + (<usize>i << 2)) * stride
    for (let k: usize = 0; k < stride; k += 16) v128.store(at + k, v128.load(start + k))
    at += stride
  }
}
