import { type DataType, isInteger, isNumeric } from '../arrow/data-type.ts'
import type { CallExpr, CastExpr, ColumnExpr, Expr } from './expr.ts'
import { zonesDiffer } from './interval-monotone.ts'
import { isTotalCast } from './may-throw.ts'

/** Functions that never fall as their first argument grows, the others being constants. */
const RISING: ReadonlySet<string> = new Set(
  'year isoYear decade century date truncate epoch floor ceil'.split(' '),
)

/**
 * The column whose order `expr` keeps: where the column is greater, `expr` is greater or equal, and
 * it is null, or NaN, where the column is. It raises no error. Undefined where that is not sure.
 */
export function orderedAs(expr: Expr): ColumnExpr | undefined {
  switch (expr.kind) {
    case 'column':
      return expr
    case 'cast':
      return keepsOrder(expr) ? orderedAs(expr.input) : undefined
    case 'call':
      return rises(expr) ? orderedAs(expr.args[0]!) : undefined
    default:
      return undefined
  }
}

function rises({ name, args }: CallExpr): boolean {
  const [input, ...others] = args
  const constants = others.map((arg) =>
    arg.kind === 'literal' && arg.value !== null ? arg.value : undefined,
  )
  if (constants.includes(undefined)) return false
  // The order of texts is that of their characters, so a beginning of all keeps it.
  if (name === 'left') return Number(constants[0]) >= 0
  if (name === 'slice') return Number(constants[0]) === 0 && Number(constants[1]) >= 0
  if (name === 'intDiv') return isInteger(input!.type) && Number(constants[0]) > 0
  return RISING.has(name)
}

function keepsOrder(expr: CastExpr): boolean {
  const { input, type: to, orNull } = expr
  const { type: from } = input
  const isAlike =
    (isNumeric(from) && isNumeric(to)) || (isDay(from) && isDay(to) && !zonesDiffer(from, to))
  // A null, or an error, would come for some values in the middle of others.
  return isAlike && !orNull && isTotalCast(expr)
}

const isDay = ({ name }: DataType): boolean => name === 'date' || name === 'timestamp'
