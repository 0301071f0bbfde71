import { CURSOR, LANES } from './memory-map'

/** Empties the four lanes of each of `groups` groups. */
// @ts-ignore: decorator
@inline
function empty(groups: i32): void {
  memory.fill(LANES, 0, <usize>groups << 5)
}

// @ts-ignore: decorator
@inline
function add(group: usize, lane: usize, value: f64): void {
  const at = LANES + (group << 5) + (lane << 3)
  store<f64>(at, load<f64>(at) + value)
}

// @ts-ignore: decorator
@inline
function groupAt(groups: usize, row: usize): usize {
  return <usize>load<u32>(groups + (row << 2))
}

/** Adds the values of four rows, two each in `a` and `b`, to the lanes of their groups. */
// @ts-ignore: decorator
@inline
function addFour(groups: usize, row: usize, a: v128, b: v128): void {
  add(groupAt(groups, row), 0, f64x2.extract_lane(a, 0))
  add(groupAt(groups, row + 1), 1, f64x2.extract_lane(a, 1))
  add(groupAt(groups, row + 2), 2, f64x2.extract_lane(b, 0))
  add(groupAt(groups, row + 3), 3, f64x2.extract_lane(b, 1))
}

/**
 * Adds each of `count` float64 to one of the four lanes of its group, from 0 on; answers what their
 * sizes add up to. See src/kernel/few-groups.ts.
 */
export function sumFloat64ByGroup(values: usize, groups: usize, count: i32, groupCount: i32): f64 {
  empty(groupCount)
  let sizes = f64x2.splat(0)
  const rows = <usize>count
  let row: usize = 0
  for (; row + 4 <= rows; row += 4) {
    const a = v128.load(values + (row << 3))
    const b = v128.load(values + (row << 3), 16)
    sizes = f64x2.add(sizes, f64x2.add(f64x2.abs(a), f64x2.abs(b)))
    addFour(groups, row, a, b)
  }
  let size = f64x2.extract_lane(sizes, 0) + f64x2.extract_lane(sizes, 1)
  for (; row < rows; row++) {
    const value = load<f64>(values + (row << 3))
    size += abs(value)
    add(groupAt(groups, row), row & 3, value)
  }
  return size
}

/** The same for int32. */
export function sumInt32ByGroup(values: usize, groups: usize, count: i32, groupCount: i32): f64 {
  empty(groupCount)
  let sizes = f64x2.splat(0)
  const rows = <usize>count
  let row: usize = 0
  for (; row + 4 <= rows; row += 4) {
    const four = v128.load(values + (row << 2))
    const a = f64x2.convert_low_i32x4_s(four)
    const b = f64x2.convert_low_i32x4_s(v128.shuffle<i64>(four, four, 1, 1))
    sizes = f64x2.add(sizes, f64x2.add(f64x2.abs(a), f64x2.abs(b)))
    addFour(groups, row, a, b)
  }
  let size = f64x2.extract_lane(sizes, 0) + f64x2.extract_lane(sizes, 1)
  for (; row < rows; row++) {
    const value = <f64>load<i32>(values + (row << 2))
    size += abs(value)
    add(groupAt(groups, row), row & 3, value)
  }
  return size
}

/** Counts the rows of each group in its lanes. */
export function countByGroup(groups: usize, count: i32, groupCount: i32): void {
  empty(groupCount)
  const rows = <usize>count
  let row: usize = 0
  for (; row + 4 <= rows; row += 4) {
    addFour(groups, row, f64x2.splat(1), f64x2.splat(1))
  }
  for (; row < rows; row++) add(groupAt(groups, row), row & 3, 1)
}

/** The sum of `count` float64 into the first lane, and what their sizes add up to as the answer. */
export function sumFloat64(values: usize, count: i32): f64 {
  let sums = f64x2.splat(0)
  let sizes = f64x2.splat(0)
  const end = values + (<usize>count << 3)
  let at = values
  for (; at + 16 <= end; at += 16) {
    const value = v128.load(at)
    sums = f64x2.add(sums, value)
    sizes = f64x2.add(sizes, f64x2.abs(value))
  }
  const last = at < end ? load<f64>(at) : 0
  store<f64>(LANES, f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1) + last)
  return f64x2.extract_lane(sizes, 0) + f64x2.extract_lane(sizes, 1) + abs(last)
}

/** The same for int32. */
export function sumInt32(values: usize, count: i32): f64 {
  let sum: i64 = 0
  let size: i64 = 0
  const end = values + (<usize>count << 2)
  for (let at = values; at < end; at += 4) {
    const value = <i64>load<i32>(at)
    sum += value
    size += value < 0 ? -value : value
  }
  store<f64>(LANES, <f64>sum)
  return <f64>size
}

/** The least of `count` ids, and the greatest as the cursor. */
export function spanOf(ids: usize, count: i32): i32 {
  let least = i32x4.splat(i32.MAX_VALUE)
  let greatest = i32x4.splat(i32.MIN_VALUE)
  const rows = <usize>count
  let row: usize = 0
  for (; row + 4 <= rows; row += 4) {
    const four = v128.load(ids + (row << 2))
    least = i32x4.min_s(least, four)
    greatest = i32x4.max_s(greatest, four)
  }
  for (; row < rows; row++) {
    const one = v128.load32_splat(ids + (row << 2))
    least = i32x4.min_s(least, one)
    greatest = i32x4.max_s(greatest, one)
  }
  const most = max(
    max(i32x4.extract_lane(greatest, 0), i32x4.extract_lane(greatest, 1)),
    max(i32x4.extract_lane(greatest, 2), i32x4.extract_lane(greatest, 3)),
  )
  store<i32>(CURSOR, most)
  return min(
    min(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 1)),
    min(i32x4.extract_lane(least, 2), i32x4.extract_lane(least, 3)),
  )
}

/**
 * Adds each of `count` float64 to the sum of its group at `sums`, that of group `base` first;
 * answers what their sizes add up to.
 */
export function sumFloat64Near(values: usize, groups: usize, count: i32, base: i32, sums: usize): f64 {
  const first = sums - (<usize>base << 3)
  let size: f64 = 0
  const rows = <usize>count
  for (let row: usize = 0; row < rows; row++) {
    const value = load<f64>(values + (row << 3))
    size += abs(value)
    const at = first + (groupAt(groups, row) << 3)
    store<f64>(at, load<f64>(at) + value)
  }
  return size
}

/** The same for int32. */
export function sumInt32Near(values: usize, groups: usize, count: i32, base: i32, sums: usize): f64 {
  const first = sums - (<usize>base << 3)
  let size: f64 = 0
  const rows = <usize>count
  for (let row: usize = 0; row < rows; row++) {
    const value = <f64>load<i32>(values + (row << 2))
    size += abs(value)
    const at = first + (groupAt(groups, row) << 3)
    store<f64>(at, load<f64>(at) + value)
  }
  return size
}
