/** Whether bit `at` of `bits` is set: 1 or 0. */
// @ts-ignore: decorator
@inline
function bit(bits: usize, at: u32): usize {
  return <usize>((load<u32>(bits + ((at >> 5) << 2)) >> (at & 31)) & 1)
}

/**
 * Keeps of the `count` rows at `rows`, ascending, those whose value less `least` is the place of a
 * set bit in `bits`; answers how many. The value of row r stands at index r - `base`; all are
 * within the set's bounds. See src/kernel/select-numbers.ts.
 */
export function keepInt32(
  values: usize, base: i32, rows: usize, count: i32, least: f64, bits: usize,
): i32 {
  const from = values - (<usize>base << 2)
  const first = <i64>least
  const end = rows + (<usize>count << 2)
  let o = rows
  for (let p = rows; p < end; p += 4) {
    const row = load<u32>(p)
    const at = <u32>(<i64>load<i32>(from + (<usize>row << 2)) - first)
    store<u32>(o, row)
    o += bit(bits, at) << 2
  }
  return <i32>((o - rows) >> 2)
}

/** The same for float64. */
export function keepFloat64(
  values: usize, base: i32, rows: usize, count: i32, least: f64, bits: usize,
): i32 {
  const from = values - (<usize>base << 3)
  const end = rows + (<usize>count << 2)
  let o = rows
  for (let p = rows; p < end; p += 4) {
    const row = load<u32>(p)
    // What is added puts the whole number into the lowest bits.
    const at = <u32>reinterpret<u64>(load<f64>(from + (<usize>row << 3)) - least + 4503599627370496.0)
    store<u32>(o, row)
    o += bit(bits, at) << 2
  }
  return <i32>((o - rows) >> 2)
}
