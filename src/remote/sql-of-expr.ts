import { type DataType, isFloat, isInteger, isNumeric, typeText } from '../arrow/data-type.ts'
import { unreachable } from '../error.ts'
import type { CallExpr, CaseExpr, CastExpr, Expr, InExpr } from '../plan/expr.ts'
import type { FunctionName } from '../plan/function.ts'
import { refused } from './refused.ts'
import { narrowed, sqlLiteral, sqlText, sqlType, wideType } from './sql-type.ts'

/** What an expression stands in: the names of its columns, and fresh names. */
export interface ExprScope {
  /** The name in the statement of the column that the plan calls `name`. */
  column(name: string): string
  /** A name that the statement has nowhere else. */
  fresh(): string
}

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

type Translation = (args: readonly string[], call: CallExpr, scope: ExprScope) => string

const isOfFloats = ({ args }: CallExpr): boolean => args.some(({ type }) => isFloat(type))

/** NaN equals itself. */
function equalSql(a: string, b: string, float: boolean): string {
  return float ? `(${a} = ${b} OR (isNaN(${a}) AND isNaN(${b})))` : `(${a} = ${b})`
}

/** NaN is greater than every number. */
function lessSql(a: string, b: string, float: boolean): string {
  return float ? `(${a} < ${b} OR (NOT isNaN(${a}) AND isNaN(${b})))` : `(${a} < ${b})`
}

const arithmetic =
  (operator: string): Translation =>
  (args, { type, args: inputs }, scope) => {
    if (isFloat(type)) {
      if (type.name === 'float32') throw refused('float32 arithmetic', 'it is rounded otherwise')
      return `(${args.join(` ${operator} `)})`
    }
    const wide = args.map((arg, at) => `CAST(${arg} AS ${wideType(inputs[at]!.type)})`)
    return narrowed(`(${wide.join(` ${operator} `)})`, type, scope.fresh())
  }

const strict =
  (name: string): Translation =>
  (args) =>
    `${name}(${args.join(',')})`

/** A date's or instant's part, an Int32 here. */
const part =
  (name: string): Translation =>
  (args) =>
    `toInt32(${name}(${args[0]}))`

/** Text compared as it stands: `needle` has no wildcards. */
const like: Translation = ([text], { args }) => {
  const pattern = args[1]!
  if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') {
    throw refused('like', 'the pattern is no constant')
  }
  if (pattern.value.includes('\\')) throw refused('like', 'the pattern has a backslash')
  return `like(${text},${sqlText(pattern.value)})`
}

const truncated: Translation = ([input], { args, type }) => {
  const unit = args[1]!.kind === 'literal' ? String(args[1]!.value) : ''
  const names = new Map([
    ['year', 'toStartOfYear'],
    ['quarter', 'toStartOfQuarter'],
    ['month', 'toStartOfMonth'],
    ['day', 'toDate32'],
  ])
  const name = names.get(unit)
  if (name === undefined) throw refused(`truncate to a ${unit}`, 'it is not translated')
  return `CAST(${name}(${input}) AS ${sqlType(type)})`
}

const quotient: Translation = (args, _call, scope) => {
  const [a, b] = args.map((arg) => `toFloat64(${arg})`) as [string, string]
  const by = scope.fresh()
  return `(${a} / ((${b} AS ${by}) - throwIf(ifNull(${by} = 0,0),'division by zero')))`
}

const choice =
  (sign: '<' | '>'): Translation =>
  (args, call) => {
    if (isOfFloats(call) || args.length !== 2) throw refused(call.name, 'of floats or of many')
    const [a, b] = args as [string, string]
    return `multiIf(isNull(${a}),${b},isNull(${b}),${a},${a} ${sign} ${b},${a},${b})`
  }

const TRANSLATIONS: Partial<Record<FunctionName, Translation>> = {
  add: arithmetic('+'),
  sub: arithmetic('-'),
  mul: arithmetic('*'),
  neg: (args, { type }, scope) =>
    isFloat(type)
      ? `negate(${args[0]})`
      : narrowed(`negate(CAST(${args[0]} AS ${wideType(type)}))`, type, scope.fresh()),
  eq: ([a, b], call) => equalSql(a!, b!, isOfFloats(call)),
  ne: ([a, b], call) => `(NOT ${equalSql(a!, b!, isOfFloats(call))})`,
  lt: ([a, b], call) => lessSql(a!, b!, isOfFloats(call)),
  gt: ([a, b], call) => lessSql(b!, a!, isOfFloats(call)),
  lte: ([a, b], call) => `(NOT ${lessSql(b!, a!, isOfFloats(call))})`,
  gte: ([a, b], call) => `(NOT ${lessSql(a!, b!, isOfFloats(call))})`,
  and: (args) => `(${args.join(' AND ')})`,
  or: (args) => `(${args.join(' OR ')})`,
  not: ([a]) => `(NOT ${a})`,
  isNull: strict('isNull'),
  isNotNull: strict('isNotNull'),
  coalesce: strict('coalesce'),
  nullIf: ([a, b], call) => `if(ifNull(${equalSql(a!, b!, isOfFloats(call))},0),NULL,${a})`,
  div: quotient,
  greatest: choice('>'),
  least: choice('<'),
  length: (args) => `toInt32(lengthUTF8(${args[0]}))`,
  startsWith: strict('startsWith'),
  endsWith: strict('endsWith'),
  contains: ([text, part]) => `(position(${text},${part}) > 0)`,
  like,
  concat: strict('concat'),
  slice: ([text, from, length], { args }) => {
    const isPlain = args.slice(1).every((at) => at.kind === 'literal' && Number(at.value) >= 0)
    if (!isPlain) throw refused('slice', 'positions have to be constants from 0 on')
    return `substringUTF8(${[text, `${from} + 1`, ...(length === undefined ? [] : [length])].join(',')})`
  },
  year: part('toYear'),
  quarter: part('toQuarter'),
  month: part('toMonth'),
  day: part('toDayOfMonth'),
  hour: part('toHour'),
  minute: part('toMinute'),
  date: ([input]) => `toDate32(${input})`,
  truncate: truncated,
}

function callSql(call: CallExpr, scope: ExprScope): string {
  const translation = TRANSLATIONS[call.name]
  if (translation === undefined) throw refused(call.name, 'the function is not translated')
  return translation(
    call.args.map((arg) => sqlOfExpr(arg, scope)),
    call,
    scope,
  )
}
