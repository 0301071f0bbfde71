import {
  type DataType,
  integerRange,
  isExact,
  isFloat,
  layoutOf,
} from '../../src/arrow/data-type.ts'
import { hasKey } from '../../src/arrow/key-set.ts'
import { compareScalars, type Scalar } from '../../src/arrow/scalar.ts'
import type { CallExpr, CastExpr, Expr } from '../../src/plan/expr.ts'

/** One row: values in canonical form, by column name. */
export type Row = ReadonlyMap<string, Scalar>

/**
 * What `expr` is in one row, written as plainly as can be: the oracle of property tests. Throws
 * where the engine would raise an error. Dates are UTC days; covers what the tests build.
 */
export function referenceEvaluate(expr: Expr, row: Row): Scalar {
  switch (expr.kind) {
    case 'column':
      return row.get(expr.name) ?? null
    case 'literal':
      return expr.value
    case 'in': {
      const input = referenceEvaluate(expr.input, row)
      if (input === null) return null
      const listed = expr.values.filter((value) => value !== null)
      if (listed.some((value) => compareScalars(input, value) === 0)) return true
      return listed.length < expr.values.length ? null : false
    }
    case 'member': {
      const input = referenceEvaluate(expr.input, row)
      return input === null ? null : hasKey(expr.keys, Number(input))
    }
    case 'case': {
      const found = expr.branches.find(({ when }) => referenceEvaluate(when, row) === true)
      return referenceEvaluate(found?.then ?? expr.otherwise, row)
    }
    case 'cast':
      return castValue(expr, referenceEvaluate(expr.input, row))
    case 'user':
      throw new Error('no test builds a function of the user in plain values')
    case 'call':
      return callValue(expr, row)
  }
}

function callValue(expr: CallExpr, row: Row): Scalar {
  const args = expr.args.map((arg) => referenceEvaluate(arg, row))
  const [a = null, b = null] = args
  switch (expr.name) {
    case 'and':
      return args.includes(false) ? false : args.includes(null) ? null : true
    case 'or':
      return args.includes(true) ? true : args.includes(null) ? null : false
    case 'isNull':
      return a === null
    case 'isNotNull':
      return a !== null
    case 'coalesce':
      return args.find((arg) => arg !== null) ?? null
    case 'nullIf':
      return a !== null && b !== null && compareScalars(a, b) === 0 ? null : a
  }
  if (args.includes(null)) return null
  const types = expr.args.map(({ type }) => type)
  return strictValue(expr, args as Value[], types)
}

type Value = Exclude<Scalar, null>

function strictValue(expr: CallExpr, args: Value[], types: DataType[]): Scalar {
  const [a, b] = args as [Value, Value]
  switch (expr.name) {
    case 'not':
      return a !== true
    case 'eq':
      return compareScalars(a, b) === 0
    case 'ne':
      return compareScalars(a, b) !== 0
    case 'lt':
      return compareScalars(a, b) < 0
    case 'lte':
      return compareScalars(a, b) <= 0
    case 'gt':
      return compareScalars(a, b) > 0
    case 'gte':
      return compareScalars(a, b) >= 0
    case 'startsWith':
      return String(a).startsWith(String(b))
    case 'endsWith':
      return String(a).endsWith(String(b))
    case 'contains':
      return String(a).includes(String(b))
    case 'like':
      return likes(String(a), String(b))
    case 'left':
      return [...String(a)].slice(0, Number(b)).join('')
    case 'slice':
      return [...String(a)].slice(Number(b), Number(b) + Number(args[2])).join('')
    case 'year':
      return new Date(millis(a, types[0]!)).getUTCFullYear()
    case 'date':
      return Math.floor(millis(a, types[0]!) / 86_400_000)
    case 'truncate':
      return truncatedTo(a, types[0]!, String(b))
    default:
      return isFloat(expr.type) ? floatValue(expr, args, types) : exactValue(expr, args, types)
  }
}

function likes(text: string, pattern: string): boolean {
  const source = pattern.replace(/\\([\s\S])|[\s\S]/gu, (char: string, escaped?: string) => {
    if (escaped === undefined && char === '%') return '[^]*'
    if (escaped === undefined && char === '_') return '[^]'
    const plain = escaped ?? char
    return /[\w\u0080-\u{10ffff}]/u.test(plain)
      ? plain
      : `\\u{${plain.codePointAt(0)!.toString(16)}}`
  })
  return new RegExp(`^${source}$`, 'u').test(text)
}

const scaleOf = (type: DataType): number => (type.name === 'decimal' ? type.scale : 0)

const toNumber = (value: Value, type: DataType): number => Number(value) / 10 ** scaleOf(type)

