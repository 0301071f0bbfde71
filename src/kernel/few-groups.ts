import { countLanes, LANE_GROUPS_MAX } from './wasm/sum-groups.ts'

/** With at most so many groups each is summed up in four lanes. */
const lanes = new Float64Array(LANE_GROUPS_MAX * 4)

/**
 * Adds each row's value to the sum of its group. Of few groups, neighbouring rows are often in the
 * same one, and then every addition would wait for the one before: so they are summed up in four
 * lanes. Exact for whole numbers whose sizes add up to less than 2^53 with what `sums` hold.
 *
 * @param values One whole number a row, none of them null.
 * @param groups The group of each row, below `groupCount`.
 * @param length Rows.
 * @param sums One float64 a group.
 */
export function addByGroup(
  values: Int32Array | Float64Array,
  groups: Int32Array,
  length: number,
  sums: Float64Array,
  groupCount: number,
): void {
  let row = 0
  if (groupCount <= LANE_GROUPS_MAX && length >= groupCount * 4) {
    lanes.fill(0, 0, groupCount * 4)
    for (; row + 3 < length; row += 4) {
      lanes[groups[row]! * 4]! += values[row]!
      lanes[groups[row + 1]! * 4 + 1]! += values[row + 1]!
      lanes[groups[row + 2]! * 4 + 2]! += values[row + 2]!
      lanes[groups[row + 3]! * 4 + 3]! += values[row + 3]!
    }
    takeLanes(lanes, sums, groupCount)
  }
  for (; row < length; row++) sums[groups[row]!]! += values[row]!
}

/** Adds to each group's count its rows, as `addByGroup` does. */
export function countByGroup(
  groups: Int32Array,
  length: number,
  counts: Float64Array,
  groupCount: number,
): void {
  const counted = countLanes(groups, length, groupCount)
  if (counted !== null) {
    takeLanes(counted, counts, groupCount)
    return
  }
  let row = 0
  if (groupCount <= LANE_GROUPS_MAX && length >= groupCount * 4) {
    lanes.fill(0, 0, groupCount * 4)
    for (; row + 3 < length; row += 4) {
      lanes[groups[row]! * 4]! += 1
      lanes[groups[row + 1]! * 4 + 1]! += 1
      lanes[groups[row + 2]! * 4 + 2]! += 1
      lanes[groups[row + 3]! * 4 + 3]! += 1
    }
    takeLanes(lanes, counts, groupCount)
  }
  for (; row < length; row++) counts[groups[row]!]! += 1
}

/** Adds the four lanes of each group to its sum. */
export function takeLanes(lanes: Float64Array, sums: Float64Array, groupCount: number): void {
  for (let group = 0; group < groupCount; group++) {
    const at = group * 4
    sums[group]! += lanes[at]! + lanes[at + 1]! + lanes[at + 2]! + lanes[at + 3]!
  }
}

/**
 * What the sizes of the first `length` values add up to, which no sum of some of them exceeds:
 * exact below 2^53, and at least 2^53 when it is more than that.
 */
export function sizeOf(values: Int32Array | Float64Array, length: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let row = 0
  for (; row + 3 < length; row += 4) {
    a += Math.abs(values[row]!)
    b += Math.abs(values[row + 1]!)
    c += Math.abs(values[row + 2]!)
    d += Math.abs(values[row + 3]!)
  }
  for (; row < length; row++) a += Math.abs(values[row]!)
  return a + b + (c + d)
}
