/**
 * Finds least, greatest and NaN count of numbers, and whether they are in order.
 *
 * @param values One a row.
 * @param validity One byte a row, 0 for null (left out); empty when there is no null.
 * @param figures Receives least and greatest of the values that are no NaN (Infinity and -Infinity
 *   when there is none; -0 as 0), and the number of NaNs.
 * @returns 1 when every value is at least the one before, plus 2 when it is at most that.
 *
 * Pure but for `figures`; does not throw.
 */
export function summarizeNumbers(
  values: Int32Array | Float64Array,
  validity: Uint8Array,
  rows: number,
  figures: Float64Array,
): number {
  return values instanceof Int32Array
    ? summarizeInt32(values, validity, rows, figures)
    : summarizeFloat64(values, validity, rows, figures)
}

function summarizeInt32(
  values: Int32Array,
  validity: Uint8Array,
  rows: number,
  figures: Float64Array,
): number {
  const hasNulls = validity.length > 0
  let least = 2147483647
  let greatest = -2147483648
  let flags = 3
  let first = true
  let previous = 0
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    const value = values[row]!
    if (value < least) least = value
    if (value > greatest) greatest = value
    if (flags === 0) continue
    if (first) first = false
    else if (value < previous) flags &= 2
    else if (value > previous) flags &= 1
    previous = value
  }
  figures[0] = first ? Number.POSITIVE_INFINITY : least
  figures[1] = first ? Number.NEGATIVE_INFINITY : greatest
  figures[2] = 0
  return flags
}

function summarizeFloat64(
  values: Float64Array,
  validity: Uint8Array,
  rows: number,
  figures: Float64Array,
): number {
  const hasNulls = validity.length > 0
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  let nans = 0
  let flags = 3
  let first = true
  let previous = 0
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    const value = values[row]!
    if (value < least) least = value
    if (value > greatest) greatest = value
    if (Number.isNaN(value)) nans++
    if (flags === 0 || Number.isNaN(value)) continue
    if (first) first = false
    else if (value < previous) flags &= 2
    else if (value > previous) flags &= 1
    previous = value
  }
  figures[0] = least + 0
  figures[1] = greatest + 0
  figures[2] = nans
  return flags
}

/**
 * The exact sum of whole numbers.
 *
 * @param least Lower bound of the values, `greatest` upper bound; both at most 2^53 in size.
 *
 * Pure; does not throw.
 */
export function sumNumbers(
  values: Int32Array | Float64Array,
  validity: Uint8Array,
  rows: number,
  least: number,
  greatest: number,
): bigint {
  const hasNulls = validity.length > 0
  const largest = Math.max(Math.abs(least), Math.abs(greatest), 1)
  if (largest * rows <= Number.MAX_SAFE_INTEGER) {
    let sum = 0
    for (let row = 0; row < rows; row++) if (!hasNulls || validity[row] !== 0) sum += values[row]!
    return BigInt(sum)
  }
  // Two halves of 27 bits: each half's sum is exact for 2^26 rows.
  let highs = 0
  let lows = 0
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    const value = values[row]!
    const high = Math.floor(value / 134_217_728)
    highs += high
    lows += value - high * 134_217_728
  }
  return BigInt(highs) * 134_217_728n + BigInt(lows)
}
