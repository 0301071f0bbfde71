import { type DataType, isFloat, isNumeric } from '../../arrow/data-type.ts'
import { compareScalars, type Scalar, scalarAt } from '../../arrow/scalar.ts'
import type { DecodeHints } from '../../arrow/statistics.ts'
import type { BigVector, BoolVector, NumberVector, Utf8Vector, Vector } from '../../arrow/vector.ts'
import {
  countDistinctInRange,
  countDistinctNumbers,
  countDistinctTexts,
  type DistinctCount,
  EXACT_DISTINCT,
} from '../../kernel/count-distinct.ts'
import { summarizeNumbers, sumNumbers } from '../../kernel/summarize-numbers.ts'
import { summarizeTexts } from '../../kernel/summarize-texts.ts'
import { lowerBound, upperBound } from './text-bound.ts'

/** What the statistics say of a column's values, apart from their text. */
export interface ColumnSummary {
  readonly nans: number
  readonly min: Scalar
  readonly max: Scalar
  readonly minExact: boolean
  readonly maxExact: boolean
  readonly sum: bigint | null
  readonly distinct: DistinctCount
  readonly order: DecodeHints['order']
}

const NO_NULLS = new Uint8Array(0)
const NONE: DistinctCount = { count: 0, exact: true }
const BITMAP_RANGE = 1 << 22

/** Summarises all rows of `vector`; see `ColumnStatistics`. `nulls` is its null count. */
export function summarize(vector: Vector, nulls: number): ColumnSummary {
  const sum = hasSum(vector.type) ? 0n : null
  if (nulls === vector.length) {
    return {
      nans: 0,
      min: null,
      max: null,
      minExact: true,
      maxExact: true,
      sum,
      distinct: NONE,
      order: null,
    }
  }
  const found = summarizeValid(vector)
  return nulls === 0 && found.nans === 0 ? found : { ...found, order: null }
}

/** Whether the statistics of `type` carry a sum. */
function hasSum(type: DataType): boolean {
  return isNumeric(type) && !isFloat(type)
}

function summarizeValid(vector: Vector): ColumnSummary {
  switch (vector.layout) {
    case 'utf8':
      return textSummary(vector)
    case 'i32':
    case 'f64':
      return numberSummary(vector)
    case 'bool':
    case 'big':
      return smallSummary(vector)
  }
}

function numberSummary(vector: NumberVector): ColumnSummary {
  const { type, values, length } = vector
  const validity = vector.validity ?? NO_NULLS
  const figures = new Float64Array(4)
  const order = summarizeNumbers(values, validity, length, figures)
  const [least = 0, greatest = 0, nans = 0] = figures
  const scalar = (value: number): Scalar =>
    vector.layout === 'f64' && !isFloat(type) ? BigInt(value) : value
  const none = nans > 0 && least > greatest
  return {
    nans,
    min: none ? null : scalar(least),
    max: none ? null : scalar(greatest),
    minExact: true,
    maxExact: true,
    sum: hasSum(type) ? sumNumbers(values, validity, length, least, greatest) : null,
    distinct: numberDistinct(vector, validity, least, greatest),
    order: orderOf(order),
  }
}

function numberDistinct(
  vector: NumberVector,
  validity: Uint8Array,
  least: number,
  greatest: number,
): DistinctCount {
  const { values, length } = vector
  if (!isFloat(vector.type) && greatest - least < BITMAP_RANGE) {
    const count = countDistinctInRange(values, validity, length, least, greatest - least)
    return { count, exact: true }
  }
  const floats = values instanceof Float64Array ? values : Float64Array.from(values)
  return countDistinctNumbers(floats, validity, length)
}

function orderOf(flags: number): DecodeHints['order'] {
  return (flags & 1) !== 0 ? 'ascending' : (flags & 2) !== 0 ? 'descending' : null
}

function textSummary(vector: Utf8Vector): ColumnSummary {
  const { bytes, starts, ends, length } = vector
  const validity = vector.validity ?? NO_NULLS
  const found = new Int32Array(2)
  const order = summarizeTexts(bytes, starts, ends, validity, length, found)
  const least = bytes.subarray(starts[found[0]!]!, ends[found[0]!]!)
  const greatest = bytes.subarray(starts[found[1]!]!, ends[found[1]!]!)
  const min = lowerBound(least, vector.type)
  const max = upperBound(greatest, vector.type)
  return {
    nans: 0,
    min: min.value,
    max: max.value,
    minExact: min.exact,
    maxExact: max.exact,
    sum: null,
    distinct: countDistinctTexts(bytes, starts, ends, validity, length),
    order: orderOf(order),
  }
}

/** Row by row over scalars: bools, and whole numbers beyond 2^53. */
function smallSummary(vector: BoolVector | BigVector): ColumnSummary {
  let min: Scalar = null
  let max: Scalar = null
  let sum = 0n
  let previous: Scalar = null
  let flags = 3
  const seen = new Set<Scalar>()
  for (let row = 0; row < vector.length; row++) {
    const value = scalarAt(vector, row)
    if (value === null) continue
    if (min === null || compareScalars(value, min) < 0) min = value
    if (max === null || compareScalars(value, max) > 0) max = value
    if (previous !== null && value !== previous) {
      flags &= compareScalars(value, previous) > 0 ? 1 : 2
    }
    previous = value
    if (typeof value === 'bigint') sum += value
    if (seen.size <= EXACT_DISTINCT) seen.add(value)
  }
  const distinct = seen.size <= EXACT_DISTINCT
  return {
    nans: 0,
    min,
    max,
    minExact: true,
    maxExact: true,
    sum: hasSum(vector.type) ? sum : null,
    distinct: distinct ? { count: seen.size, exact: true } : wideDistinct(vector as BigVector),
    order: orderOf(flags),
  }
}

/** Counts by 64 bits of each number folded into a float's; an estimate anyway. */
function wideDistinct(vector: BigVector): DistinctCount {
  const words = new BigUint64Array(vector.length)
  for (let row = 0; row < vector.length; row++) {
    const value = vector.values[row]!
    words[row] = BigInt.asUintN(64, (value ^ (value >> 61n)) * 0x9e3779b97f4a7c15n) >> 2n
  }
  const validity = vector.validity ?? NO_NULLS
  const floats = new Float64Array(words.buffer)
  return { count: countDistinctNumbers(floats, validity, vector.length).count, exact: false }
}
