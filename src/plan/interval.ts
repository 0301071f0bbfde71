import { compareScalars, type Scalar } from '../arrow/scalar.ts'

/**
 * What the values of an expression can be over the rows of a partition: never fewer than they
 * are. `least` and `greatest` bound the ordinary values, those that are neither null nor NaN;
 * null there means that the bound is not known.
 */
export interface Interval {
  /** Whether there may be ordinary values. */
  readonly some: boolean
  readonly least: Scalar
  readonly greatest: Scalar
  readonly canBeNan: boolean
  readonly canBeNull: boolean
}

/** The interval of rows that are all null. */
export const ONLY_NULL: Interval = Object.freeze({
  some: false,
  least: null,
  greatest: null,
  canBeNan: false,
  canBeNull: true,
})

/** The interval of one value that is not null. */
export function singleton(value: Exclude<Scalar, null>): Interval {
  if (typeof value === 'number' && Number.isNaN(value)) {
    return { ...ONLY_NULL, canBeNan: true, canBeNull: false }
  }
  return { some: true, least: value, greatest: value, canBeNan: false, canBeNull: false }
}

/** Whether some value may be there that is not null. */
export function hasValue(of: Interval): boolean {
  return of.some || of.canBeNan
}

/** The values of `a` and of `b` together. */
export function hull(a: Interval, b: Interval): Interval {
  const canBeNan = a.canBeNan || b.canBeNan
  const canBeNull = a.canBeNull || b.canBeNull
  if (!a.some) return { ...b, canBeNan, canBeNull }
  if (!b.some) return { ...a, canBeNan, canBeNull }
  const least = a.least === null || b.least === null ? null : lesser(a.least, b.least)
  const greatest =
    a.greatest === null || b.greatest === null ? null : greater(a.greatest, b.greatest)
  return { some: true, least, greatest, canBeNan, canBeNull }
}

/** The one of `a` and `b` that comes first; neither is null. */
export function lesser<T extends Scalar>(a: T, b: T): T {
  return compareScalars(a, b) <= 0 ? a : b
}

/** The one of `a` and `b` that comes last; neither is null. */
export function greater<T extends Scalar>(a: T, b: T): T {
  return compareScalars(a, b) >= 0 ? a : b
}

/** Whether every value of `a` is proved to be less than every value of `b`; NaN is greatest. */
export function allLess(a: Interval, b: Interval): boolean {
  const order = orderOfEnds(a, b)
  return order !== undefined && order < 0
}

/** Whether every value of `a` is proved to be at most every value of `b`. */
export function allAtMost(a: Interval, b: Interval): boolean {
  const order = orderOfEnds(a, b)
  return order !== undefined && order <= 0
}

/** The greatest of `a` compared with the least of `b`; undefined when one of them is not known. */
function orderOfEnds(a: Interval, b: Interval): number | undefined {
  const greatest = a.canBeNan ? Number.NaN : a.greatest
  const least = b.some ? b.least : Number.NaN
  return greatest === null || least === null ? undefined : compareScalars(greatest, least)
}

/** Whether a value of `a` may equal one of `b`. */
export function mayOverlap(a: Interval, b: Interval): boolean {
  if (a.canBeNan && b.canBeNan) return true
  if (!a.some || !b.some) return false
  const ordinaryA = { ...a, canBeNan: false }
  const ordinaryB = { ...b, canBeNan: false }
  return !allLess(ordinaryA, ordinaryB) && !allLess(ordinaryB, ordinaryA)
}

/** Whether `a` and `b` are proved to hold one value only, the same in both, nulls left out. */
export function sameSingleton(a: Interval, b: Interval): boolean {
  if (!a.some && !b.some) return true
  if (a.canBeNan || b.canBeNan) return false
  return allAtMost(a, b) && allAtMost(b, a)
}
