import { type DataType, integerRange, isFloat, isInteger, typeText } from '../arrow/data-type.ts'
import { type Scalar, scalarText } from '../arrow/scalar.ts'
import { refused } from './refused.ts'

const PLAIN = new Map([
  ['bool', 'UInt8'], // comparisons give it; the answer is made Bool at the end
  ['int8', 'Int8'],
  ['int16', 'Int16'],
  ['int32', 'Int32'],
  ['int64', 'Int64'],
  ['uint8', 'UInt8'],
  ['uint16', 'UInt16'],
  ['uint32', 'UInt32'],
  ['float32', 'Float32'],
  ['float64', 'Float64'],
  ['utf8', 'String'],
  ['json', 'String'],
  ['date', 'Date32'],
])

/** ClickHouse's type for the values of `type`. Throws INVALID for one that it does not hold. */
export function sqlType(type: DataType): string {
  if (type.name === 'decimal') return `Decimal(${type.precision},${type.scale})`
  if (type.name === 'timestamp') return `DateTime64(${type.unit === 'ms' ? 3 : 6},'UTC')`
  const found = PLAIN.get(type.name)
  if (found === undefined) throw refused(`a ${typeText(type)}`, 'ClickHouse has no such type')
  return found
}

/** A type in which sums and products of `type` cannot overflow. */
export function wideType(type: DataType): string {
  if (type.name === 'decimal') return `Decimal(76,${type.scale})`
  return isInteger(type) ? 'Int128' : 'Float64'
}

/** `sql` as a key: of floats NaN and zero have one form each, so that equal keys have equal bytes. */
export function canonicalKey(sql: string, type: DataType): string {
  return isFloat(type)
    ? `multiIf(isNaN(${sql}),CAST('nan' AS ${sqlType(type)}),${sql} = 0,CAST('0' AS ${sqlType(type)}),${sql})`
    : sql
}

/** A string in quotes: letters, digits and harmless marks as they are, every other byte as `\xHH`. */
export function sqlText(text: string): string {
  const escaped = Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte)
    if (/[A-Za-z0-9 _.,:;/+*=<>()[\]{}|~^!?%&@#$-]/.test(character)) return character
    return `\\x${byte.toString(16).padStart(2, '0')}`
  })
  return `'${escaped.join('')}'`
}

/** A constant of exactly ClickHouse's type for `type`. */
export function sqlLiteral(value: Scalar, type: DataType): string {
  const name = sqlType(type)
  if (value === null) return `CAST(NULL,'Nullable(${name.replaceAll("'", "\\'")})')`
  if (type.name === 'bool') return `toUInt8(${value === true ? 1 : 0})`
  requireHeld(value, type, 'a literal')
  const text = sqlText(valueText(value, type))
  return name === 'String' ? text : `CAST(${text} AS ${name})`
}

/** A value's text as ClickHouse reads it. */
function valueText(value: Exclude<Scalar, null>, type: DataType): string {
  const text = scalarText(value, type)
  return type.name === 'timestamp' ? text.replace('T', ' ').replace('Z', '') : text
}

/** Days of 1900-01-01 and 2299-12-31: beyond, ClickHouse moves dates without a word. */
const DAYS = [-25_567n, 120_529n] as const

/** Throws INVALID for a date or an instant that ClickHouse would take for another. */
export function requireHeld(value: Scalar, type: DataType, where: string): void {
  const perDay = ticksPerDay(type)
  if (perDay === undefined) return
  const found = BigInt(value as number | bigint)
  if (found >= DAYS[0] * perDay && found < (DAYS[1] + 1n) * perDay) return
  throw refused(where, `${scalarText(value!, type)} is outside the years 1900 to 2299`)
}

function ticksPerDay(type: DataType): bigint | undefined {
  if (type.name === 'date') return 1n
  if (type.name !== 'timestamp') return undefined
  return type.unit === 'ms' ? 86_400_000n : 86_400_000_000n
}

/** `sql`, a whole number or decimal of a wider type, as `type`; fails where it does not fit. */
export function narrowed(sql: string, type: DataType, alias: string): string {
  if (isInteger(type)) return `accurateCast(${sql},'${sqlType(type)}')`
  if (type.name !== 'decimal') return sql
  const [, greatest] = integerRange(type)
  const most = sqlLiteral(greatest, { name: 'decimal', precision: 38, scale: type.scale })
  const isOver = `ifNull(abs(${alias}) > ${most},0)`
  return `CAST((${sql} AS ${alias}) - throwIf(${isOver},'decimal overflow') AS ${sqlType(type)})`
}
