/** Whether `[from, to)` is ASCII without control characters other than newlines. */
export function onlyPrintable(from: usize, to: usize): bool {
  const space = i8x16.splat(31)
  const newline = i8x16.splat(10)
  let wrong = 0
  let p = from
  for (; p + 16 <= to; p += 16) {
    const text = v128.load(p)
    const right = v128.or(i8x16.gt_s(text, space), i8x16.eq(text, newline))
    wrong |= i8x16.bitmask(right) ^ 0xffff
  }
  for (; p < to; p++) {
    const byte = <i32>load<i8>(p)
    if (byte != 10 && byte < 32) return false
  }
  return wrong == 0
}
