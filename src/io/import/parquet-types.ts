import type { FileMetaData, SchemaElement } from 'hyparquet'
import type { DataType } from '../../arrow/data-type.ts'
import * as types from '../../arrow/data-type.ts'

/** What a column's stored values are, and what is made of them. */
export interface ParquetType {
  readonly type: DataType
  /** Stored units in one of ours: a timestamp in nanoseconds has 1000 to a microsecond. */
  readonly divisor: bigint
  /** One of ours has that many stored units: a time in milliseconds. */
  readonly factor: bigint
  /** `unsigned`: whole numbers are stored without a sign. */
  readonly form: 'plain' | 'unsigned' | 'uuid'
  /** Of whole numbers, as they are stored. */
  readonly bits: 32 | 64
}

/**
 * The columns of a Parquet file that have a counterpart here, and the types of those that have none:
 * lists, maps, structs and others.
 */
export function parquetTypes({ schema }: FileMetaData): {
  readonly known: ReadonlyMap<string, ParquetType>
  readonly refused: ReadonlyMap<string, string>
} {
  const known = new Map<string, ParquetType>()
  const refused = new Map<string, string>()
  for (let at = 1; at < schema.length; at = after(schema, at)) {
    const element = schema[at]!
    const found = element.num_children ? undefined : typeOf(element)
    if (found === undefined || element.repetition_type === 'REPEATED') {
      const what = element.logical_type?.type ?? element.converted_type ?? element.type ?? 'struct'
      refused.set(element.name, what)
    } else known.set(element.name, { ...found, bits: element.type === 'INT32' ? 32 : 64 })
  }
  return { known, refused }
}

/** Where the element behind `at` and all below it is. */
function after(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1
  const children = schema[at]?.num_children ?? 0
  for (let child = 0; child < children; child++) next = after(schema, next)
  return next
}

type Meaning = Omit<ParquetType, 'bits'>

const plain = (type: DataType): Meaning => ({ type, divisor: 1n, factor: 1n, form: 'plain' })

function typeOf(element: SchemaElement): Meaning | undefined {
  const { type, logical_type: logical, converted_type: converted } = element
  switch (logical?.type) {
    case 'STRING':
    case 'ENUM':
      return plain(types.utf8)
    case 'JSON':
      return plain(types.json)
    case 'UUID':
      return { ...plain(types.utf8), form: 'uuid' }
    case 'DATE':
      return plain(types.date)
    case 'DECIMAL':
      return decimalOf(logical.precision, logical.scale)
    case 'TIME':
      return timeOf(logical.unit)
    case 'TIMESTAMP':
      return stampOf(logical.unit, logical.isAdjustedToUTC ? 'UTC' : null)
    case 'INTEGER':
      return integerOf(logical.bitWidth, logical.isSigned)
    case undefined:
      return converted === undefined ? storedOf(type) : convertedOf(element, converted)
    default:
      return undefined
  }
}

function convertedOf(
  { precision = 0, scale = 0 }: SchemaElement,
  converted: NonNullable<SchemaElement['converted_type']>,
): Meaning | undefined {
  switch (converted) {
    case 'UTF8':
    case 'ENUM':
      return plain(types.utf8)
    case 'JSON':
      return plain(types.json)
    case 'DATE':
      return plain(types.date)
    case 'DECIMAL':
      return decimalOf(precision, scale)
    case 'TIME_MILLIS':
      return timeOf('MILLIS')
    case 'TIME_MICROS':
      return timeOf('MICROS')
    case 'TIMESTAMP_MILLIS':
      return stampOf('MILLIS', 'UTC')
    case 'TIMESTAMP_MICROS':
      return stampOf('MICROS', 'UTC')
  }
  const [, sign, bits] = /^(U?)INT_(\d+)$/.exec(converted) ?? []
  return bits === undefined ? undefined : integerOf(Number(bits), sign === '')
}

function storedOf(type: SchemaElement['type']): Meaning | undefined {
  switch (type) {
    case 'BOOLEAN':
      return plain(types.bool)
    case 'INT32':
      return plain(types.int32)
    case 'INT64':
      return plain(types.int64)
    case 'INT96':
      return stampOf('NANOS', null)
    case 'FLOAT':
      return plain(types.float32)
    case 'DOUBLE':
      return plain(types.float64)
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return plain(types.binary)
    default:
      return undefined
  }
}

type Unit = 'MILLIS' | 'MICROS' | 'NANOS'

function timeOf(unit: Unit): Meaning {
  if (unit === 'MILLIS') return { ...plain(types.time), factor: 1000n }
  return { ...plain(types.time), divisor: unit === 'NANOS' ? 1000n : 1n }
}

function stampOf(unit: Unit, zone: 'UTC' | null): Meaning {
  if (unit === 'MILLIS') return plain(types.timestamp('ms', zone))
  return { ...plain(types.timestamp('us', zone)), divisor: unit === 'NANOS' ? 1000n : 1n }
}

function decimalOf(precision: number, scale: number): Meaning | undefined {
  const isOurs = precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision
  return isOurs ? plain(types.decimal(precision, scale)) : undefined
}

function integerOf(bits: number, isSigned: boolean): Meaning | undefined {
  if (bits === 64) return { ...plain(types.int64), form: isSigned ? 'plain' : 'unsigned' }
  if (isSigned) return plain(bits === 8 ? types.int8 : bits === 16 ? types.int16 : types.int32)
  return {
    ...plain(bits === 8 ? types.uint8 : bits === 16 ? types.uint16 : types.uint32),
    form: 'unsigned',
  }
}
