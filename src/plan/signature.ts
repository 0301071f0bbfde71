import {
  bool,
  type DataType,
  date,
  decimal,
  float64,
  int32,
  int64,
  isFloat,
  isInteger,
  isNumeric,
  listType,
  typeText,
  utf8,
} from '../arrow/data-type.ts'
import { invalid } from '../error.ts'
import {
  type AggregateRule,
  FURTHER_AGGREGATES,
  NEVER_NULL,
  ordered,
  takesMore,
} from './aggregate-signatures.ts'
import type { Expr } from './expr.ts'
import type { AggregateName, FunctionName } from './function.ts'
import { castExpr, literalExpr } from './leaf-expr.ts'
import { NESTED_SIGNATURES } from './nested-signatures.ts'
import { NUMBER_SIGNATURES } from './number-signatures.ts'
import {
  alike,
  castAll,
  counted,
  describe,
  floats,
  number,
  numbers,
  type Rule,
  type Signature,
  strict,
  temporal,
  wants,
  withOrder,
} from './signature-rule.ts'
import { asDecimal, superType } from './super-type.ts'
import { TEXT_SIGNATURES } from './text-signatures.ts'
import { TIME_SIGNATURES } from './time-signatures.ts'

const additive: Rule = (args, name) => {
  const [left, right] = numbers(args, name, 2) as [Expr, Expr]
  if (isFloat(left.type) || isFloat(right.type)) return floats(args, name)
  const common = superType(left.type, right.type)!
  if (isInteger(common)) return strict(common, castAll(args, common))
  const a = asDecimal(left.type)
  const b = asDecimal(right.type)
  const scale = Math.max(a.scale, b.scale)
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
  const scaled = args.map((arg) => {
    const { precision, scale: own } = asDecimal(arg.type)
    if (own === scale && !isInteger(arg.type)) return arg
    return castExpr(arg, decimal(Math.min(38, precision - own + scale), scale))
  })
  return strict(decimal(Math.min(38, whole + scale + 1), scale), scaled)
}

const mul: Rule = (args, name) => {
  const [left, right] = numbers(args, name, 2) as [Expr, Expr]
  if (isFloat(left.type) || isFloat(right.type)) return floats(args, name)
  const common = superType(left.type, right.type)!
  if (isInteger(common)) return strict(common, castAll(args, common))
  const a = asDecimal(left.type)
  const b = asDecimal(right.type)
  const scale = a.scale + b.scale
  if (scale > 38) {
    throw invalid(
      `mul: ${typeText(a)} times ${typeText(b)} has ${scale} digits after the point, at most 38 ` +
        'are held: round or cast one side first',
      { left: typeText(a), right: typeText(b) },
    )
  }
  const type = decimal(Math.min(38, a.precision + b.precision), scale)
  return strict(type, [castExpr(left, a), castExpr(right, b)])
}

const div: Rule = (args, name) => strict(float64, numbers(args, name, 2))

const intDiv: Rule = (args, name) => {
  for (const arg of counted(args, name, 2)) {
    if (!isInteger(arg.type)) throw wants(name, 'whole numbers', arg)
  }
  const common = superType(args[0]!.type, args[1]!.type)!
  return strict(common, castAll(args, common))
}

const mod: Rule = (args, name) => {
  numbers(args, name, 2)
  if (args.some(({ type }) => isFloat(type))) return floats(args, name)
  const common = superType(args[0]!.type, args[1]!.type)!
  return strict(common, castAll(args, common))
}

const sameNumber: Rule = (args, name) => strict(numbers(args, name, 1)[0]!.type, args)

const round: Rule = (args, name) => {
  const [input, digits = literalExpr(0, int32)] = counted(args, name, 1, 2)
  if (!isNumeric(input!.type)) throw wants(name, 'a number', input!)
  const value = digits.kind === 'literal' && isInteger(digits.type) ? Number(digits.value) : -1
  if (!(Number.isInteger(value) && value >= 0 && value <= 38)) {
    throw invalid(`round needs digits as a whole number from 0 to 38, got ${describe(digits)}`)
  }
  const places = literalExpr(value, int32)
  const { type } = input!
  if (isFloat(type)) return strict(float64, [castExpr(input!, float64), places])
  if (type.name !== 'decimal') return strict(type, [input!, places])
  return strict(decimal(type.precision, Math.min(type.scale, value)), [input!, places])
}

const whole: Rule = (args, name) => {
  const { type } = numbers(args, name, 1)[0]!
  if (isFloat(type)) return floats(args, name)
  return strict(type.name === 'decimal' ? decimal(type.precision, 0) : type, args)
}

const unaryFloat: Rule = (args, name) => floats(numbers(args, name, 1), name)
const binaryFloat: Rule = (args, name) => floats(numbers(args, name, 2), name)

const comparison: Rule = (args, name) => strict(bool, alike(counted(args, name, 2), name))

const order: Rule = (args, name) => {
  const compared = comparison(args, name)
  for (const arg of compared.args) withOrder(arg, name)
  return compared
}

const logic = (count: number): Rule => {
  return (args, name) => {
    for (const arg of counted(args, name, count)) {
      if (arg.type.name !== 'bool') throw wants(name, 'a bool', arg)
    }
    return strict(bool, args)
  }
}

const nullTest: Rule = (args, name) => ({
  args: counted(args, name, 1),
  type: bool,
  nullable: false,
})

const coalesce: Rule = (args, name) => {
  const same = alike(counted(args, name, 1, Number.POSITIVE_INFINITY), name)
  return { args: same, type: same[0]!.type, nullable: same.every(({ nullable }) => nullable) }
}

