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
  listType,
  structType,
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
  Base,
  Binary,
  Bool,
  DateType,
  Decimal,
  Float32,
  Float64,
  Identity,
  InputOf,
  InputRow,
  Int8,
  Int16,
  Int32,
  Int64,
  Json,
  List,
  Null,
  Struct,
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
  readonly isIdentity: boolean
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
  /**
   * An int64 whose values the table gives: a row is not given one, no value is given twice, also not
   * after its row is gone, and there may be gaps. They ascend with the rows of a commit; which commit
   * comes first says nothing about its values. Throws INVALID for a column that takes null or has a
   * default.
   */
  identity(this: ColumnType<Int64>): ColumnType<Identity>
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

/** A row of values for the columns of `C`. */
export type Answer<C> = InputRow<SchemaOf<C>, DefaultNames<C>>

/** Names of the columns of `C` that have a default, so that rows may leave them out. */
export type DefaultNames<C> = {
  [K in keyof C]: C[K] extends { readonly [optional]: true } ? K : never
}[keyof C]

class TypeValue<T> implements DefaultType<T> {
  declare readonly [optional]: true
  readonly type: DataType
  readonly isNullable: boolean
  readonly isIdentity: boolean
  readonly defaultValue: Scalar

  constructor(
    type: DataType,
    options: {
      readonly isNullable?: boolean
      readonly isIdentity?: boolean
      readonly defaultValue?: Scalar
    } = {},
  ) {
    const { isNullable = false, isIdentity = false, defaultValue = null } = options
    this.type = type
    this.isNullable = isNullable
    this.isIdentity = isIdentity
    this.defaultValue = defaultValue
    if (isIdentity && (isNullable || defaultValue !== null || type.name !== 'int64')) {
      throw invalid(
        `an identity is an int64 that takes no null and has no default, not ${typeText(type)}`,
      )
    }
    Object.freeze(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const mark = this.isNullable ? '?' : this.isIdentity ? ' identity' : ''
    return `ColumnType { ${typeText(this.type)}${mark} }`
  }

  nullable(): DefaultType<Null<T>> {
    const { defaultValue, isIdentity } = this
    return new TypeValue<Null<T>>(this.type, { isNullable: true, defaultValue, isIdentity })
  }

  identity(): ColumnType<Identity> {
    const { isNullable, defaultValue } = this
    return new TypeValue(this.type, { isNullable, defaultValue, isIdentity: true })
  }

  default(value: InputOf<T>): DefaultType<T> {
    const { type, isNullable, isIdentity } = this
    const given = vectorFrom([value], field('default', type, false))
    const defaultValue = scalarAt(given, 0)
    const bytes = Buffer.byteLength(scalarText(defaultValue!, type))
    if (bytes > DEFAULT_BYTES_MAX) {
      throw invalid(`default: ${bytes} bytes of text, more than ${DEFAULT_BYTES_MAX}`, { bytes })
    }
    return new TypeValue<T>(type, { isNullable, defaultValue, isIdentity })
  }
}

function of<T>(type: DataType): ColumnType<T> {
  return new TypeValue<T>(type)
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
  /** Values of one type in order, any of which may be null; rows carry an array. */
  list: <T extends AnyColumn>(element: ColumnType<T>) =>
    of<List<Base<T>>>(listType(dataTypeOf(element, 't.list'))),
  /** Named values, any of which may be null: `t.struct({ a: t.utf8() })`; rows carry an object. */
  struct: <const M extends SchemaValue>(members: M) =>
    of<Struct<{ -readonly [K in keyof M]: M[K] extends ColumnType<infer T> ? Base<T> : never }>>(
      structType(fieldsOf(members, 't.struct').map(({ name, type }) => [name, type])),
    ),
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

/** The field `name` of a type such as `t.int64()`. Throws INVALID for any other value. */
export function fieldOf(name: string, value: unknown, where: string): Field {
  const { type, isNullable, defaultValue } = typeValue(value, where)
  return field(name, type, isNullable, defaultValue)
}

function typeValue(value: unknown, where: string): TypeValue<unknown> {
  if (value instanceof TypeValue) return value
  throw invalid(`${where}: expected a column type such as t.int64(), got ${typeof value}`)
}

/** Names of the identity columns of a schema value that `fieldsOf` has taken. */
export function identitiesOf(schema: object): string[] {
  return Object.entries(schema as SchemaValue).flatMap(([name, { isIdentity }]) =>
    isIdentity ? [name] : [],
  )
}

/** The fields of a schema value, in its order. Throws INVALID when it is none or is empty. */
export function fieldsOf(schema: unknown, where: string): Field[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw invalid(`${where}: expected a schema such as { id: t.int64() }, got ${typeof schema}`)
  }
  return Object.entries(schema).map(([name, value]) =>
    fieldOf(name, value, `${where}, column "${name}"`),
  )
}
