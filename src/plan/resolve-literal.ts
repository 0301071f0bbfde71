import {
  binary,
  bool,
  type DataType,
  decimal,
  float64,
  int32,
  int64,
  isFloat,
  isNumeric,
  timestamp,
  typeText,
  utf8,
} from '../arrow/data-type.ts'
import { parseDecimal, parseScalar, type Scalar } from '../arrow/scalar.ts'
import { clip, GraupelError, invalid } from '../error.ts'
import { exactAs, inRange, perMilli } from './convert-scalar.ts'
import type { LiteralExpr } from './expr.ts'
import { literalExpr } from './leaf-expr.ts'

/**
 * Why a literal stands beside another expression. `compare`: the two are held against each other,
 * so that the literal may be of any type that keeps the comparison exact. `arithmetic`: decimals
 * count the literal's own digits. `same`: both end up in one column.
 */
export type Beside = 'compare' | 'arithmetic' | 'same'

const EXAMPLES = new Map<string, string>([
  ['date', '1994-12-31'],
  ['time', '13:45:00'],
  ['timestamp', '1994-12-31 13:45:00'],
  ['decimal', '19.90'],
])

/**
 * A literal without any context: int32 or int64 for whole numbers, float64 for others, utf8, bool,
 * binary, timestamp in milliseconds for a Date. Throws INVALID for null, which has no type of its
 * own, and for values that no type holds.
 */
export function loneLiteral(value: unknown): LiteralExpr {
  switch (typeof value) {
    case 'boolean':
      return literalExpr(value, bool)
    case 'string':
      return literalExpr(wellFormed(value), utf8)
    case 'number':
      return Number.isSafeInteger(value) ? wholeLiteral(BigInt(value)) : literalExpr(value, float64)
    case 'bigint':
      return wholeLiteral(value, { least: int64 })
    default:
  }
  if (value instanceof Date) return literalExpr(epoch(value), timestamp())
  if (value instanceof Uint8Array) return literalExpr(value.slice(), binary)
  if (value === null) {
    throw invalid('null has no type here: cast it, e.g. lit(null).cast(t.utf8())')
  }
  throw unusable(value)
}

/**
 * A literal beside something of `type`: of that very type where it fits exactly, else of a type
 * that meets it without loss, else (fractions beside whole numbers, other than to compare) float64.
 * Throws INVALID for text that is none where `type` is a date, time, timestamp or decimal.
 */
export function adoptLiteral(value: unknown, type: DataType, beside: Beside): LiteralExpr {
  if (value === null) return literalExpr(null, type)
  if (type.name === 'json') return literalExpr(jsonText(value), type)
  if (beside === 'arithmetic' && !isNumeric(type)) return loneLiteral(value)
  if (typeof value === 'string') return adoptText(value, type, beside)
  if (typeof value === 'number' || typeof value === 'bigint') {
    return isNumeric(type) ? adoptNumber(value, type, beside) : loneLiteral(value)
  }
  const fitted = exactValue(value, type)
  return fitted === undefined ? loneLiteral(value) : literalExpr(fitted, type)
}

/**
 * A literal whose type the user named. Throws INVALID unless it is exactly a value of `type`:
 * besides the plain forms, text that parses as one, days as a number for a date, and units since
 * midnight or 1970 as a bigint for a time or timestamp.
 */
export function typedLiteral(value: unknown, type: DataType): LiteralExpr {
  if (value === null) return literalExpr(null, type)
  if (typeof value === 'string' && type.name !== 'utf8' && type.name !== 'json') {
    return literalExpr(parseScalar(value, type), type)
  }
  const days = type.name === 'date' && Number.isSafeInteger(value)
  const units = (type.name === 'time' || type.name === 'timestamp') && typeof value === 'bigint'
  const fitted =
    days || units ? inRange(BigInt(value as number | bigint), type) : exactValue(value, type)
  if (fitted !== undefined) return literalExpr(fitted, type)
  const { message } = unusable(value, typeText(type))
  throw invalid(message, { type: typeText(type) })
}

function adoptText(value: string, type: DataType, beside: Beside): LiteralExpr {
  const fitted =
    type.name === 'decimal' && beside === 'arithmetic' ? undefined : exactValue(value, type)
  if (fitted !== undefined) return literalExpr(fitted, type)
  const example = EXAMPLES.get(type.name)
  if (example === undefined) return loneLiteral(value)
  if (type.name === 'decimal') {
    const own = shortestDecimal(value)
    if (own !== undefined) return own
  }
  if (type.name === 'timestamp' && type.unit === 'ms') {
    const finer = timestamp('us', type.zone)
    const exact = exactValue(value, finer)
    if (exact !== undefined) return literalExpr(exact, finer)
  }
  throw invalid(`"${clip(value)}" is not a ${typeText(type)}; write it like '${example}'`, {
    value: clip(value),
    type: typeText(type),
  })
}