function floatValue({ name, args: of }: CallExpr, args: Value[], types: DataType[]): number {
  const [a, b] = args.map((arg, position) => toNumber(arg, types[position]!)) as [number, number]
  switch (name) {
    case 'add':
      return a + b
    case 'sub':
      return a - b
    case 'mul':
      return a * b
    case 'div':
      if (b === 0 && types.every(isExact)) throw new Error('division by zero')
      return a / b
    case 'neg':
      return -a
    case 'abs':
      return Math.abs(a)
    case 'floor':
      return Math.floor(a)
    case 'ceil':
      return Math.ceil(a)
    default:
      throw new Error(`no reference for ${name} of ${of.length}`)
  }
}

function exactValue({ name, type }: CallExpr, args: Value[], types: DataType[]): Scalar {
  const at = (position: number, scale: number): bigint =>
    BigInt(args[position] as bigint) * 10n ** BigInt(scale - scaleOf(types[position]!))
  const scale = scaleOf(type)
  switch (name) {
    case 'add':
      return whole(at(0, scale) + at(1, scale), type)
    case 'sub':
      return whole(at(0, scale) - at(1, scale), type)
    case 'mul':
      return whole(at(0, scaleOf(types[0]!)) * at(1, scaleOf(types[1]!)), type)
    case 'intDiv':
      return whole(at(0, scale) / at(1, scale), type)
    case 'neg':
      return whole(-at(0, scale), type)
    case 'abs': {
      const value = at(0, scale)
      return whole(value < 0n ? -value : value, type)
    }
    default:
      throw new Error(`no reference for ${name}`)
  }
}

/** `value` in the canonical form of `type`; throws when it is out of its range. */
function whole(value: bigint, type: DataType): number | bigint {
  const [least, greatest] = integerRange(type)
  if (value < least || value > greatest) throw new Error('overflow')
  return layoutOf(type) === 'i32' ? Number(value) : value
}

function castValue({ input: { type: from }, type, orNull }: CastExpr, value: Scalar): Scalar {
  if (value === null) return null
  try {
    return castTo(value, from, type)
  } catch (error) {
    if (orNull) return null
    throw error
  }
}

function castTo(value: Value, from: DataType, to: DataType): Scalar {
  if (to.name === 'float64') return toNumber(value, from)
  if (to.name === 'float32') return Math.fround(toNumber(value, from))
  if (to.name === 'date') return Math.floor(millis(value, from) / 86_400_000)
  if (to.name === 'timestamp') {
    const unit = to.unit === 'us' ? 1000n : 1n
    if (from.name === 'timestamp' && from.unit === 'us' && to.unit === 'us') return value
    return whole(BigInt(millis(value, from)) * unit, to)
  }
  if (isFloat(from)) {
    const number = value as number
    const floor = Math.floor(number)
    const isDown = number - floor < 0.5 || (number - floor === 0.5 && floor % 2 === 0)
    return whole(BigInt(isDown ? floor : floor + 1), to)
  }
  const shift = scaleOf(to) - scaleOf(from)
  const exact = BigInt(value as bigint)
  if (shift >= 0) return whole(exact * 10n ** BigInt(shift), to)
  const unit = 10n ** BigInt(-shift)
  const size = exact < 0n ? -exact : exact
  const rounded = (size * 2n + unit) / (unit * 2n)
  return whole(exact < 0n ? -rounded : rounded, to)
}

/** Milliseconds since 1970, rounded down, of a date or timestamp. */
function millis(value: Value, type: DataType): number {
  if (type.name === 'date') return Number(value) * 86_400_000
  return type.name === 'timestamp' && type.unit === 'us'
    ? Math.floor(Number(value) / 1000)
    : Number(value)
}

function truncatedTo(value: Value, type: DataType, unit: string): Scalar {
  const day = new Date(millis(value, type))
  if (unit === 'year') day.setUTCMonth(0, 1)
  if (unit === 'quarter') day.setUTCMonth(day.getUTCMonth() - (day.getUTCMonth() % 3), 1)
  if (unit === 'month') day.setUTCDate(1)
  if (unit === 'week') while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() - 1)
  if (unit === 'second') day.setUTCMilliseconds(0)
  else if (unit === 'minute') day.setUTCSeconds(0, 0)
  else if (unit === 'hour') day.setUTCMinutes(0, 0, 0)
  else day.setUTCHours(0, 0, 0, 0)
  const ms = day.getTime()
  if (type.name === 'date') return Math.floor(ms / 86_400_000)
  return BigInt(ms) * (type.name === 'timestamp' && type.unit === 'us' ? 1000n : 1n)
}
