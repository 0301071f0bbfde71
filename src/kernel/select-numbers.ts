import type { KeySet } from '../arrow/key-set.ts'

/**
 * The numbers from `least` to `greatest`, both included, or with `flip` 1 all others. NaN is in no
 * range, hence in every flipped one.
 */
export interface NumberRange {
  readonly least: number
  readonly greatest: number
  readonly flip: number
  /** Of those in the range, only these; every one of them when it is missing. */
  readonly keys?: KeySet
}

/** Whether every number is in `range`. Nulls never are. */
export function takesAll({ least, greatest, flip }: NumberRange): boolean {
  return flip === 1 && least > greatest
}

/**
 * Writes the ascending rows whose value is in `range` to `out` and answers how many they are.
 *
 * @param rows The rows to look at, `rows[0 .. count)`; null looks at rows 0 to count - 1.
 * @param out At least `count` long; may be `rows`.
 */
export function selectNumbers(
  values: Int32Array | Float64Array,
  range: NumberRange,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  const found = selectWithin(values, range, rows, count, out)
  return range.keys === undefined ? found : keepKeys(values, range.keys, 0, out, found)
}

/**
 * Keeps of `rows[0 .. count)` those whose value is one of `keys`; answers how many. All values are
 * between the least and the greatest key.
 *
 * @param base The row that `values[0]` is of.
 */
export function keepKeys(
  values: Int32Array | Float64Array,
  { least, bits }: KeySet,
  base: number,
  rows: Uint32Array | Int32Array,
  count: number,
): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    const at = values[row - base]! - least
    rows[kept] = row
    kept += (bits[at >>> 5]! >>> (at & 31)) & 1
  }
  return kept
}

function selectWithin(
  values: Int32Array | Float64Array,
  range: NumberRange,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  if (values instanceof Int32Array) {
    // Bounds within int32 keep the comparison one of integers.
    const least = Math.max(range.least, -2147483648)
    const greatest = Math.min(range.greatest, 2147483647)
    const empty = least > greatest
    const from = empty ? 1 : Math.ceil(least) | 0
    const to = empty ? 0 : Math.floor(greatest) | 0
    if (rows === null) return selectInt32(values, from, to, range.flip, count, out)
    return refineInt32(values, from, to, range.flip, rows, count, out)
  }
  if (rows === null) return selectFloat64(values, range, count, out)
  return refineFloat64(values, range, rows, count, out)
}

function selectInt32(
  values: Int32Array,
  least: number,
  greatest: number,
  flip: number,
  count: number,
  out: Uint32Array,
): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    out[kept] = i
    kept = (kept + ((Number(value >= least) & Number(value <= greatest)) ^ flip)) | 0
  }
  return kept
}

function refineInt32(
  values: Int32Array,
  least: number,
  greatest: number,
  flip: number,
  rows: Uint32Array,
  count: number,
  out: Uint32Array,
): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    const value = values[row]!
    out[kept] = row
    kept = (kept + ((Number(value >= least) & Number(value <= greatest)) ^ flip)) | 0
  }
  return kept
}

function selectFloat64(
  values: Float64Array,
  { least, greatest, flip }: NumberRange,
  count: number,
  out: Uint32Array,
): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    out[kept] = i
    kept = (kept + ((Number(value >= least) & Number(value <= greatest)) ^ flip)) | 0
  }
  return kept
}

function refineFloat64(
  values: Float64Array,
  { least, greatest, flip }: NumberRange,
  rows: Uint32Array,
  count: number,
  out: Uint32Array,
): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    const value = values[row]!
    out[kept] = row
    kept = (kept + ((Number(value >= least) & Number(value <= greatest)) ^ flip)) | 0
  }
  return kept
}

/** The rows whose byte in `flags` is `wanted`, 0 or 1; parameters as in `selectNumbers`. */
export function selectFlags(
  flags: Uint8Array,
  wanted: number,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  const flip = wanted ^ 1
  let kept = 0
  if (rows === null) {
    for (let i = 0; i < count; i++) {
      out[kept] = i
      kept = (kept + (flags[i]! ^ flip)) | 0
    }
    return kept
  }
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    out[kept] = row
    kept = (kept + (flags[row]! ^ flip)) | 0
  }
  return kept
}

/** The rows whose value is in `members`; parameters as in `selectNumbers`. */
export function selectMembers(
  values: Int32Array | Float64Array,
  members: ReadonlySet<number>,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    if (members.has(values[row]!)) out[kept++] = row
  }
  return kept
}

/** All rows under consideration, copied to `out`. */
export function selectAll(rows: Uint32Array | null, count: number, out: Uint32Array): number {
  if (rows === null) for (let i = 0; i < count; i++) out[i] = i
  else if (rows !== out) out.set(rows.subarray(0, count))
  return count
}
