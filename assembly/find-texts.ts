/** 16 bytes 0xff, then 16 bytes 0: at FIRST + 16 - n begins a mask that keeps the first n of 16 bytes. */
const FIRST: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16)

/**
 * Bytes of a slot: at 0 those of a text of 8 to 16 bytes, with zeros behind them, at 24 the word of a
 * shorter one; at 16 the length, at 20 the id + 1 (0: free).
 */
const SLOT: usize = 32
const LENGTH: usize = 16
const MARK: usize = 20
const WORD: usize = 24

/** Where the slot is of a text, or where it would be: the first that is free. */
// @ts-ignore: decorator
@inline
function slotOf(key: v128, size: usize, table: usize, slots: u32): usize {
  const mixed =
    (i64x2.extract_lane(key, 0) ^ (<i64>size << 56)) * 0x9e3779b97f4a7c15 ^
    i64x2.extract_lane(key, 1) * 0x517cc1b727220a95
  let slot = <u32>(mixed >>> 40) & (slots - 1)
  while (true) {
    const at = table + <usize>slot * SLOT
    if (load<u32>(at, MARK) == 0) return at
    if (load<u32>(at, LENGTH) == <u32>size && !v128.any_true(v128.xor(v128.load(at), key))) return at
    slot = (slot + 1) & (slots - 1)
  }
}

/** A text of 2 to 7 bytes with its length behind it. */
// @ts-ignore: decorator
@inline
function wordOf(start: usize, size: usize): u64 {
  return (load<u64>(start) & (((<u64>1) << (<u64>size << 3)) - 1)) | (<u64>size << 56)
}

/** The slot that the word of a short text is looked for at first. */
// @ts-ignore: decorator
@inline
function firstSlotOf(word: u64, table: usize, slots: u32): usize {
  return table + <usize>(<u32>((word * 0x9e3779b97f4a7c15) >> 40) & (slots - 1)) * SLOT
}

/** Where the slot is of the word of a short text, or where it would be: the first that is free. */
// @ts-ignore: decorator
@inline
function shortSlotOf(word: u64, table: usize, slots: u32): usize {
  let slot = <u32>((word * 0x9e3779b97f4a7c15) >> 40) & (slots - 1)
  while (true) {
    const at = table + <usize>slot * SLOT
    if (load<u64>(at, WORD) == word || load<u32>(at, MARK) == 0) return at
    slot = (slot + 1) & (slots - 1)
  }
}

// @ts-ignore: decorator
@inline
function singlesOf(table: usize, slots: u32): usize {
  return table + <usize>slots * SLOT
}

// @ts-ignore: decorator
@inline
function keyOf(start: usize, size: usize): v128 {
  return v128.and(v128.load(start), v128.load(FIRST + 16 - size))
}

/** Whether the four rows at `at` have texts of `size` bytes. */
// @ts-ignore: decorator
@inline
function areFourOf(size: usize, starts: usize, ends: usize, at: usize): bool {
  const sizes = i32x4.sub(v128.load(ends + at), v128.load(starts + at))
  return i32x4.all_true(i32x4.eq(sizes, i32x4.splat(<i32>size)))
}

/** Ids of one-byte texts, four rows at once; answers the first of four that are not all known ones. */
function findSingles(
  bytes: usize, starts: usize, ends: usize, row: i32, count: i32, singles: usize, out: usize,
): i32 {
  for (; row + 4 <= count; row += 4) {
    const at = <usize>row << 2
    if (!areFourOf(1, starts, ends, at)) break
    const from = starts + at
    const a = <usize>load<u8>(bytes + <usize>load<u32>(from))
    const b = <usize>load<u8>(bytes + <usize>load<u32>(from, 4))
    const c = <usize>load<u8>(bytes + <usize>load<u32>(from, 8))
    const d = <usize>load<u8>(bytes + <usize>load<u32>(from, 12))
    let marks = v128.load32_zero(singles + (a << 2))
    marks = v128.load_lane<i32>(singles + (b << 2), marks, 1)
    marks = v128.load_lane<i32>(singles + (c << 2), marks, 2)
    marks = v128.load_lane<i32>(singles + (d << 2), marks, 3)
    if (!i32x4.all_true(marks)) break
    v128.store(out + at, i32x4.sub(marks, i32x4.splat(1)))
  }
  return row
}

