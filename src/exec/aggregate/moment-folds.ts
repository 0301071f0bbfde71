import type { Vector } from '../../arrow/vector.ts'
import { floatsOf } from './floats-of.ts'
import type { Fold } from './fold.ts'
import { unitOf } from './mean.ts'

/** The values of a column as floats, decimals with their point. */
export function plainFloats(vector: Vector): ArrayLike<number> {
  const unit = unitOf(vector.type)
  const values = floatsOf(vector)
  return unit === 1 ? values : Float64Array.from(values, (value) => value / unit)
}

const columns = (inputs: readonly Vector[]) => inputs.map(plainFloats)

/**
 * Count, mean, and the sums of the second to fourth powers of the distances to it. Source: P. Pébay,
 * "Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order
 * Statistical Moments", 2008.
 */
const moments: Omit<Fold, 'result'> = {
  width: 5,
  columns,
  enter(slots, at, x) {
    const before = slots[at]!
    const n = before + 1
    const distance = x - slots[at + 1]!
    const part = distance / n
    const part2 = part * part
    const term = distance * part * before
    const [second, third] = [slots[at + 2]!, slots[at + 3]!]
    slots[at] = n
    slots[at + 1]! += part
    slots[at + 2] = second + term
    slots[at + 3] = third + term * part * (n - 2) - 3 * part * second
    slots[at + 4]! += term * part2 * (n * n - 3 * n + 3) + 6 * part2 * second - 4 * part * third
  },
  join(slots, at, others, from) {
    const [a, b] = [slots[at]!, others[from]!]
    const n = a + b
    if (b === 0) return
    const d = (others[from + 1]! - slots[at + 1]!) / n
    const [a2, a3, a4] = [slots[at + 2]!, slots[at + 3]!, slots[at + 4]!]
    const [b2, b3, b4] = [others[from + 2]!, others[from + 3]!, others[from + 4]!]
    slots[at] = n
    slots[at + 1]! = a === 0 ? others[from + 1]! : slots[at + 1]! + d * b
    slots[at + 2] = a2 + b2 + d * d * a * b * n
    slots[at + 3] = a3 + b3 + d ** 3 * a * b * (a - b) * n + 3 * d * (a * b2 - b * a2)
    slots[at + 4] =
      a4 +
      b4 +
      d ** 4 * a * b * (a * a - a * b + b * b) * n +
      6 * d * d * (a * a * b2 + b * b * a2) +
      4 * d * (a * b3 - b * a3)
  },
}

/** Of the sample, without its bias; null under three values. */
export const skewness: Fold = {
  ...moments,
  result(slots, at) {
    const n = slots[at]!
    if (n < 3) return null
    const spread = slots[at + 2]! / n
    return (Math.sqrt(n * (n - 1)) / (n - 2)) * (slots[at + 3]! / n / spread ** 1.5)
  },
}

/** Above that of a normal distribution, of the sample, without its bias; null under four values. */
export const kurtosis: Fold = {
  ...moments,
  result(slots, at) {
    const n = slots[at]!
    if (n < 4) return null
    const ratio = (n * slots[at + 4]!) / slots[at + 2]! ** 2
    return ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * ratio - 3 * (n - 1))
  },
}

export const product: Fold = {
  width: 2,
  columns,
  enter(slots, at, x) {
    slots[at + 1] = slots[at] === 0 ? x : slots[at + 1]! * x
    slots[at]! += 1
  },
  join(slots, at, others, from) {
    if (others[from] === 0) return
    slots[at + 1] = slots[at] === 0 ? others[from + 1]! : slots[at + 1]! * others[from + 1]!
    slots[at]! += others[from]!
  },
  result: (slots, at) => (slots[at] === 0 ? null : slots[at + 1]!),
}
