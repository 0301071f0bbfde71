/** 16 bytes 0xff, then 16 bytes 0: at FIRST + 16 - n begins a mask that keeps the first n of 16 bytes. */
const FIRST: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16)

/** Bytes of a slot: those of a text with zeros behind it, its length, its id + 1 (0: free). */
const SLOT: usize = 32

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
    if (load<u32>(at, 20) == 0) return at
    if (load<u32>(at, 16) == <u32>size && !v128.any_true(v128.xor(v128.load(at), key))) return at
    slot = (slot + 1) & (slots - 1)
  }
}

/** The same for a text of at most 8 bytes, by one word of it. */
// @ts-ignore: decorator
@inline
function shortSlotOf(key: v128, size: usize, table: usize, slots: u32): usize {
  const word = i64x2.extract_lane(key, 0)
  let slot = <u32>((word * 0x9e3779b97f4a7c15) >>> 40) & (slots - 1)
  while (true) {
    const at = table + <usize>slot * SLOT
    const mark = load<u32>(at, 20)
    if (mark == 0 || (load<i64>(at) == word && load<u32>(at, 16) == <u32>size)) return at
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
    const key = keyOf(bytes + <usize>start, size)
    const slot = size <= 8 ? shortSlotOf(key, size, table, slots) : slotOf(key, size, table, slots)
    const mark = load<i32>(slot, 20)
    if (mark == 0) break
    store<i32>(out + at, mark - 1)
  }
  return row
}

/** Enters the text of `size` bytes, at most 16, at `start` as `id`, unless it is there. */
export function enterText(start: usize, size: i32, id: i32, table: usize, slots: u32): void {
  if (size == 1) {
    store<i32>(singlesOf(table, slots) + (<usize>load<u8>(start) << 2), id + 1)
    return
  }
  const key = keyOf(start, <usize>size)
  const slot =
    size <= 8
      ? shortSlotOf(key, <usize>size, table, slots)
      : slotOf(key, <usize>size, table, slots)
  v128.store(slot, key)
  store<i32>(slot, size, 16)
  store<i32>(slot, id + 1, 20)
}
