import type { StatisticsOf } from './bounds.ts'
import type { Expr } from './expr.ts'
import { possibleOf } from './possible.ts'

export type { StatisticsOf } from './bounds.ts'

/**
 * Whether `predicate` may be true for some row of a partition. False only when that is proved;
 * any doubt answers true, so that pruning may only err towards reading more.
 *
 * @param statisticsOf What is known of each column in that partition.
 */
export function mightMatch(predicate: Expr, statisticsOf: StatisticsOf): boolean {
  return possibleOf(predicate, statisticsOf).canBeTrue
}

/**
 * Whether `predicate` is proved to be true for every row of a partition. Any doubt answers false.
 *
 * @param statisticsOf What is known of each column in that partition.
 */
export function alwaysMatches(predicate: Expr, statisticsOf: StatisticsOf): boolean {
  const { canBeFalse, canBeNull } = possibleOf(predicate, statisticsOf)
  return !canBeFalse && !canBeNull
}
