import { inputsOf, type Join, type LogicalPlan } from '../plan/logical-plan.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import { Spread } from './spread.ts'

/**
 * The joins of `plan` whose sides are written into buckets, those below a join before it: by keys, and with
 * `fromBytes` in the side that each fragment would read else, or in the one that a single server would.
 */
export function shuffledJoins(plan: LogicalPlan, fromBytes: number): ReadonlySet<Join> {
  const found = new Set<Join>()
  const spread = new Spread(found)
  const visit = (of: LogicalPlan): void => {
    for (const input of inputsOf(of)) visit(input)
    if (of.kind === 'join' && isShuffled(of, spread, fromBytes)) found.add(of)
  }
  visit(plan)
  return found
}

function isShuffled(join: Join, spread: Spread, fromBytes: number): boolean {
  const { left, right, leftKeys } = join
  // What is gathered in one server on both sides is joined there.
  if (leftKeys.length === 0) return false
  if (spread.sources(left) === null && spread.sources(right) === null) return false
  const sizes = [scanTotals(left).totalBytes, scanTotals(right).totalBytes]
  const met = spread.dealtSide(join) === null ? Math.max(...sizes) : Math.min(...sizes)
  return met >= fromBytes
}
