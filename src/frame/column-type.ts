import {
  binary,
  bool,
  type DataType,
  date,
  decimal,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  json,
  time,
  timestamp,
  typeText,
  uint8,
  uint16,
  uint32,
  utf8,
} from '../arrow/data-type.ts'
import { type Scalar, scalarAt, scalarText } from '../arrow/scalar.ts'
import { type Field, field } from '../arrow/schema.ts'
import { vectorFrom } from '../arrow/vector-from.ts'
import { invalid } from '../error.ts'
import type {
  AnyColumn,
  Binary,
  Bool,
  DateType,
  Decimal,
  Float32,
  Float64,
  InputOf,
  Int8,
  Int16,
  Int32,
  Int64,
  Json,
  Null,
  Time,
  Timestamp,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
} from './type-tag.ts'

declare const column: unique symbol
declare const optional: unique symbol

const DEFAULT_BYTES_MAX = 1024

/** The type of a column as a value: made by `t`, used in schemas and casts. */
export interface ColumnType<out T> {
  /** Only for the compiler. */
  readonly [column]?: T
  readonly type: DataType
  readonly isNullable: boolean
  /** What rows get that leave the column out. */
  readonly defaultValue: Scalar
  /** The same type for a column that may hold null. */
  nullable(): ColumnType<Null<T>>
  /**
   * The same type for a column that rows may leave out: they get `value`, and so do the rows that
   * there are when the column is added. Throws INVALID for a value that the type cannot hold, for
   * null, and for text of more than 1024 bytes.
   */
  default(value: InputOf<T>): DefaultType<T>
}

/** The type of a column that has a default. */
export interface DefaultType<out T> extends ColumnType<T> {
  /** Only for the compiler. */
  readonly [optional]: true
  nullable(): DefaultType<Null<T>>
}

/** A schema as a value: `{ id: t.int64(), name: t.utf8().nullable() }`. */
export type SchemaValue = Readonly<Record<string, ColumnType<AnyColumn>>>

/** The columns of a schema value `C`, for `Row<SchemaOf<typeof schema>>`. */
export type SchemaOf<C> = { [K in keyof C]: C[K] extends ColumnType<infer T> ? T : never }

/** Names of the columns of `C` that have a default, so that rows may leave them out. */
export type DefaultNames<C> = {
  [K in keyof C]: C[K] extends { readonly [optional]: true } ? K : never
}[keyof C]

class TypeValue<T> implements DefaultType<T> {
  declare readonly [optional]: true
  readonly type: DataType
  readonly isNullable: boolean
  readonly defaultValue: Scalar

  constructor(
    type: DataType,
    options: { readonly isNullable: boolean; readonly defaultValue?: Scalar },
  ) {
    this.type = type
    this.isNullable = options.isNullable
    this.defaultValue = options.defaultValue ?? null
    Object.freeze(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `ColumnType { ${typeText(this.type)}${this.isNullable ? '?' : ''} }`
  }

  nullable(): DefaultType<Null<T>> {
    const { defaultValue } = this
    return new TypeValue<Null<T>>(this.type, { isNullable: true, defaultValue })
  }

  default(value: InputOf<T>): DefaultType<T> {
    const { type, isNullable } = this
    const given = vectorFrom([value], field('default', type, false))
    const defaultValue = scalarAt(given, 0)
    const bytes = Buffer.byteLength(scalarText(defaultValue!, type))
    if (bytes > DEFAULT_BYTES_MAX) {
      throw invalid(`default: ${bytes} bytes of text, more than ${DEFAULT_BYTES_MAX}`, { bytes })
    }
    return new TypeValue<T>(type, { isNullable, defaultValue })
  }
}

function of<T>(type: DataType): ColumnType<T> {
  return new TypeValue<T>(type, { isNullable: false })
}

/** How finely a timestamp is kept, and whether it is a point in time or a wall-clock reading. */
export interface TimestampOptions {
  /** `ms` (default) or `us`. */
  readonly unit?: 'ms' | 'us'
  /** `UTC` for a point in time; null (default) for a wall-clock reading. */
  readonly zone?: 'UTC' | null
}

/** Column types. A column holds no null unless its type is `.nullable()`. */
export const t = Object.freeze({
  bool: () => of<Bool>(bool),
  int8: () => of<Int8>(int8),
  int16: () => of<Int16>(int16),
  int32: () => of<Int32>(int32),
  /** Rows carry `bigint`. */
  int64: () => of<Int64>(int64),
  uint8: () => of<Uint8>(uint8),
  uint16: () => of<Uint16>(uint16),
  uint32: () => of<Uint32>(uint32),
  float32: () => of<Float32>(float32),
  float64: () => of<Float64>(float64),
  /** `precision` digits in all (1 to 38), `scale` of them after the point. INVALID otherwise. */
  decimal: (precision: number, scale = 0) => of<Decimal>(decimal(precision, scale)),
  utf8: () => of<Utf8>(utf8),
  binary: () => of<Binary>(binary),
  date: () => of<DateType>(date),
  time: () => of<Time>(time),
  timestamp: (options: TimestampOptions = {}) => of<Timestamp>(timestampOf(options)),
  json: () => of<Json>(json),
})

function timestampOf({ unit = 'ms', zone = null }: TimestampOptions): DataType {
  if ((unit !== 'ms' && unit !== 'us') || (zone !== null && zone !== 'UTC')) {
    throw invalid(
      `t.timestamp: unit must be "ms" or "us" and zone "UTC" or null, got "${unit}" and "${zone}"`,
      { unit, zone },
    )
  }
  return timestamp(unit, zone)
}

/** The data type behind a `t` value. Throws INVALID for anything else. */
export function dataTypeOf(value: unknown, where: string): DataType {
  return typeValue(value, where).type
}

function typeValue(value: unknown, where: string): TypeValue<unknown> {
  if (value instanceof TypeValue) return value
  throw invalid(`${where}: expected a column type such as t.int64(), got ${typeof value}`)
}

/** The fields of a schema value, in its order. Throws INVALID when it is none or is empty. */
export function fieldsOf(schema: unknown, where: string): Field[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw invalid(`${where}: expected a schema such as { id: t.int64() }, got ${typeof schema}`)
  }
  return Object.entries(schema).map(([name, value]) => {
    const { type, isNullable, defaultValue } = typeValue(value, `${where}, column "${name}"`)
    return field(name, type, isNullable, defaultValue)
  })
}
