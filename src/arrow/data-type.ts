import { invalid } from '../error.ts'

type PlainName =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'float32'
  | 'float64'
  | 'utf8'
  | 'binary'
  | 'date'
  | 'time'
  | 'json'

/** `precision` digits in all, 1 to 38, `scale` of them after the point. */
export interface DecimalType {
  readonly name: 'decimal'
  readonly precision: number
  readonly scale: number
}

/** A point on the time line (`zone: 'UTC'`) or a wall-clock reading (`zone: null`). */
export interface TimestampType {
  readonly name: 'timestamp'
  readonly unit: 'ms' | 'us'
  readonly zone: 'UTC' | null
}

/** Values of one type in order, any of which may be null. */
export interface ListType {
  readonly name: 'list'
  readonly of: DataType
}

/** Named values of a type each, any of which may be null. */
export interface StructType {
  readonly name: 'struct'
  readonly members: readonly (readonly [name: string, type: DataType])[]
}

/** The type of a column's values. Plain frozen data; equal types print the same text. */
export type DataType =
  | { readonly name: PlainName }
  | DecimalType
  | TimestampType
  | ListType
  | StructType

export type TypeName = DataType['name']

const plain = (name: PlainName): DataType => Object.freeze({ name })

export const bool = plain('bool')
export const int8 = plain('int8')
export const int16 = plain('int16')
export const int32 = plain('int32')
export const int64 = plain('int64')
export const uint8 = plain('uint8')
export const uint16 = plain('uint16')
export const uint32 = plain('uint32')
export const float32 = plain('float32')
export const float64 = plain('float64')
export const utf8 = plain('utf8')
export const binary = plain('binary')
/** Days since 1970-01-01, proleptic Gregorian. */
export const date = plain('date')
/** Microseconds since midnight. */
export const time = plain('time')
export const json = plain('json')

const PLAIN = new Map(
  [
    bool,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    float32,
    float64,
    utf8,
    binary,
    date,
    time,
    json,
  ].map((type) => [type.name as string, type]),
)

/** Throws INVALID unless 1 <= precision <= 38 and 0 <= scale <= precision, both integers. */
export function decimal(precision: number, scale = 0): DecimalType {
  const ok =
    Number.isInteger(precision) &&
    Number.isInteger(scale) &&
    precision >= 1 &&
    precision <= 38 &&
    scale >= 0 &&
    scale <= precision
  if (!ok) throw invalid(`decimal(${precision}, ${scale}): needs 1 <= precision <= 38, 0 <= scale`)
  return Object.freeze({ name: 'decimal', precision, scale })
}

export function timestamp(unit: 'ms' | 'us' = 'ms', zone: 'UTC' | null = null): TimestampType {
  return Object.freeze({ name: 'timestamp', unit, zone })
}

export function listType(of: DataType): ListType {
  return Object.freeze({ name: 'list', of })
}

/** Throws INVALID for no member, or two of one name. */
export function structType(members: StructType['members']): StructType {
  const names = new Set(members.map(([name]) => name))
  if (names.size === 0) throw invalid('a struct needs at least one member')
  if (names.size < members.length) throw invalid('a struct has two members of one name')
  return Object.freeze({ name: 'struct', members })
}

/** Whether values of the type are made of others; they are held as JSON text inside. */
export function isNested(type: DataType): type is ListType | StructType {
  return type.name === 'list' || type.name === 'struct'
}

/** The type as text, e.g. `decimal(12,2)` or `timestamp(us,UTC)`; `parseDataType` reads it back. */
export function typeText(type: DataType): string {
  if (type.name === 'decimal') return `decimal(${type.precision},${type.scale})`
  if (type.name === 'list') return `list(${typeText(type.of)})`
  if (type.name === 'struct') {
    return `struct(${JSON.stringify(type.members.map(([name, of]) => [name, typeText(of)]))})`
  }
  if (type.name !== 'timestamp') return type.name
  if (type.zone === null) return type.unit === 'ms' ? 'timestamp' : 'timestamp(us)'
  return `timestamp(${type.unit},${type.zone})`
}

