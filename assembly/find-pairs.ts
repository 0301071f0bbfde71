/**
 * Writes the id of each pair of ids, rows `row` to `count` - 1, to `out`, which may be `left`: one
 * less than what stands at `left << width | right` of `cells`. Answers the first row whose pair is
 * beyond the `size` cells or has no id (0) there. See src/kernel/group-pair.ts.
 */
export function findPairs(
  left: usize, right: usize, row: i32, count: i32, cells: usize, width: u32, size: u32, out: usize,
): i32 {
  const cellCount = i32x4.splat(<i32>size)
  for (; row + 4 <= count; row += 4) {
    const at = <usize>row << 2
    const second = v128.load(right + at)
    const four = v128.or(i32x4.shl(v128.load(left + at), <i32>width), second)
    const beyond = v128.or(i32x4.shr_u(second, <i32>width), i32x4.ge_u(four, cellCount))
    if (v128.any_true(beyond)) break
    let marks = v128.load32_zero(cells + (<usize>i32x4.extract_lane(four, 0) << 2))
    marks = v128.load_lane<i32>(cells + (<usize>i32x4.extract_lane(four, 1) << 2), marks, 1)
    marks = v128.load_lane<i32>(cells + (<usize>i32x4.extract_lane(four, 2) << 2), marks, 2)
    marks = v128.load_lane<i32>(cells + (<usize>i32x4.extract_lane(four, 3) << 2), marks, 3)
    if (!i32x4.all_true(marks)) break
    v128.store(out + at, i32x4.sub(marks, i32x4.splat(1)))
  }
  for (; row < count; row++) {
    const at = <usize>row << 2
    const second = load<u32>(right + at)
    const cell = (load<u32>(left + at) << width) | second
    if (second >> width != 0 || cell >= size) break
    const mark = load<i32>(cells + (<usize>cell << 2))
    if (mark == 0) break
    store<i32>(out + at, mark - 1)
  }
  return row
}
