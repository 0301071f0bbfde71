import type { AggregateName } from '../../plan/function.ts'
import { bitwiseAnd, bitwiseOr, bitwiseXor } from './bit-folds.ts'
import type { Fold } from './fold.ts'
import { kurtosis, product, skewness } from './moment-folds.ts'
import { PAIR_FOLDS } from './pair-folds.ts'

/** The aggregates that are folds. */
export const FOLDS = {
  skewness,
  kurtosis,
  product,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  ...PAIR_FOLDS,
} satisfies Partial<Record<AggregateName, Fold>>

export type FoldName = keyof typeof FOLDS

export const isFoldName = (name: string): name is FoldName => Object.hasOwn(FOLDS, name)
