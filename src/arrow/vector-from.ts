import { clip, type GraupelError, invalid } from '../error.ts'
import { omittedVector } from './constant-vector.ts'
import { type DataType, integerRange, isFloat, typeText } from './data-type.ts'
import { parseDecimal } from './scalar.ts'
import type { Field } from './schema.ts'
import { parseDate, parseTime, parseTimestamp } from './temporal.ts'
import { type Refuse, textVectorFrom } from './text-vector-from.ts'
import { concat, SAFE, take, type Vector } from './vector.ts'

export interface VectorFromOptions {
  /** Number of the first value's row in messages and facts; 0 when not given. */
  readonly rowOffset?: number
}

/**
 * A vector over JavaScript values; null and undefined are null.
 *
 * bool takes booleans; integers take whole numbers and bigints; decimal takes strings, numbers (by
 * their shortest text) and bigints; floats take numbers and bigints that they hold exactly; utf8
 * takes well-formed strings; binary Uint8Array; date and timestamp a Date or ISO text; time ISO
 * text; json any JSON value; lists arrays and structs objects of such values, missing ones null.
 *
 * Throws INVALID with facts `column`, `row` and `value` for a value that is none of these, is out
 * of range or would lose digits, and for a null in a field that is not nullable.
 */
export function vectorFrom(
  values: ArrayLike<unknown>,
  field: Field,
  options: VectorFromOptions = {},
): Vector {
  const validity = validityOf(values)
  if (validity !== null && !field.nullable) {
    const row = validity.indexOf(0)
    throw refused(field, row + (options.rowOffset ?? 0), null, 'the column takes no nulls')
  }
  const refuse: Refuse = (row, hint) => {
    throw refused(field, row + (options.rowOffset ?? 0), values[row], hint)
  }
  return fill(values, field.type, validity, refuse)
}

/**
 * As `vectorFrom`, of rows some of which leave the column out: these are undefined among `values`,
 * and hold the field's default, where it has one.
 */
export function vectorWithDefaults(
  values: readonly unknown[],
  field: Field,
  options: VectorFromOptions = {},
): Vector {
  const { default: value, ...bare } = field
  const omitted = value === undefined ? -1 : values.indexOf(undefined)
  if (omitted < 0) return vectorFrom(values, field, options)
  if (values.every((given) => given === undefined)) return omittedVector(field, values.length)
  const given = vectorFrom(values, { ...bare, nullable: true }, options)
  const row = values.indexOf(null)
  if (row >= 0 && !field.nullable) {
    throw refused(field, row + (options.rowOffset ?? 0), null, 'the column takes no nulls')
  }
  const all = concat(field.type, [given, omittedVector(field, 1)])
  const rows = Uint32Array.from(values, (of, at) => (of === undefined ? values.length : at))
  return take(all, rows, rows.length)
}

function validityOf(values: ArrayLike<unknown>): Uint8Array | null {
  let nulls = 0
  for (let row = 0; row < values.length; row++) if (values[row] == null) nulls++
  if (nulls === 0) return null
  const validity = new Uint8Array(values.length)
  for (let row = 0; row < values.length; row++) validity[row] = values[row] == null ? 0 : 1
  return validity
}

function refused(field: Field, row: number, value: unknown, hint?: string): GraupelError {
  const shown = describe(value)
  const reason = value === null ? 'null' : `${shown} is not a ${typeText(field.type)}`
  const message = `column "${clip(field.name)}", row ${row}: ${reason}${hint === undefined ? '' : `: ${hint}`}`
  const fact = typeof value === 'string' ? clip(value) : value
  return invalid(message, { column: field.name, row, value: fact, type: typeText(field.type) })
}

/** A JavaScript value as short text for a message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `"${clip(value)}"`
  if (typeof value === 'bigint') return `${clip(String(value))}n`
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'an invalid Date' : `Date ${value.toISOString()}`
  }
  if (value instanceof Uint8Array) return `Uint8Array(${value.length})`
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function fill(
  values: ArrayLike<unknown>,
  type: DataType,
  validity: Uint8Array | null,
  refuse: Refuse,
): Vector {
  switch (type.name) {
    case 'bool':
      return boolVector(values, type, validity, refuse)
    case 'float32':
    case 'float64':
      return floatVector(values, type, validity, refuse)
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
      return smallVector(values, type, validity, refuse, smallInteger(type))
    case 'date':
      return smallVector(values, type, validity, refuse, dayOf)
    case 'int64':
    case 'uint32':
      return wideVector(values, type, validity, refuse, wholeNumber)
    case 'decimal':
      return wideVector(values, type, validity, refuse, decimalOf(type.scale))
    case 'time':
      return wideVector(values, type, validity, refuse, timeOf)
    case 'timestamp':
      return wideVector(values, type, validity, refuse, (value) =>
        value instanceof Date
          ? instantOf(value, type.unit)
          : typeof value === 'string'
            ? parseTimestamp(value, type)
            : undefined,
      )
    case 'utf8':
    case 'binary':
    case 'json':
    case 'list':
    case 'struct':
      return textVectorFrom(values, type, validity, refuse)
  }
}

function boolVector(
  values: ArrayLike<unknown>,
  type: DataType,
  validity: Uint8Array | null,
  refuse: Refuse,
): Vector {
  const { length } = values
  const held = new Uint8Array(length)
  for (let row = 0; row < length; row++) {
    const value = values[row]
    if (value === true) held[row] = 1
    else if (value !== false && value != null) refuse(row)
  }
  return { layout: 'bool', type, length, validity, values: held }
}

function floatVector(
  values: ArrayLike<unknown>,
  type: DataType,
  validity: Uint8Array | null,
  refuse: Refuse,
): Vector {
  const { length } = values
  const held = new Float64Array(length)
  const single = type.name === 'float32'
  for (let row = 0; row < length; row++) {
    const value = values[row]
    if (typeof value === 'number') held[row] = single ? Math.fround(value) : value
    else if (typeof value === 'bigint') {
      const near = single ? Math.fround(Number(value)) : Number(value)
      if (!Number.isFinite(near) || BigInt(near) !== value) refuse(row, 'it would lose digits')
      held[row] = near
    } else if (value != null) refuse(row)
  }
  return { layout: 'f64', type, length, validity, values: held }
}

/** The value inside an i32 vector, or undefined when `value` is none of the type. */
type SmallOf = (value: unknown) => number | undefined

