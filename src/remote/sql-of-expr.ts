import { type DataType, isFloat, isInteger, isNumeric, typeText } from '../arrow/data-type.ts'
import { unreachable } from '../error.ts'
import type { CallExpr, CaseExpr, CastExpr, Expr, InExpr } from '../plan/expr.ts'
import type { ExprScope } from './expr-scope.ts'
import { refused } from './refused.ts'
import { equalSql, TRANSLATIONS } from './sql-functions.ts'
import { narrowed, sqlLiteral, sqlType } from './sql-type.ts'

/**
 * `expr` as an expression of exactly ClickHouse's type for it (nullable or not). Throws INVALID,
 * with the function's name, for what ClickHouse would answer otherwise than this library does.
 */
export function sqlOfExpr(expr: Expr, scope: ExprScope): string {
  switch (expr.kind) {
    case 'column':
      return scope.column(expr.name)
    case 'literal':
      return sqlLiteral(expr.value, expr.type)
    case 'call':
      return callSql(expr, scope)
    case 'cast':
      return castSql(expr, scope)
    case 'case':
      return caseSql(expr, scope)
    case 'in':
      return inSql(expr, scope)
    case 'member':
      throw refused('a filter of keys', 'they are found while a query runs here')
    case 'user':
      throw refused(`the function "${expr.of.name}"`, 'it is of your own, and runs here')
    default:
      return unreachable(expr)
  }
}

function caseSql({ branches, otherwise }: CaseExpr, scope: ExprScope): string {
  const parts = branches.flatMap(({ when, then }) => [
    sqlOfExpr(when, scope),
    sqlOfExpr(then, scope),
  ])
  return `multiIf(${[...parts, sqlOfExpr(otherwise, scope)].join(',')})`
}

/** As equalities, whose answer is null for nulls on either side in ClickHouse too. */
function inSql({ input, values }: InExpr, scope: ExprScope): string {
  if (values.length === 0) return 'toUInt8(0)'
  const sql = sqlOfExpr(input, scope)
  const float = isFloat(input.type)
  const some = values.map((value) => equalSql(sql, sqlLiteral(value, input.type), float))
  return `(${some.join(' OR ')})`
}

function castSql({ input, type, orNull }: CastExpr, scope: ExprScope): string {
  const from = input.type
  const sql = sqlOfExpr(input, scope)
  const name = `cast(${typeText(from)} as ${typeText(type)})`
  if (orNull) throw refused(name, 'tryCast is not translated')
  if (isInteger(from) && isInteger(type)) return `accurateCast(${sql},'${sqlType(type)}')`
  if (isNumeric(from) && type.name === 'float64') return `toFloat64(${sql})`
  const exact = isInteger(from) || from.name === 'decimal'
  if (exact && type.name === 'decimal' && scaleOf(from) <= type.scale) {
    return narrowed(`CAST(${sql} AS Decimal(76,${type.scale}))`, type, scope.fresh())
  }
  if (from.name === 'bool' && isInteger(type)) return `CAST(${sql} AS ${sqlType(type)})`
  if (isInteger(from) && type.name === 'utf8') return `toString(${sql})`
  if (from.name === 'date' && type.name === 'timestamp') return `CAST(${sql} AS ${sqlType(type)})`
  throw refused(name, 'this cast is not translated')
}

const scaleOf = (type: DataType): number => (type.name === 'decimal' ? type.scale : 0)

function callSql(call: CallExpr, scope: ExprScope): string {
  const translation = TRANSLATIONS[call.name]
  if (translation === undefined) throw refused(call.name, 'the function is not translated')
  return translation(
    call.args.map((arg) => sqlOfExpr(arg, scope)),
    call,
    scope,
  )
}
