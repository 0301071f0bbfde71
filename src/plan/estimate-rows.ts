import { isInteger } from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'
import { unreachable } from '../error.ts'
import type { Expr } from './expr.ts'
import { conjuncts } from './expr-walk.ts'
import type { Join, LogicalPlan, Scan } from './logical-plan.ts'
import { keptPartitions, statisticsIn } from './scan-statistics.ts'

/** What is supposed of the values of a column. Nothing may rest on it but speed. */
interface ColumnGuess {
  readonly distinct: number
  /** Ends of numbers; null where there are none or they are not known. */
  readonly least: number | null
  readonly greatest: number | null
}

/** The share of rows for which a condition holds of which nothing is known. */
const SHARE = 1 / 3
const PATTERN_SHARE = 1 / 10
/** The share of rows without a partner is never supposed to be less. */
const ANTI_SHARE_MIN = 1 / 10

/** How many rows `plan` is likely to give, by the statistics of its bound scans: 1 and up. */
export function estimateRows(plan: LogicalPlan): number {
  const known = rowsKnown.get(plan)
  if (known !== undefined) return known
  const rows = Math.max(1, rowsOf(plan))
  rowsKnown.set(plan, rows)
  return rows
}

/** Nodes never change, so what was once guessed of one need not be again. */
const rowsKnown = new WeakMap<LogicalPlan, number>()
const guessesKnown = new WeakMap<Scan, Map<string, ColumnGuess | null>>()

function rowsOf(plan: LogicalPlan): number {
  switch (plan.kind) {
    case 'scan':
      return rowsOfScan(plan)
    case 'values':
      return plan.batches.reduce((sum, { length }) => sum + length, 0)
    case 'filter':
      return estimateRows(plan.input) * shareOf(plan.predicate, plan.input)
    case 'project':
    case 'sort':
    case 'window':
    case 'explode':
      return estimateRows(plan.input)
    case 'aggregate': {
      const rows = estimateRows(plan.input)
      const groups = plan.keys.map(({ expr }) => distinctOf(expr, plan.input) ?? Math.sqrt(rows))
      return Math.min(
        rows,
        groups.reduce((product, one) => product * one, 1),
      )
    }
    case 'join':
      return joinedRows(plan)
    case 'limit':
    case 'top-k':
      return Math.min(plan.count, estimateRows(plan.input))
    case 'sample': {
      const rows = estimateRows(plan.input)
      const { size } = plan
      return 'rows' in size ? Math.min(size.rows, rows) : rows * (size.to - size.from)
    }
    case 'union':
      return plan.inputs.reduce((sum, input) => sum + estimateRows(input), 0)
    default:
      return unreachable(plan)
  }
}

function rowsOfScan(scan: Scan): number {
  if (scan.partitions === null) return 1000
  const { all, kept } = scan.partitions
  const rows = keptPartitions(all, kept).reduce((sum, of) => sum + of.rows, 0)
  const passing = scan.predicate === null ? rows : rows * shareOf(scan.predicate, scan)
  return scan.limit === null ? passing : Math.min(scan.limit, passing)
}

function joinedRows({ how, left, right, leftKeys, rightKeys }: Join): number {
  const [leftRows, rightRows] = [estimateRows(left), estimateRows(right)]
  if (how === 'cross') return leftRows * rightRows
  const keys = leftKeys.map((key, position): KeyGuess => {
    return [distinctOf(key, left), distinctOf(rightKeys[position]!, right)]
  })
  const matched = matchedRows(leftRows, rightRows, keys)
  if (how === 'semi' || how === 'anti') {
    const share = keys.every((of) => of.includes(null)) ? 1 / 2 : sharedKeys(keys)
    return how === 'semi' ? leftRows * share : leftRows * Math.max(ANTI_SHARE_MIN, 1 - share)
  }
  if (how === 'left') return Math.max(leftRows, matched)
  if (how === 'right') return Math.max(rightRows, matched)
  return how === 'full' ? Math.max(leftRows, rightRows, matched) : matched
}

/** Distinct values of a key on the left and on the right; null where nothing is known. */
export type KeyGuess = readonly [left: number | null, right: number | null]

/**
 * How many pairs so many rows are likely to make where all keys are equal: each row meets those of
 * the other side that are not spread over more keys than it has.
 */
export function matchedRows(left: number, right: number, keys: readonly KeyGuess[]): number {
  let [leftKeys, rightKeys] = [1, 1]
  for (const [ofLeft, ofRight] of keys) {
    leftKeys *= Math.max(1, ofLeft ?? left)
    rightKeys *= Math.max(1, ofRight ?? right)
  }
  const spread = [Math.min(leftKeys, left), Math.min(rightKeys, right)] as const
  return (left * right) / (keys.length === 1 ? Math.max(...spread) : Math.min(...spread))
}

/** The share of the left keys that are likely to be among the right ones; 1 when nothing is known. */
export function sharedKeys(keys: readonly KeyGuess[]): number {
  const shares = keys.map(([ofLeft, ofRight]) => {
    return ofLeft === null || ofRight === null ? 1 : ofRight / Math.max(1, ofLeft)
  })
  return Math.min(1, ...shares)
}

/** How many values `key` is likely to have in the rows of `plan`; null when nothing is known. */
export function distinctOf(key: Expr, plan: LogicalPlan): number | null {
  if (key.kind === 'literal') return 1
  const guess = key.kind === 'column' ? guessOf(key.name, plan) : null
  return guess === null ? null : Math.min(guess.distinct, estimateRows(plan))
}

