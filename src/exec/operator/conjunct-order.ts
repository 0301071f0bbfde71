import type { Scalar } from '../../arrow/scalar.ts'
import type { ColumnStatistics } from '../../arrow/statistics.ts'
import type { CallExpr, Expr, MemberExpr } from '../../plan/expr.ts'
import { childrenOf, columnsOf, conjoin } from '../../plan/expr-walk.ts'
import { mayThrow } from '../../plan/may-throw.ts'

/** Statistics of a column of the partition at hand, by name; undefined where there are none. */
export type StatisticsOf = (column: string) => ColumnStatistics | undefined

/**
 * `conjuncts` in the order in which a scan had best test them, those over the same columns in one
 * piece: those first that cost little for the rows they exclude. Those that can throw come last,
 * in their own order, so that rows which another conjunct excludes cannot make the query fail.
 */
export function orderConjuncts(conjuncts: readonly Expr[], statisticsOf: StatisticsOf): Expr[] {
  const ranked = byColumns(conjuncts.filter((expr) => !mayThrow(expr))).map((group) => {
    const excluded = 1 - jointSelectivity(group, statisticsOf)
    const expr = conjoin(group)
    return { expr, rank: cost(expr, statisticsOf) / Math.max(excluded, 0.001) }
  })
  ranked.sort((a, b) => a.rank - b.rank)
  return [...ranked.map(({ expr }) => expr), ...conjuncts.filter(mayThrow)]
}

function byColumns(conjuncts: readonly Expr[]): Expr[][] {
  const groups = new Map<string, Expr[]>()
  for (const expr of conjuncts) {
    const key = JSON.stringify([...columnsOf(expr)].sort())
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [expr])
    else group.push(expr)
  }
  return [...groups.values()]
}

/** Conjuncts over one column mostly bound it from both sides: what each excludes adds up. */
function jointSelectivity(group: readonly Expr[], statisticsOf: StatisticsOf): number {
  const excluded = group.reduce((sum, expr) => sum + 1 - selectivity(expr, statisticsOf), 0)
  return Math.max(0.001, 1 - excluded)
}

/** What it takes to make a text of a line and to look at it, beside its bytes. */
const TEXT_COST = 8

/** Bytes to decode for each row, half of them where values are equally wide, and steps of work. */
function cost(expr: Expr, statisticsOf: StatisticsOf): number {
  let bytes = 0
  for (const column of columnsOf(expr)) {
    const statistics = statisticsOf(column)
    if (statistics === undefined) continue
    const width = statistics.bytes / Math.max(1, statistics.rows)
    bytes += statistics.hints.width === null ? width : width / 2
    if (typeof statistics.min === 'string') bytes += TEXT_COST
  }
  return bytes + steps(expr)
}

function steps(expr: Expr): number {
  if (expr.kind === 'column' || expr.kind === 'literal') return 0
  return childrenOf(expr).reduce((sum, child) => sum + steps(child), 1)
}

/** A guess at the share of rows for which `expr` is true, 0 to 1. */
function selectivity(expr: Expr, statisticsOf: StatisticsOf): number {
  if (expr.kind === 'in') {
    const statistics = expr.input.kind === 'column' ? statisticsOf(expr.input.name) : undefined
    return Math.min(1, expr.values.length / (statistics?.distinct || 10))
  }
  if (expr.kind === 'member') return memberSelectivity(expr, statisticsOf)
  if (expr.kind !== 'call') return 0.5
  const [first, second] = expr.args
  switch (expr.name) {
    case 'eq':
    case 'ne': {
      const column = [first!, second!].find(({ kind }) => kind === 'column')
      const statistics = column?.kind === 'column' ? statisticsOf(column.name) : undefined
      const equal = 1 / (statistics?.distinct || 10)
      return expr.name === 'eq' ? equal : 1 - equal
    }
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return rangeSelectivity(expr, statisticsOf)
    case 'not':
      return 1 - selectivity(first!, statisticsOf)
    case 'or': {
      const shares = expr.args.map((arg) => selectivity(arg, statisticsOf))
      return Math.min(
        1,
        shares.reduce((sum, share) => sum + share, 0),
      )
    }
    case 'like':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return 0.1
    case 'isNull':
    case 'isNotNull': {
      const statistics = first?.kind === 'column' ? statisticsOf(first.name) : undefined
      const nulls = statistics === undefined ? 0.5 : statistics.nulls / Math.max(1, statistics.rows)
      return expr.name === 'isNull' ? nulls : 1 - nulls
    }
    default:
      return 0.5
  }
}

/** Taking each number between the ends to be as likely as another. */
function memberSelectivity({ input, keys }: MemberExpr, statisticsOf: StatisticsOf): number {
  const statistics = input.kind === 'column' ? statisticsOf(input.name) : undefined
  const least = Math.min(keys.least, numberOf(statistics?.min ?? null))
  const greatest = Math.max(keys.greatest, numberOf(statistics?.max ?? null))
  return greatest >= least ? keys.count / (greatest - least + 1) : 0.5
}

/** Taking the values to lie evenly between the least and the greatest. */
function rangeSelectivity({ name, args }: CallExpr, statisticsOf: StatisticsOf): number {
  const [first, second] = args
  const flipped = second!.kind === 'column'
  const column = flipped ? second : first
  const literal = flipped ? first : second
  if (column?.kind !== 'column' || literal?.kind !== 'literal') return 0.4
  const statistics = statisticsOf(column.name)
  const least = numberOf(statistics?.min ?? null)
  const greatest = numberOf(statistics?.max ?? null)
  const bound = numberOf(literal.value)
  if (!(greatest > least) || Number.isNaN(bound)) return 0.4
  const below = Math.min(1, Math.max(0, (bound - least) / (greatest - least)))
  return name.startsWith('lt') === !flipped ? below : 1 - below
}

function numberOf(value: Scalar): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN
}
