import { float64, int64, integerRange, isFloat, typeText } from '../../arrow/data-type.ts'
import { decimalText, partTextAt } from '../../arrow/scalar.ts'
import { bigAt, exactVector, isNull, SAFE, take, type Vector } from '../../arrow/vector.ts'
import { invalid } from '../../error.ts'
import type { WindowExpr } from '../../plan/expr.ts'
import { HALF } from '../aggregate/aggregates.ts'
import { listVector } from '../aggregate/collect-list.ts'
import { FOLDS, isFoldName } from '../aggregate/folds.ts'
import { unitOf } from '../aggregate/mean.ts'
import { isRoot, lessOf, type VarianceName } from '../aggregate/variance.ts'
import { WindowFloatSums } from './float-sums.ts'
import { folded } from './folded.ts'
import type { FrameBounds } from './frame-bounds.ts'
import { joinedTexts } from './joined-texts.ts'
import { modePlaces } from './mode-places.ts'
import { WindowMoments } from './moments.ts'
import { pickedValues } from './pick-functions.ts'
import { distinctCounts, extremumPlaces, medians, quantilePlaces, quantiles } from './sliding.ts'
import { overFrames } from './two-stacks.ts'

/**
 * An aggregate of what each place sees, by place. Whole numbers and decimals are exact, floats are
 * summed as the aggregate does. Throws INVALID for a sum beyond its type.
 *
 * @param vectors The inputs by place; none only for a count of rows.
 */
export function frameAggregate(
  output: WindowExpr,
  bounds: FrameBounds,
  vectors: readonly Vector[],
): Vector {
  const [vector, by] = vectors
  const at = output.options?.at ?? HALF
  if (vector === undefined) return rowCounts(bounds)
  if (isFoldName(output.function)) return folded(FOLDS[output.function], output, bounds, vectors)
  switch (output.function) {
    case 'count':
      return numbers(int64, countsOf(bounds, vector), null)
    case 'countDistinct':
    case 'approxCountDistinct':
      return distinctCounts(bounds, vector)
    case 'sum':
      return sums(output, bounds, vector)
    case 'mean':
      return means(bounds, vector)
    case 'min':
    case 'boolAnd':
      return take(vector, extremumPlaces(bounds, vector, 'min'), vector.length)
    case 'max':
    case 'boolOr':
      return take(vector, extremumPlaces(bounds, vector, 'max'), vector.length)
    case 'minBy':
      return take(vector, extremumPlaces(bounds, by!, 'min'), vector.length)
    case 'maxBy':
      return take(vector, extremumPlaces(bounds, by!, 'max'), vector.length)
    case 'stddev':
    case 'variance':
    case 'stddevPop':
    case 'variancePop':
      return variances(output.function, bounds, vector)
    case 'median':
      return medians(bounds, vector)
    case 'collectList':
      return lists(output, bounds, vector)
    case 'quantile':
    case 'approxQuantile':
      return quantiles(bounds, vector, at)
    case 'quantileDisc':
      return take(vector, quantilePlaces(bounds, vector, at), vector.length)
    case 'mode':
      return take(vector, modePlaces(bounds, vector), vector.length)
    case 'listAgg':
      return joinedTexts(bounds, vectors, output.options ?? {})
    case 'first':
    case 'last':
    case 'any':
    case 'nth':
      return pickedValues(output, bounds, vector)
    default:
      throw new Error(`${output.function} has no frame`)
  }
}

const numbers = (
  type: Vector['type'],
  values: Float64Array,
  validity: Uint8Array | null,
): Vector => ({
  type,
  layout: 'f64',
  length: values.length,
  validity,
  values,
})

function rowCounts({ from, to }: FrameBounds): Vector {
  const values = new Float64Array(from.length)
  for (let i = 0; i < values.length; i++) values[i] = to[i]! - from[i]!
  return numbers(int64, values, null)
}

/** The values that are not null of what each place sees, in order. */
function lists({ type }: WindowExpr, { from, to }: FrameBounds, vector: Vector): Vector {
  const texts = Array.from(from, (start, place) => {
    const seen: string[] = []
    for (let at = start; at < to[place]!; at++) {
      if (!isNull(vector, at)) seen.push(partTextAt(vector, at))
    }
    return seen.join(',')
  })
  return listVector(type, texts)
}

