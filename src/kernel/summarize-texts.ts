/** Order of two byte ranges: negative, 0 or positive. */
function compareRanges(
  bytes: Uint8Array,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
): number {
  const aSize = aEnd - aStart
  const bSize = bEnd - bStart
  const size = Math.min(aSize, bSize)
  for (let i = 0; i < size; i++) {
    const difference = bytes[aStart + i]! - bytes[bStart + i]!
    if (difference !== 0) return difference
  }
  return aSize - bSize
}

/**
 * Finds the least and the greatest text by bytes, and whether the texts are in order.
 *
 * @param bytes Row i is `bytes[starts[i] .. ends[i])`.
 * @param validity One byte a row, 0 for null (left out); empty when there is no null.
 * @param found Receives the rows of the least and the greatest text; at least one row is valid.
 * @returns 1 when every text is at least the one before, plus 2 when it is at most that.
 *
 * Pure but for `found`; does not throw.
 */
export function summarizeTexts(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  validity: Uint8Array,
  rows: number,
  found: Int32Array,
): number {
  const hasNulls = validity.length > 0
  let least = -1
  let greatest = -1
  let previous = -1
  let leastHead = -1
  let greatestHead = -1
  let flags = 3
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    const start = starts[row]!
    const end = ends[row]!
    const head = end > start ? bytes[start]! : -1
    // Once the texts are in no order most lie between the others by their first byte.
    if (flags === 0 && head > leastHead && head < greatestHead) continue
    if (previous < 0) {
      least = row
      greatest = row
    } else {
      if (compareRanges(bytes, start, end, starts[least]!, ends[least]!) < 0) least = row
      else if (compareRanges(bytes, start, end, starts[greatest]!, ends[greatest]!) > 0) {
        greatest = row
      }
      if (flags !== 0) {
        const order = compareRanges(bytes, start, end, starts[previous]!, ends[previous]!)
        if (order !== 0) flags &= order > 0 ? 1 : 2
      }
    }
    previous = row
    if (least === row) leastHead = head
    if (greatest === row) greatestHead = head
  }
  found[0] = least
  found[1] = greatest
  return flags
}
