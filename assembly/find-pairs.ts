/**
 * Writes the id of each pair of ids, rows `row` to `count` - 1, to `out`, which may be `left`: one
 * less than what stands at `left << width | right` of `cells`. Answers the first row whose pair is
 * beyond the `size` cells or has no id (0) there. See src/kernel/group-pair.ts.
 */
export function findPairs(
  left: usize, right: usize, row: i32, count: i32, cells: usize, width: u32, size: u32, out: usize,
): i32 {
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