const nullIf: Rule = (args, name) => {
  const same = alike(counted(args, name, 2), name)
  return { args: same, type: same[0]!.type, nullable: true }
}

const text = (type: DataType, least: number, most = least): Rule => {
  return (args, name) => {
    for (const arg of counted(args, name, least, most)) {
      if (arg.type.name !== 'utf8') throw wants(name, 'text', arg)
    }
    return strict(type, args)
  }
}

const slice: Rule = (args, name) => {
  const [input, ...positions] = counted(args, name, 2, 3) as [Expr, ...Expr[]]
  if (input.type.name !== 'utf8') throw wants(name, 'text', input)
  for (const position of positions) {
    if (!isInteger(position.type)) throw wants(name, 'whole numbers as positions', position)
  }
  return strict(utf8, [input, ...castAll(positions, int32)])
}

const part = (...allowed: readonly DataType['name'][]): Rule => {
  return (args, name) => strict(int32, temporal(args, name, 1, allowed))
}

const dateOf: Rule = (args, name) => strict(date, temporal(args, name, 1, ['date', 'timestamp']))

const DAY_UNITS = ['year', 'quarter', 'month', 'week', 'day']
const UNITS = [...DAY_UNITS, 'hour', 'minute', 'second']

const truncate: Rule = (args, name) => {
  const [input, unit] = counted(args, name, 2) as [Expr, Expr]
  temporal([input], name, 1, ['date', 'timestamp'])
  const units = input.type.name === 'date' ? DAY_UNITS : UNITS
  if (unit.kind !== 'literal' || !units.includes(String(unit.value))) {
    throw invalid(
      `truncate of a ${typeText(input.type)} needs one of ${units.join(', ')}, got ${describe(unit)}`,
    )
  }
  return strict(input.type, args)
}

const SIGNATURES = {
  add: additive,
  sub: additive,
  mul,
  div,
  intDiv,
  mod,
  neg: sameNumber,
  abs: sameNumber,
  round,
  floor: whole,
  ceil: whole,
  sqrt: unaryFloat,
  pow: binaryFloat,
  exp: unaryFloat,
  ln: unaryFloat,
  eq: comparison,
  ne: comparison,
  lt: order,
  lte: order,
  gt: order,
  gte: order,
  and: logic(2),
  or: logic(2),
  not: logic(1),
  isNull: nullTest,
  isNotNull: nullTest,
  coalesce,
  nullIf,
  lower: text(utf8, 1),
  upper: text(utf8, 1),
  length: text(int32, 1),
  trim: text(utf8, 1),
  trimStart: text(utf8, 1),
  trimEnd: text(utf8, 1),
  startsWith: text(bool, 2),
  endsWith: text(bool, 2),
  contains: text(bool, 2),
  like: text(bool, 2),
  slice,
  replace: text(utf8, 3),
  concat: text(utf8, 1, Number.POSITIVE_INFINITY),
  year: part('date', 'timestamp'),
  quarter: part('date', 'timestamp'),
  month: part('date', 'timestamp'),
  day: part('date', 'timestamp'),
  dayOfWeek: part('date', 'timestamp'),
  dayOfYear: part('date', 'timestamp'),
  hour: part('timestamp', 'time'),
  minute: part('timestamp', 'time'),
  second: part('timestamp', 'time'),
  date: dateOf,
  truncate,
  ...NUMBER_SIGNATURES,
  ...TEXT_SIGNATURES,
  ...TIME_SIGNATURES,
  ...NESTED_SIGNATURES,
} satisfies Record<FunctionName, Rule>

/**
 * What the function `name` makes of `args`. Throws INVALID when their number or types are wrong.
 */
export function signature(name: FunctionName, args: readonly Expr[]): Signature {
  return SIGNATURES[name](args, name)
}

const total: AggregateRule = (input, name) => {
  const { type } = number(input, name)
  if (isFloat(type)) return float64
  return type.name === 'decimal' ? decimal(38, type.scale) : int64
}
const statistic: AggregateRule = (input, name) => {
  number(input, name)
  return float64
}
const oneOf: AggregateRule = (input) => input.type
const number64: AggregateRule = () => int64

const AGGREGATE_SIGNATURES = {
  count: number64,
  countDistinct: number64,
  sum: total,
  mean: statistic,
  min: ordered,
  max: ordered,
  any: oneOf,
  first: oneOf,
  last: oneOf,
  stddev: statistic,
  variance: statistic,
  median: statistic,
  collectList: (input) => listType(input.type),
  ...FURTHER_AGGREGATES,
} satisfies Record<AggregateName, AggregateRule>

/**
 * What the aggregate `name` of `input` yields; `input` may be null for `count` only. Counts and
 * lists are never null, all others are null when there is nothing to aggregate. Throws INVALID for an input
 * that is missing or of a wrong type.
 */
export function aggregateSignature(
  name: AggregateName,
  input: Expr | null,
  more: readonly Expr[] = [],
): { readonly type: DataType; readonly nullable: boolean } {
  if (input === null) {
    if (name !== 'count') throw invalid(`${name} needs a column or an expression`, { name })
    return { type: int64, nullable: false }
  }
  if (!takesMore(name, more.length)) {
    throw invalid(`${name} does not take ${more.length + 1} columns`, { name })
  }
  return { type: AGGREGATE_SIGNATURES[name](input, name, more), nullable: !NEVER_NULL.has(name) }
}
