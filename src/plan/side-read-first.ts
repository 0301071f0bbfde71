import { distinctOf, estimateRows, type KeyGuess, sharedKeys } from './estimate-rows.ts'
import type { Expr } from './expr.ts'
import { inputsOf, type Join, type JoinHow, type LogicalPlan } from './logical-plan.ts'
import { mayThrow } from './may-throw.ts'

/** The joins in which rows of a side count only where they have a match on the other. */
const NEEDS_MATCH: Record<JoinHow, { readonly left: boolean; readonly right: boolean }> = {
  inner: { left: true, right: true },
  semi: { left: true, right: true },
  anti: { left: false, right: true },
  left: { left: false, right: true },
  right: { left: true, right: false },
  full: { left: false, right: false },
  cross: { left: false, right: false },
}

/**
 * The side of a bound join that is better read first, so that its keys say what need not be read of
 * the other: the one that is likely to spare more rows. The left one only where it is likely to be
 * the smaller, as it is held meanwhile. Null where neither can spare any.
 */
export function sideReadFirst(plan: Join): 'left' | 'right' | null {
  const { how, left, right, leftKeys, rightKeys } = plan
  const sparesLeft = NEEDS_MATCH[how].left && canSpare(left, leftKeys)
  // A left key that may raise an error would do so although there is no right row.
  const told = rightKeys.filter((_, position) => !mayThrow(leftKeys[position]!))
  const sparesRight = NEEDS_MATCH[how].right && canSpare(right, told)
  if (!sparesRight) return sparesLeft ? 'right' : null
  const [leftRows, rightRows] = [estimateRows(left), estimateRows(right)]
  const keys = leftKeys.map((key, position): KeyGuess => {
    return [distinctOf(key, left), distinctOf(rightKeys[position]!, right)]
  })
  const leftSpared = sparesLeft ? leftRows * (1 - sharedKeys(keys)) : 0
  const rightSpared = rightRows * (1 - sharedKeys(keys.map(([a, b]) => [b, a])))
  if (leftRows <= rightRows && rightSpared > leftSpared) return 'left'
  return sparesLeft ? 'right' : null
}

/** Whether there is a scan in `side` that can be told which of its keys count. */
function canSpare(side: LogicalPlan, keys: readonly Expr[]): boolean {
  return keys.some((key) => !mayThrow(key)) && hasScan(side)
}

function hasScan(plan: LogicalPlan): boolean {
  return plan.kind === 'scan' ? plan.partitions !== null : inputsOf(plan).some(hasScan)
}
