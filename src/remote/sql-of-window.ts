import type { Frame, WindowExpr } from '../plan/expr.ts'
import { isAggregateName } from '../plan/window-expr.ts'
import type { ExprScope } from './expr-scope.ts'
import { refused } from './refused.ts'
import { sqlOfAggregate } from './sql-of-aggregate.ts'
import { sqlOfExpr } from './sql-of-expr.ts'

/** Over which rows a window's functions are, as clauses of SQL or ''. */
export interface WindowOver {
  readonly by: string
  readonly order: string
}

const ALL = 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'
const UP_TO_PEERS = 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'

/**
 * An output of a window in exactly ClickHouse's type for it. Throws INVALID for what is otherwise
 * there, and for what goes by an order where there is none.
 */
export function windowSql(of: WindowExpr, over: WindowOver, scope: ExprScope): string {
  const { by, order } = over
  const within = (frame: string) => `OVER (${by}${order} ${frame})`
  const isWhole = of.frame !== null && of.frame.from === -Infinity && of.frame.to === Infinity
  const isPicked = ['first', 'last', 'nth'].includes(of.function)
  if (order === '' && (of.frame === null || isPicked || (of.frame.unit === 'rows' && !isWhole))) {
    throw refused(`${of.function} over rows`, 'it goes by their order, and there is none there')
  }
  if (of.frame === null) return orderedSql(of, within, scope)
  const frame = within(frameSql(of.frame, of.function))
  if (isPicked) return pickedSql(of, frame, scope)
  if (!isAggregateName(of.function)) throw refused(of.function, 'the window is not translated')
  const aggregated = { ...of, aggregate: of.function, input: of.inputs[0] ?? null }
  return sqlOfAggregate(aggregated, scope, (name, args) => `${name}(${args}) ${frame}`)
}

type Within = (frame: string) => string

/** Functions of the whole partition in its order. */
function orderedSql(of: WindowExpr, within: Within, scope: ExprScope): string {
  const total = `count() ${within(ALL)}`
  const rank = `rank() ${within('')}`
  switch (of.function) {
    case 'rowNumber':
      return `toInt64(row_number() ${within('')})`
    case 'rank':
      return `toInt64(${rank})`
    case 'denseRank':
      return `toInt64(dense_rank() ${within('')})`
    case 'percentRank':
      return `if(${total} = 1,0.,(${rank} - 1) / (${total} - 1))`
    case 'cumeDist':
      return `(count() ${within(UP_TO_PEERS)} / ${total})`
    case 'ntile':
      return ntileSql(of.count, `(row_number() ${within('')} - 1)`, total)
    case 'lag':
    case 'lead':
      return shiftedSql(of, within, scope)
    default:
      throw refused(of.function, 'the window is not translated')
  }
}

/** The first parts have one row more, where they are not all of one size. */
function ntileSql(parts: number, row: string, total: string): string {
  const [size, more] = [`intDiv(${total},${parts})`, `(${total} % ${parts})`]
  const large = `(${more} * (${size} + 1))`
  const before = `intDiv(${row},${size} + 1) + 1`
  const after = `${more} + intDiv(${row} - ${large},greatest(${size},1)) + 1`
  return `toInt64(if(${row} < ${large},${before},${after}))`
}

/** The value of the one row in a frame of one row, which is told from none by its count. */
function shiftedSql(
  { function: name, inputs, count, ignoreNulls }: WindowExpr,
  within: Within,
  scope: ExprScope,
): string {
  if (ignoreNulls) throw refused(`${name} that ignores nulls`, 'it is not translated')
  const direction = name === 'lag' ? 'PRECEDING' : 'FOLLOWING'
  const frame = within(`ROWS BETWEEN ${count} ${direction} AND ${count} ${direction}`)
  const [value, otherwise] = inputs.map((input) => sqlOfExpr(input, scope))
  return `if(count() ${frame} = 0,${otherwise ?? 'NULL'},any_respect_nulls(${value}) ${frame})`
}

function pickedSql(
  { function: name, inputs, count, ignoreNulls }: WindowExpr,
  frame: string,
  scope: ExprScope,
): string {
  const value = sqlOfExpr(inputs[0]!, scope)
  if (name === 'nth') {
    const held = ignoreNulls ? value : `tuple(${value})`
    const first = `groupArray(${count})(${held}) ${frame}`
    const found = `(${first})[${count}]`
    return `if(length(${first}) < ${count},NULL,${ignoreNulls ? found : `${found}.1`})`
  }
  const picks = name === 'first' ? 'any' : 'anyLast'
  if (ignoreNulls) return `${picks}OrNull(${value}) ${frame}`
  return `if(count() ${frame} = 0,NULL,${picks}_respect_nulls(${value}) ${frame})`
}

function frameSql({ unit, from, to }: Frame, name: string): string {
  if (unit === 'range' && [from, to].some((end) => end !== 0 && Number.isFinite(end))) {
    throw refused(`${name} over a range`, 'distances of values are not translated')
  }
  return `${unit.toUpperCase()} BETWEEN ${endSql(from, 'PRECEDING')} AND ${endSql(to, 'FOLLOWING')}`
}

function endSql(rows: number, farSide: 'PRECEDING' | 'FOLLOWING'): string {
  if (rows === 0) return 'CURRENT ROW'
  if (!Number.isFinite(rows)) {
    const isOwn = rows < 0 === (farSide === 'PRECEDING')
    if (!isOwn) throw refused('a frame', 'it begins at its end')
    return `UNBOUNDED ${farSide}`
  }
  return `${Math.abs(rows)} ${rows < 0 ? 'PRECEDING' : 'FOLLOWING'}`
}