function adoptNumber(value: number | bigint, type: DataType, beside: Beside): LiteralExpr {
  if (isFloat(type)) {
    const fitted = exactValue(value, type)
    return fitted === undefined ? literalExpr(Number(value), float64) : literalExpr(fitted, type)
  }
  if (type.name === 'decimal' && beside === 'arithmetic') {
    return shortestDecimal(String(value)) ?? loneLiteral(value)
  }
  const fitted = exactValue(value, type)
  if (fitted !== undefined) return literalExpr(fitted, type)
  if (typeof value === 'bigint') return loneLiteral(value)
  if (Number.isInteger(value) && (beside === 'compare' || Number.isSafeInteger(value))) {
    return Math.abs(value) < 1e38 ? wholeLiteral(BigInt(value)) : literalExpr(value, float64)
  }
  const own =
    beside === 'compare' || type.name === 'decimal' ? shortestDecimal(String(value)) : undefined
  return own ?? literalExpr(value, float64)
}

/** The value in canonical form when it is exactly one of `type`. */
function exactValue(value: unknown, type: DataType): Scalar | undefined {
  if (type.name === 'json') return jsonText(value)
  if (typeof value === 'number' || typeof value === 'bigint') return exactNumber(value, type)
  if (typeof value === 'string') return exactText(value, type)
  if (typeof value === 'boolean') return type.name === 'bool' ? value : undefined
  if (value instanceof Uint8Array) return type.name === 'binary' ? value.slice() : undefined
  if (!(value instanceof Date)) return undefined
  const ms = epoch(value)
  if (type.name === 'timestamp') return ms * perMilli(type)
  return type.name === 'date' && ms % 86_400_000n === 0n ? Number(ms / 86_400_000n) : undefined
}

function exactNumber(value: number | bigint, type: DataType): Scalar | undefined {
  if (!isNumeric(type)) return undefined
  if (isFloat(type)) {
    const float = Number(value)
    if (typeof value === 'bigint' && (!Number.isFinite(float) || BigInt(float) !== value))
      return undefined
    return type.name === 'float64' || Object.is(Math.fround(float), float) ? float : undefined
  }
  if (typeof value === 'bigint') return exactAs(value, 0, type)
  if (!Number.isFinite(value)) return undefined
  if (Number.isInteger(value)) return exactAs(BigInt(value), 0, type)
  const unscaled = parseDecimal(String(value), 38)
  return unscaled === undefined ? undefined : exactAs(unscaled, 38, type)
}

function exactText(value: string, type: DataType): Scalar | undefined {
  if (type.name === 'utf8') return wellFormed(value)
  if (!EXAMPLES.has(type.name)) return undefined
  try {
    return parseScalar(value, type)
  } catch (error) {
    if (error instanceof GraupelError) return undefined
    throw error
  }
}

/** The number that `text` spells as a decimal of as few digits as it takes, at most 38. */
function shortestDecimal(text: string): LiteralExpr | undefined {
  let unscaled = parseDecimal(text, 38)
  if (unscaled === undefined) return undefined
  let scale = 38
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n
    scale--
  }
  const digits = String(unscaled < 0n ? -unscaled : unscaled).length
  return digits > 38 ? undefined : literalExpr(unscaled, decimal(Math.max(digits, scale), scale))
}

function wholeLiteral(value: bigint, { least = int32 }: { least?: DataType } = {}): LiteralExpr {
  for (const type of [least, int64, decimal(38, 0)]) {
    const fitted = inRange(value, type)
    if (fitted !== undefined) return literalExpr(fitted, type)
  }
  throw invalid(`${clip(String(value))} has more than 38 digits`, { value: clip(String(value)) })
}

function wellFormed(value: string): string {
  if (value.isWellFormed()) return value
  throw invalid(`the text "${clip(value).toWellFormed()}" holds half of a surrogate pair`)
}

function epoch(value: Date): bigint {
  const ms = value.getTime()
  if (Number.isNaN(ms)) throw invalid('an invalid Date is no value')
  const found = inRange(BigInt(ms), timestamp())
  if (found === undefined) {
    throw invalid(`${value.toISOString()} is out of range: years 0000 to 9999`, { value: ms })
  }
  return BigInt(found)
}

function jsonText(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw invalid(
      `a value cannot be written as json: ${cause instanceof Error ? clip(cause.message) : ''}`,
    )
  }
  if (text === undefined) throw unusable(value, 'json')
  return text
}

function unusable(value: unknown, type?: string): GraupelError {
  const shown =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
      ? clip(String(value))
      : `a value of type ${value instanceof Date ? 'Date' : typeof value}`
  const what = type === undefined ? 'cannot stand in an expression' : `is not a ${type}`
  return invalid(`${shown} ${what}`, { value: shown })
}