function smallInteger(type: DataType): SmallOf {
  const [least, greatest] = integerRange(type).map(Number) as [number, number]
  return (value) => {
    const number = typeof value === 'bigint' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isInteger(number)) return undefined
    return number >= least && number <= greatest ? number : undefined
  }
}

const DAY_MS = 86_400_000

function dayOf(value: unknown): number | undefined {
  if (typeof value === 'string') return parseDate(value)
  if (!(value instanceof Date)) return undefined
  const days = value.getTime() / DAY_MS
  return Number.isInteger(days) && days >= -719_528 && days <= 2_932_896 ? days : undefined
}

function smallVector(
  values: ArrayLike<unknown>,
  type: DataType,
  validity: Uint8Array | null,
  refuse: Refuse,
  smallOf: SmallOf,
): Vector {
  const { length } = values
  const held = new Int32Array(length)
  for (let row = 0; row < length; row++) {
    const value = values[row]
    if (value == null) continue
    const small = smallOf(value)
    if (small === undefined) {
      const partial = type.name === 'date' && value instanceof Date
      refuse(row, partial ? 'a Date has to be midnight UTC; or give "YYYY-MM-DD"' : undefined)
    } else held[row] = small
  }
  return { layout: 'i32', type, length, validity, values: held }
}

/** The whole number inside a vector of an exact type; a number only when it is a safe one. */
type WideOf = (value: unknown) => number | bigint | undefined

function wholeNumber(value: unknown): number | bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

function timeOf(value: unknown): bigint | undefined {
  return typeof value === 'string' ? parseTime(value) : undefined
}

function instantOf(value: Date, unit: 'ms' | 'us'): number | bigint | undefined {
  const ms = value.getTime()
  if (Number.isNaN(ms)) return undefined
  if (unit === 'ms') return ms
  const micros = ms * 1000
  return Number.isSafeInteger(micros) ? micros : BigInt(ms) * 1000n
}

function decimalOf(scale: number): WideOf {
  const unit = 10 ** scale
  const bigUnit = 10n ** BigInt(scale)
  return (value) => {
    if (typeof value === 'bigint') return value * bigUnit
    if (typeof value === 'number') {
      const scaled = value * unit
      if (Number.isInteger(value) && Number.isSafeInteger(scaled)) return scaled
      return parseDecimal(String(value), scale)
    }
    return typeof value === 'string'
      ? (shortDecimal(value, scale) ?? parseDecimal(value, scale))
      : undefined
  }
}

/** `12.30` of at most 15 digits without BigInt; undefined for whatever else. */
function shortDecimal(text: string, scale: number): number | undefined {
  const negative = text.charCodeAt(0) === 45
  let unscaled = 0
  let point = -1
  const { length } = text
  if (length > 16 || length === (negative ? 1 : 0)) return undefined
  for (let i = negative ? 1 : 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) unscaled = unscaled * 10 + (code - 48)
    else if (code === 46 && point < 0 && i > 0) point = i
    else return undefined
  }
  const missing = scale - (point < 0 ? 0 : length - point - 1)
  if (missing < 0 || missing > 15 || point === length - 1) return undefined
  unscaled *= 10 ** missing
  return unscaled <= SAFE ? (negative ? 0 - unscaled : unscaled) : undefined
}

function wideVector(
  values: ArrayLike<unknown>,
  type: DataType,
  validity: Uint8Array | null,
  refuse: Refuse,
  wideOf: WideOf,
): Vector {
  if (isFloat(type)) throw new Error('floats are not exact')
  const { length } = values
  const held = new Float64Array(length)
  const range = integerRange(type)
  // Numbers here are safe ones, so the rounding of ends beyond 2^53 cannot matter to them.
  const [least, greatest] = range.map(Number) as [number, number]
  let wide: bigint[] | null = null
  for (let row = 0; row < length; row++) {
    const value = values[row]
    if (value == null) {
      if (wide !== null) wide.push(0n)
      continue
    }
    const whole = wideOf(value)
    const inside =
      typeof whole === 'number'
        ? whole >= least && whole <= greatest
        : whole !== undefined && whole >= range[0] && whole <= range[1]
    if (whole === undefined || !inside) refuse(row, hintFor(value, type))
    else if (wide !== null) wide.push(BigInt(whole))
    else if (whole >= -SAFE && whole <= SAFE) held[row] = Number(whole) + 0
    else {
      wide = Array.from(held.subarray(0, row), BigInt)
      wide.push(BigInt(whole))
    }
  }
  if (wide !== null) return { layout: 'big', type, length, validity, values: wide }
  return { layout: 'f64', type, length, validity, values: held }
}

function hintFor(value: unknown, type: DataType): string | undefined {
  if (type.name === 'int64' && typeof value === 'number' && Number.isInteger(value)) {
    return 'numbers beyond 2^53 are not exact, give a bigint'
  }
  if (type.name === 'decimal') return 'out of range, or digits would be lost'
  return undefined
}
