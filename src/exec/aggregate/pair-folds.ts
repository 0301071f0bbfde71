import type { AggregateName } from '../../plan/function.ts'
import type { Fold } from './fold.ts'
import { plainFloats } from './moment-folds.ts'

const N = 0
const MEAN_Y = 1
const MEAN_X = 2
const SYY = 3
const SXX = 4
const SXY = 5

/**
 * Count, both means, and the sums of squared distances to them and of their products. Y is the
 * first column, as in SQL. Source: Chan, Golub, LeVeque, "Updating Formulae", 1979.
 */
const pair: Omit<Fold, 'result'> = {
  width: 6,
  columns: (inputs) => inputs.map(plainFloats),
  enter(slots, at, y, x) {
    const n = slots[at]! + 1
    const dy = y - slots[at + MEAN_Y]!
    const dx = x - slots[at + MEAN_X]!
    slots[at] = n
    slots[at + MEAN_Y]! += dy / n
    slots[at + MEAN_X]! += dx / n
    const after = x - slots[at + MEAN_X]!
    slots[at + SYY]! += dy * (y - slots[at + MEAN_Y]!)
    slots[at + SXX]! += dx * after
    slots[at + SXY]! += dy * after
  },
  join(slots, at, others, from) {
    const [a, b] = [slots[at]!, others[from]!]
    if (b === 0) return
    if (a === 0) {
      slots.set(others.subarray(from, from + 6), at)
      return
    }
    const n = a + b
    const dy = others[from + MEAN_Y]! - slots[at + MEAN_Y]!
    const dx = others[from + MEAN_X]! - slots[at + MEAN_X]!
    const weight = (a * b) / n
    slots[at] = n
    slots[at + MEAN_Y]! += (dy * b) / n
    slots[at + MEAN_X]! += (dx * b) / n
    slots[at + SYY]! += others[from + SYY]! + dy * dy * weight
    slots[at + SXX]! += others[from + SXX]! + dx * dx * weight
    slots[at + SXY]! += others[from + SXY]! + dy * dx * weight
  },
}

type Of = (at: (slot: number) => number) => number | null

/** What `of` makes of at least `least` pairs; null of fewer. */
function fold(least: number, of: Of): Fold {
  return {
    ...pair,
    result: (slots, at) => (slots[at]! < least ? null : of((slot) => slots[at + slot]!)),
  }
}

const slope: Of = (at) => (at(SXX) === 0 ? null : at(SXY) / at(SXX))

export const PAIR_FOLDS = {
  corr: fold(1, (at) => {
    const both = Math.sqrt(at(SXX)) * Math.sqrt(at(SYY))
    return both === 0 ? null : Math.max(-1, Math.min(1, at(SXY) / both))
  }),
  covarPop: fold(1, (at) => at(SXY) / at(N)),
  covarSamp: fold(2, (at) => at(SXY) / (at(N) - 1)),
  regrSlope: fold(1, slope),
  regrIntercept: fold(1, (at) => {
    const steep = slope(at)
    return steep === null ? null : at(MEAN_Y) - steep * at(MEAN_X)
  }),
  regrR2: fold(1, (at) => {
    if (at(SXX) === 0) return null
    return at(SYY) === 0 ? 1 : at(SXY) ** 2 / (at(SXX) * at(SYY))
  }),
  regrCount: fold(0, (at) => at(N)),
  regrAvgX: fold(1, (at) => at(MEAN_X)),
  regrAvgY: fold(1, (at) => at(MEAN_Y)),
  regrSxx: fold(1, (at) => at(SXX)),
  regrSyy: fold(1, (at) => at(SYY)),
  regrSxy: fold(1, (at) => at(SXY)),
} satisfies Partial<Record<AggregateName, Fold>>
