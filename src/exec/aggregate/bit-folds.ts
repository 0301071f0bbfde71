import type { Vector } from '../../arrow/vector.ts'
import { floatsOf } from './floats-of.ts'
import type { Fold } from './fold.ts'

/** The upper and the lower 32 bits of whole numbers, in two's complement. */
export function wordsOf(
  vector: Vector,
): readonly [high: ArrayLike<number>, low: ArrayLike<number>] {
  if (vector.layout === 'big') {
    const { values } = vector
    return [
      Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value >> 32n))),
      Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value))),
    ]
  }
  const values = floatsOf(vector)
  return [
    Int32Array.from(values, (value) => Math.floor(value / 2 ** 32)),
    Int32Array.from(values, (value) => value | 0),
  ]
}

function bits(of: (left: number, right: number) => number): Fold {
  const take = (slots: Float64Array, at: number, high: number, low: number): void => {
    slots[at + 1] = slots[at] === 0 ? high : of(slots[at + 1]!, high)
    slots[at + 2] = slots[at] === 0 ? low : of(slots[at + 2]!, low)
    slots[at] = 1
  }
  return {
    width: 3,
    columns: ([input]) => wordsOf(input!),
    enter: take,
    join(slots, at, others, from) {
      if (others[from] !== 0) take(slots, at, others[from + 1]!, others[from + 2]!)
    },
    result(slots, at) {
      if (slots[at] === 0) return null
      return (BigInt(slots[at + 1]!) << 32n) | BigInt.asUintN(32, BigInt(slots[at + 2]!))
    },
  }
}

export const bitwiseAnd = bits((left, right) => left & right)
export const bitwiseOr = bits((left, right) => left | right)
export const bitwiseXor = bits((left, right) => left ^ right)
