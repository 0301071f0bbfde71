import { isFloat, isInteger, typeText } from '../arrow/data-type.ts'
import type { CallExpr, Expr } from '../plan/expr.ts'
import type { FunctionName } from '../plan/function.ts'
import type { ExprScope } from './expr-scope.ts'
import { refused } from './refused.ts'
import { narrowed, sqlText, sqlType, wideType } from './sql-type.ts'

type Translation = (args: readonly string[], call: CallExpr, scope: ExprScope) => string

const isOfFloats = ({ args }: CallExpr): boolean => args.some(({ type }) => isFloat(type))

/** NaN equals itself. */
export function equalSql(a: string, b: string, float: boolean): string {
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

/** Of whole numbers, towards zero; a zero divisor is an error there as here. */
const whole =
  (name: string): Translation =>
  (args, call, scope) => {
    if (!isInteger(call.type))
      throw refused(call.name, `of ${typeText(call.type)} it is not translated`)
    const wide = args.map((arg) => `CAST(${arg} AS Int128)`)
    return narrowed(`${name}(${wide.join(',')})`, call.type, scope.fresh())
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
    ['week', 'toMonday'],
    ['day', 'toDate32'],
  ])
  const name = names.get(unit)
  if (name === undefined) throw refused(`truncate to a ${unit}`, 'it is not translated')
  return `CAST(${name}(${input}) AS ${sqlType(type)})`
}

const constantText = (expr: Expr): string | null =>
  expr.kind === 'literal' && typeof expr.value === 'string' ? expr.value : null

/** White space as JavaScript has it. */
const SPACE = '\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

function trimmedSql(text: string, at: 'start' | 'end'): string {
  const pattern = at === 'start' ? `^[${SPACE}]+` : `[${SPACE}]+\\z`
  return `replaceRegexpOne(${text},${sqlText(pattern)},'')`
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

/** What is the same in ClickHouse, and how it is said there. All else is refused. */
export const TRANSLATIONS: Partial<Record<FunctionName, Translation>> = {
  add: arithmetic('+'),
  sub: arithmetic('-'),
  mul: arithmetic('*'),
  neg: (args, { type }, scope) =>
    isFloat(type)
      ? `negate(${args[0]})`
      : narrowed(`negate(CAST(${args[0]} AS ${wideType(type)}))`, type, scope.fresh()),
  intDiv: whole('intDiv'),
  mod: whole('modulo'),
  abs: (args, { type }, scope) =>
    isFloat(type)
      ? `abs(${args[0]})`
      : narrowed(`abs(CAST(${args[0]} AS ${wideType(type)}))`, type, scope.fresh()),
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
  lower: strict('lowerUTF8'),
  upper: strict('upperUTF8'),
  trim: ([text]) => trimmedSql(trimmedSql(text!, 'start'), 'end'),
  trimStart: ([text]) => trimmedSql(text!, 'start'),
  trimEnd: ([text]) => trimmedSql(text!, 'end'),
  replace: (args, { args: given }) => {
    const isText = constantText(given[1]!) !== null && constantText(given[1]!) !== ''
    if (!isText) throw refused('replace', 'what is replaced is no constant, or empty')
    return `replaceAll(${args.join(',')})`
  },
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
  second: part('toSecond'),
  dayOfWeek: part('toDayOfWeek'),
  // Its own day of a year is another at the end of 2299.
  dayOfYear: ([input]) => `toInt32(dateDiff('day',toStartOfYear(${input}),toDate32(${input})) + 1)`,
  date: ([input]) => `toDate32(${input})`,
  truncate: truncated,
}