/** How many values that are not null each place sees. */
function countsOf({ from, to }: FrameBounds, { validity, length }: Vector): Float64Array {
  const counts = new Float64Array(length)
  const before = new Int32Array(length + 1)
  for (let i = 0; i < length; i++)
    before[i + 1] = before[i]! + (validity === null ? 1 : validity[i]!)
  for (let i = 0; i < length; i++) counts[i] = before[to[i]!]! - before[from[i]!]!
  return counts
}

function floatTotals(bounds: FrameBounds, vector: Vector): Float64Array {
  if (vector.layout !== 'f64') throw new Error(`no float sum of a ${vector.layout} vector`)
  const state = new WindowFloatSums(vector)
  overFrames(bounds, state)
  return state.totals
}

/** Exact totals: differences of running ones, as floats while none of those passes 2^53. */
function exactTotals({ from, to }: FrameBounds, vector: Vector): Float64Array | bigint[] {
  const { length, validity } = vector
  if (vector.layout === 'bool' || vector.layout === 'utf8') throw new Error('no sum')
  if (vector.layout !== 'big') {
    const running = new Float64Array(length + 1)
    let size = 0
    for (let i = 0; i < length; i++) {
      const value = validity === null || validity[i] === 1 ? vector.values[i]! : 0
      size += Math.abs(value)
      running[i + 1] = running[i]! + value
    }
    if (size <= SAFE) {
      const totals = new Float64Array(length)
      for (let i = 0; i < length; i++) totals[i] = running[to[i]!]! - running[from[i]!]!
      return totals
    }
  }
  const running = [0n]
  for (let i = 0; i < length; i++) {
    running.push(running[i]! + (validity === null || validity[i] === 1 ? bigAt(vector, i) : 0n))
  }
  return Array.from({ length }, (_, i) => running[to[i]!]! - running[from[i]!]!)
}

function sums({ type }: WindowExpr, bounds: FrameBounds, vector: Vector): Vector {
  const counts = countsOf(bounds, vector)
  const validity = moreThan(0, counts)
  if (isFloat(vector.type)) return numbers(type, floatTotals(bounds, vector), validity)
  const totals = exactTotals(bounds, vector)
  if (totals instanceof Float64Array) return numbers(type, totals, validity)
  const [least, greatest] = integerRange(type)
  for (const total of totals) {
    if (total >= least && total <= greatest) continue
    const text = decimalText(total, type.name === 'decimal' ? type.scale : 0)
    throw invalid(`the sum over a window is ${text}, which is beyond ${typeText(type)}`, {
      value: text,
      type: typeText(type),
    })
  }
  return exactVector(type, totals, validity)
}

function means(bounds: FrameBounds, vector: Vector): Vector {
  const counts = countsOf(bounds, vector)
  const totals = isFloat(vector.type) ? floatTotals(bounds, vector) : exactTotals(bounds, vector)
  const unit = unitOf(vector.type)
  const values = new Float64Array(counts.length)
  const validity = new Uint8Array(counts.length)
  for (let i = 0; i < values.length; i++) {
    if (counts[i] === 0) continue
    values[i] = Number(totals[i]) / (counts[i]! * unit)
    validity[i] = 1
  }
  return numbers(float64, values, validity)
}

function variances(name: VarianceName, bounds: FrameBounds, vector: Vector): Vector {
  const less = lessOf(name)
  const state = new WindowMoments(vector, less)
  overFrames(bounds, state)
  const unit = unitOf(vector.type)
  const values = state.variances
  for (let i = 0; i < values.length; i++) {
    values[i] = isRoot(name) ? Math.sqrt(values[i]!) / unit : values[i]! / unit / unit
  }
  return numbers(float64, values, moreThan(less, countsOf(bounds, vector)))
}

/** Valid where a count is more than `least`; null when each is. */
function moreThan(least: number, counts: Float64Array): Uint8Array | null {
  const validity = new Uint8Array(counts.length)
  let valid = 0
  for (let i = 0; i < counts.length; i++) {
    validity[i] = counts[i]! > least ? 1 : 0
    valid += validity[i]!
  }
  return valid === counts.length ? null : validity
}