/** The same for texts of `size` bytes, 2 to 7. */
function findWords(
  bytes: usize, starts: usize, ends: usize, row: i32, count: i32, size: usize, table: usize,
  slots: u32, out: usize,
): i32 {
  const mask = ((<u64>1) << (<u64>size << 3)) - 1
  const top = <u64>size << 56
  for (; row + 4 <= count; row += 4) {
    const at = <usize>row << 2
    if (!areFourOf(size, starts, ends, at)) break
    const from = starts + at
    const a = (load<u64>(bytes + <usize>load<u32>(from)) & mask) | top
    const b = (load<u64>(bytes + <usize>load<u32>(from, 4)) & mask) | top
    const c = (load<u64>(bytes + <usize>load<u32>(from, 8)) & mask) | top
    const d = (load<u64>(bytes + <usize>load<u32>(from, 12)) & mask) | top
    let p = firstSlotOf(a, table, slots)
    let q = firstSlotOf(b, table, slots)
    let r = firstSlotOf(c, table, slots)
    let s = firstSlotOf(d, table, slots)
    const others =
      (load<u64>(p, WORD) ^ a) | (load<u64>(q, WORD) ^ b) |
      (load<u64>(r, WORD) ^ c) | (load<u64>(s, WORD) ^ d)
    if (others != 0) {
      p = shortSlotOf(a, table, slots)
      q = shortSlotOf(b, table, slots)
      r = shortSlotOf(c, table, slots)
      s = shortSlotOf(d, table, slots)
      const known =
        <i32>(load<i32>(p, MARK) != 0) & <i32>(load<i32>(q, MARK) != 0) &
        <i32>(load<i32>(r, MARK) != 0) & <i32>(load<i32>(s, MARK) != 0)
      if (known == 0) break
    }
    const target = out + at
    store<i32>(target, load<i32>(p, MARK) - 1)
    store<i32>(target, load<i32>(q, MARK) - 1, 4)
    store<i32>(target, load<i32>(r, MARK) - 1, 8)
    store<i32>(target, load<i32>(s, MARK) - 1, 12)
  }
  return row
}

/** Ids of the rows `row` to `count` - 1, one by one; answers the first that is not known. */
function findEach(
  bytes: usize, starts: usize, ends: usize, row: i32, count: i32, table: usize, slots: u32,
  out: usize,
): i32 {
  const singles = singlesOf(table, slots)
  for (; row < count; row++) {
    const at = <usize>row << 2
    const start = load<u32>(starts + at)
    const size = <usize>(load<u32>(ends + at) - start)
    if (size > 16) break
    if (size == 1) {
      const mark = load<i32>(singles + (<usize>load<u8>(bytes + <usize>start) << 2))
      if (mark == 0) break
      store<i32>(out + at, mark - 1)
      continue
    }
    const text = bytes + <usize>start
    const slot =
      size - 2 <= 5
        ? shortSlotOf(wordOf(text, size), table, slots)
        : slotOf(keyOf(text, size), size, table, slots)
    const mark = load<i32>(slot, MARK)
    if (mark == 0) break
    store<i32>(out + at, mark - 1)
  }
  return row
}

/** Rows that are looked at one by one, at first, after four that were not of one size, or not known. */
const PAUSE: i32 = 8

/**
 * Writes the id of each text, rows `row` to `count` - 1 of the ranges at `starts` and `ends` in
 * `bytes`, to `out`. Answers the first row whose text has more than 16 bytes or is not in the table.
 *
 * @param table `slots` slots, a power of 2, at least one of them free; then 256 int32, the id + 1 of
 *   each text of one byte.
 */
export function findTexts(
  bytes: usize, starts: usize, ends: usize, row: i32, count: i32, table: usize, slots: u32,
  out: usize,
): i32 {
  for (let pause = PAUSE; row < count; ) {
    const first = row
    const at = <usize>row << 2
    const size = <usize>(load<u32>(ends + at) - load<u32>(starts + at))
    if (size == 1) {
      row = findSingles(bytes, starts, ends, row, count, singlesOf(table, slots), out)
    } else if (size - 2 <= 5) {
      row = findWords(bytes, starts, ends, row, count, size, table, slots, out)
    }
    pause = row - first > pause ? PAUSE : pause << 1
    const stop = min(count, row + pause)
    row = findEach(bytes, starts, ends, row, stop, table, slots, out)
    if (row < stop) break
  }
  return row
}

/** Enters the text of `size` bytes, at most 16, at `start` as `id`, unless it is there. */
export function enterText(start: usize, size: i32, id: i32, table: usize, slots: u32): void {
  if (size == 1) {
    store<i32>(singlesOf(table, slots) + (<usize>load<u8>(start) << 2), id + 1)
    return
  }
  if (size >= 2 && size <= 7) {
    const word = wordOf(start, <usize>size)
    const slot = shortSlotOf(word, table, slots)
    store<u64>(slot, word, WORD)
    store<i32>(slot, size, LENGTH)
    store<i32>(slot, id + 1, MARK)
    return
  }
  const key = keyOf(start, <usize>size)
  const slot = slotOf(key, <usize>size, table, slots)
  v128.store(slot, key)
  store<i32>(slot, size, LENGTH)
  store<i32>(slot, id + 1, MARK)
}