function guessOf(name: string, plan: LogicalPlan): ColumnGuess | null {
  switch (plan.kind) {
    case 'scan':
      return guessOfScan(name, plan)
    case 'filter':
    case 'sort':
    case 'limit':
    case 'top-k':
    case 'sample':
    case 'window':
    case 'explode':
      return guessOf(name, plan.input)
    case 'project':
    case 'aggregate': {
      const named = plan.kind === 'project' ? plan.columns : plan.keys
      const expr = named.find((of) => of.name === name)?.expr
      return expr?.kind === 'column' ? guessOf(expr.name, plan.input) : null
    }
    case 'join':
      return guessOfJoin(name, plan)
    case 'values':
    case 'union':
      return null
    default:
      return unreachable(plan)
  }
}

/** A key of an inner or semi join has no more values than either side has. */
function guessOfJoin(name: string, plan: Join): ColumnGuess | null {
  const { how, left, right, leftKeys, rightKeys, rightNames } = plan
  const position = how === 'semi' || how === 'anti' ? -1 : rightNames.indexOf(name)
  const [own, keys, side] =
    position < 0 ? [name, leftKeys, left] : [right.schema.fields[position]!.name, rightKeys, right]
  const guess = guessOf(own, side)
  if (guess === null || (how !== 'inner' && how !== 'semi')) return guess
  const key = keys.findIndex((of) => of.kind === 'column' && of.name === own)
  if (key < 0) return guess
  const other = position < 0 ? distinctOf(rightKeys[key]!, right) : distinctOf(leftKeys[key]!, left)
  return { ...guess, distinct: Math.min(guess.distinct, other ?? guess.distinct) }
}

function guessOfScan(name: string, scan: Scan): ColumnGuess | null {
  const known = guessesKnown.get(scan) ?? new Map<string, ColumnGuess | null>()
  guessesKnown.set(scan, known)
  const found = known.get(name)
  if (found !== undefined) return found
  const guess = guessOfPartitions(name, scan)
  known.set(name, guess)
  return guess
}

function guessOfPartitions(name: string, { table, columns, partitions }: Scan): ColumnGuess | null {
  if (partitions === null) return null
  const column =
    columns.find((of) => of.name === name) ?? table.columns.find((of) => of.name === name)
  const statisticsOf = statisticsIn(table, partitions.all)
  let [sum, most] = [0, 0]
  let least: number | null = Number.POSITIVE_INFINITY
  let greatest: number | null = Number.NEGATIVE_INFINITY
  for (const partition of keptPartitions(partitions.all, partitions.kept)) {
    const known = statisticsOf(partition)(name)
    if (known === undefined) return null
    if (known === 'all-null') continue
    const { distinct, min, max } = known.statistics
    sum += distinct
    most = Math.max(most, distinct)
    const [low, high] = [numberOf(min), numberOf(max)]
    least = low === null || least === null ? null : Math.min(least, low)
    greatest = high === null || greatest === null ? null : Math.max(greatest, high)
  }
  if (least === null || greatest === null || greatest < least) {
    return { distinct: most, least: null, greatest: null }
  }
  const isWhole = column !== undefined && (isInteger(column.type) || column.type.name === 'date')
  const range = isWhole ? greatest - least + 1 : Number.POSITIVE_INFINITY
  return { distinct: Math.min(sum, Math.max(most, range)), least, greatest }
}

function numberOf(value: Scalar): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null
}

/** The share of the rows of `input` for which `predicate` is likely to be true. */
function shareOf(predicate: Expr, input: LogicalPlan): number {
  return conjuncts(predicate).reduce((share, part) => share * shareOfOne(part, input), 1)
}

function shareOfOne(expr: Expr, input: LogicalPlan): number {
  if (expr.kind === 'in') {
    return Math.min(1, expr.values.length / (distinctIn(expr.input, input) ?? 10))
  }
  if (expr.kind !== 'call') return SHARE
  const { name, args } = expr
  switch (name) {
    case 'or':
      return Math.min(1, shareOf(args[0]!, input) + shareOf(args[1]!, input))
    case 'not':
      return 1 - shareOf(args[0]!, input)
    case 'eq':
      return 1 / Math.max(1, distinctIn(args[0]!, input) ?? distinctIn(args[1]!, input) ?? 10)
    case 'ne':
      return 1 - 1 / Math.max(2, distinctIn(args[0]!, input) ?? 10)
    case 'lt':
    case 'lte':
      return shareBelow(args[0]!, args[1]!, input)
    case 'gt':
    case 'gte':
      return shareBelow(args[1]!, args[0]!, input)
    case 'like':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return PATTERN_SHARE
    default:
      return SHARE
  }
}

/** The share of rows in which `low` is below `high`, one of them being a constant. */
function shareBelow(low: Expr, high: Expr, input: LogicalPlan): number {
  const [column, literal] = low.kind === 'column' ? [low, high] : [high, low]
  if (column.kind !== 'column' || literal.kind !== 'literal') return SHARE
  const guess = guessOf(column.name, input)
  const bound = numberOf(literal.value)
  if (guess === null || bound === null || guess.least === null) return SHARE
  const width = guess.greatest! - guess.least
  if (width <= 0) return 1
  const below = Math.min(1, Math.max(0, (bound - guess.least) / width))
  return column === low ? below : 1 - below
}

function distinctIn(expr: Expr, input: LogicalPlan): number | null {
  return expr.kind === 'column' ? (guessOf(expr.name, input)?.distinct ?? null) : null
}
