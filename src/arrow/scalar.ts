import { clip, invalid } from '../error.ts'
import {
  type DataType,
  integerRange,
  isFloat,
  type ListType,
  layoutOf,
  type StructType,
  typeText,
} from './data-type.ts'
import { nestedText, plainPart } from './nested-text.ts'
import {
  parseDate,
  parseTime,
  parseTimestamp,
  printDate,
  printTime,
  printTimestamp,
} from './temporal.ts'
import { bigAt, isNull, textAt, type Vector } from './vector.ts'

/**
 * One value of a known type, in one canonical form per type: boolean for bool; number for floats,
 * int8 to int32, uint8, uint16 and date (days); bigint for int64, uint32, decimal (unscaled), time
 * and timestamp (in their unit); string for utf8, json, lists and structs (JSON); Uint8Array for binary; null for null.
 */
export type Scalar = null | boolean | number | bigint | string | Uint8Array

/** The value at `row` in canonical form. */
export function scalarAt(vector: Vector, row: number): Scalar {
  if (isNull(vector, row)) return null
  switch (vector.layout) {
    case 'bool':
      return vector.values[row] === 1
    case 'i32':
      return vector.values[row]!
    case 'f64':
      return isFloat(vector.type) ? vector.values[row]! : BigInt(vector.values[row]!)
    case 'big':
      return bigAt(vector, row)
    case 'utf8':
      return vector.type.name === 'binary'
        ? vector.bytes.slice(vector.starts[row]!, vector.ends[row]!)
        : textAt(vector, row)
  }
}

/**
 * Total order of two non-null values of one type: negative, 0 or positive. Text and binary by
 * bytes; false before true; NaN after every number and equal to itself; -0 equal to 0.
 */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  if (typeof a === 'number' && typeof b === 'number') {
    if (a < b) return -1
    if (a > b) return 1
    if (a === b) return 0
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  }
  return a! < b! ? -1 : a! > b! ? 1 : 0
}

/** Order of two strings by their UTF-8 bytes, which is the order of their code points. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xHigh = x >= 0xd800 && x <= 0xdfff
    const yHigh = y >= 0xd800 && y <= 0xdfff
    if (xHigh !== yHigh) return xHigh ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

/** A non-null value as the text that stands in a column file, before any quoting. */
export function scalarText(value: Exclude<Scalar, null>, type: DataType): string {
  switch (type.name) {
    case 'decimal':
      return decimalText(value as bigint, type.scale)
    case 'float32':
    case 'float64':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'date':
      return printDate(value as number)
    case 'time':
      return printTime(value as bigint)
    case 'timestamp':
      return printTimestamp(value as bigint, type)
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('hex')
    default:
      return String(value)
  }
}

/** `unscaled` with exactly `scale` digits after the point. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  if (scale === 0) return sign + digits
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/**
 * The inverse of `scalarText`, and a little wider: it also takes what people write (`1.5` for a
 * decimal(12,2), `+7`, `TRUE`, `1994-01-01 10:00`). Throws INVALID for text that is no value of
 * `type`, or that would lose digits.
 */
export function parseScalar(text: string, type: DataType): Exclude<Scalar, null> {
  const value = tryParse(text, type)
  if (value === undefined) {
    throw invalid(`"${clip(text)}" is not a ${typeText(type)}`, {
      value: clip(text),
      type: typeText(type),
    })
  }
  return value
}

function tryParse(text: string, type: DataType): Exclude<Scalar, null> | undefined {
  switch (type.name) {
    case 'bool':
      return parseBool(text)
    case 'float32':
    case 'float64':
      return parseFloat64(text, type)
    case 'utf8':
      return text.isWellFormed() ? text : undefined
    case 'json':
      return isJson(text) ? text : undefined
    case 'list':
    case 'struct':
      return isJson(text) ? nestedTextOf(JSON.parse(text), type) : undefined
    case 'binary':
      return /^(?:[0-9a-fA-F]{2})*$/.test(text)
        ? Uint8Array.from(Buffer.from(text, 'hex'))
        : undefined
    case 'date':
      return parseDate(text)
    case 'time':
      return parseTime(text)
    case 'timestamp':
      return parseTimestamp(text, type)
    case 'decimal':
      return inRange(parseDecimal(text, type.scale), type)
    default: {
      const value = /^[+-]?\d{1,40}$/.test(text)
        ? inRange(BigInt(text.replace('+', '')), type)
        : undefined
      return value !== undefined && layoutOf(type) === 'i32' ? Number(value) : value
    }
  }
}

/** The JSON text that holds `value`, a list or a struct; undefined when it is none of `type`. */
export function nestedTextOf(value: unknown, type: ListType | StructType): string | undefined {
  return nestedText(value, type, { parse: tryParse, print: scalarText })
}

/** The value at `row`, which is not null, as it stands within the JSON text of a list. */
export function partTextAt(vector: Vector, row: number): string {
  const { type } = vector
  const scalar = scalarAt(vector, row)!
  const isJsonText = type.name === 'json' || type.name === 'list' || type.name === 'struct'
  return isJsonText ? String(scalar) : plainPart(scalar, scalarText(scalar, type), type)
}

function inRange(value: bigint | undefined, type: DataType): bigint | undefined {
  if (value === undefined) return undefined
  const [least, greatest] = integerRange(type)
  return value < least || value > greatest ? undefined : value
}

/** `text` as a whole number of 10^-scale; undefined when it is no number or has more digits. */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  if (parts === null || text.length > 120) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  if (whole === '' && fraction === '') return undefined
  const shift = scale - fraction.length + Number(exponent)
  const digits = BigInt(whole + fraction)
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n
  if (digits % divisor !== 0n) return undefined
  const unscaled = shift < 0 ? digits / divisor : digits * 10n ** BigInt(shift)
  return sign === '-' ? -unscaled : unscaled
}

function parseBool(text: string): boolean | undefined {
  const lower = text.length <= 5 ? text.toLowerCase() : ''
  if (lower === 'true' || lower === 't' || lower === '1') return true
  if (lower === 'false' || lower === 'f' || lower === '0') return false
  return undefined
}

function parseFloat64(text: string, type: DataType): number | undefined {
  let value: number
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) value = Number(text)
  else if (/^nan$/i.test(text)) value = Number.NaN
  else if (/^[+-]?inf(?:inity)?$/i.test(text)) {
    value = text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  } else return undefined
  return type.name === 'float32' ? Math.fround(value) : value
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return text.isWellFormed()
  } catch {
    return false
  }
}