/** The inverse of `typeText`. Throws INVALID for any other text. */
export function parseDataType(text: string): DataType {
  if (text.length > TYPE_TEXT_MAX) throw invalid(`unknown data type "${text.slice(0, 60)}"`)
  const found = PLAIN.get(text)
  if (found !== undefined) return found
  const decimalParts = /^decimal\((\d{1,2}),(\d{1,2})\)$/.exec(text)
  if (decimalParts) return decimal(Number(decimalParts[1]), Number(decimalParts[2]))
  const nested = /^(list|struct)\((.*)\)$/s.exec(text)
  if (nested?.[1] === 'list') return listType(parseDataType(nested[2]!))
  if (nested !== null) return structType(parseMembers(nested[2]!))
  const stamp = /^timestamp(?:\((ms|us)(,UTC)?\))?$/.exec(text)
  if (stamp) return timestamp((stamp[1] as 'ms' | 'us') ?? 'ms', stamp[2] ? 'UTC' : null)
  throw invalid(`unknown data type "${text.slice(0, 60)}"`, { type: text })
}

/** Types within types deeper than any schema; text of strangers is not to exhaust the stack. */
const TYPE_TEXT_MAX = 10_000

function parseMembers(text: string): StructType['members'] {
  let members: unknown
  try {
    members = JSON.parse(text)
  } catch {
    members = null
  }
  if (!Array.isArray(members)) throw invalid(`unknown data type "struct(${text.slice(0, 60)})"`)
  return members.map((member: unknown) => {
    const [name, type] = Array.isArray(member) ? (member as unknown[]) : []
    if (typeof name === 'string' && typeof type === 'string') return [name, parseDataType(type)]
    throw invalid(`unknown data type "struct(${text.slice(0, 60)})"`)
  })
}

export function typesEqual(a: DataType, b: DataType): boolean {
  return a === b || typeText(a) === typeText(b)
}

/** How a type's values are held in a vector; see `Vector`. `f64` widens to `big` past 2^53. */
export type Layout = 'bool' | 'i32' | 'f64' | 'big' | 'utf8'

/** The layout that vectors of `type` have when their values are small enough. */
export function layoutOf(type: DataType): Exclude<Layout, 'big'> {
  switch (type.name) {
    case 'bool':
      return 'bool'
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'date':
      return 'i32'
    case 'utf8':
    case 'binary':
    case 'json':
    case 'list':
    case 'struct':
      return 'utf8'
    default:
      return 'f64'
  }
}

export function isInteger(type: DataType): boolean {
  return type.name.startsWith('int') || type.name.startsWith('uint')
}

export function isFloat(type: DataType): boolean {
  return type.name === 'float32' || type.name === 'float64'
}

export function isNumeric(type: DataType): boolean {
  return isInteger(type) || isFloat(type) || type.name === 'decimal'
}

/** Types whose values are whole numbers inside: exact, and wide values are held as bigint. */
export function isExact(type: DataType): boolean {
  return layoutOf(type) === 'i32' || (layoutOf(type) === 'f64' && !isFloat(type))
}

const INTEGER_RANGES: Partial<Record<TypeName, readonly [bigint, bigint]>> = {
  int8: [-128n, 127n],
  int16: [-32768n, 32767n],
  int32: [-2147483648n, 2147483647n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0n, 255n],
  uint16: [0n, 65535n],
  uint32: [0n, 4294967295n],
  date: [-719528n, 2932896n],
  time: [0n, 86_399_999_999n],
}

/** By the precision. */
const DECIMAL_RANGES: readonly (readonly [bigint, bigint])[] = Array.from(
  { length: 39 },
  (_, n) => {
    const end = 10n ** BigInt(n) - 1n
    return [-end, end]
  },
)

/**
 * The least and greatest whole number that an exact type holds inside (unscaled for decimals,
 * days for dates: years 0000 to 9999; microseconds or milliseconds for times).
 */
export function integerRange(type: DataType): readonly [bigint, bigint] {
  if (type.name === 'decimal') return DECIMAL_RANGES[type.precision]!
  if (type.name === 'timestamp') {
    const scale = type.unit === 'ms' ? 1n : 1000n
    return [-62_167_219_200_000n * scale, 253_402_300_800_000n * scale - 1n]
  }
  const range = INTEGER_RANGES[type.name]
  if (range === undefined) throw new Error(`no integer range for ${type.name}`)
  return range
}
