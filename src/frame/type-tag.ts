/**
 * Stands for "not known to the compiler": frames of `db.table('x')` without a schema, `col('x')`.
 * It is `any`, so that such frames can be used without casts.
 */
// biome-ignore lint/suspicious/noExplicitAny: the one place where untyped frames get their type
export type Untyped = any

declare const tag: unique symbol
declare const js: unique symbol
declare const literal: unique symbol
declare const nullable: unique symbol

/** Tag of a data type: its name, the value that a row carries, the literals taken beside it. */
export interface TypeTag<out Name extends string, out Js, out Literal> {
  readonly [tag]: Name
  readonly [js]: Js
  readonly [literal]: Literal
}

export interface Bool extends TypeTag<'bool', boolean, boolean> {}
export interface Int8 extends TypeTag<'int8', number, number | bigint> {}
export interface Int16 extends TypeTag<'int16', number, number | bigint> {}
export interface Int32 extends TypeTag<'int32', number, number | bigint> {}
/** Rows carry it as `bigint`; literals may be numbers. */
export interface Int64 extends TypeTag<'int64', bigint, number | bigint> {}
declare const identity: unique symbol
/** An int64 whose values the table gives. */
export interface Identity extends Int64 {
  readonly [identity]: true
}
export interface Uint8 extends TypeTag<'uint8', number, number | bigint> {}
export interface Uint16 extends TypeTag<'uint16', number, number | bigint> {}
export interface Uint32 extends TypeTag<'uint32', number, number | bigint> {}
export interface Float32 extends TypeTag<'float32', number, number | bigint> {}
export interface Float64 extends TypeTag<'float64', number, number | bigint> {}
/** Rows carry it as an exact string such as `19.90`. */
export interface Decimal extends TypeTag<'decimal', string, string | number | bigint> {}
export interface Utf8 extends TypeTag<'utf8', string, string> {}
export interface Binary extends TypeTag<'binary', Uint8Array, Uint8Array> {}
/** A calendar day. Rows carry midnight UTC as a `Date`. */
export interface DateType extends TypeTag<'date', Date, Date | string> {}
/** A time of day. Rows carry it as `HH:MM:SS.ffffff`. */
export interface Time extends TypeTag<'time', string, string> {}
export interface Timestamp extends TypeTag<'timestamp', Date, Date | string> {}
export interface Json extends TypeTag<'json', unknown, string> {}

declare const parts: unique symbol

/** Values of `T` in order, any of which may be null. Rows carry an array. */
export interface List<out T> extends TypeTag<'list', unknown, never> {
  readonly [parts]: T
}
/** Named values of the columns `M`, any of which may be null. Rows carry an object. */
export interface Struct<out M> extends TypeTag<'struct', unknown, never> {
  readonly [parts]: M
}

/** A column of `T` that may hold null. */
export interface Null<out T> {
  readonly [nullable]: T
}

export type AnyTag = TypeTag<string, unknown, unknown>

/** Any column of a frame. */
export type AnyColumn = AnyTag | Null<AnyTag>

/** `T`, or a column of it that may hold null: what methods ask of their receiver. */
export type Maybe<T> = T | Null<T>

export type Integer = Int8 | Int16 | Int32 | Int64 | Uint8 | Uint16 | Uint32
export type Float = Float32 | Float64
export type Numeric = Integer | Float | Decimal

/** `X`, unless `S` is untyped: what comes of an untyped frame is untyped. */
export type Unless<S, X> = 0 extends 1 & S ? Untyped : X

/** The column without its null. */
export type Base<T> = T extends Null<infer U> ? U : T

/** The column with null. */
export type Nullable<T> = 0 extends 1 & T ? Untyped : T extends Null<unknown> ? T : Null<T>

/** `R`, nullable when one of the columns in `T` is: how strict functions pass null on. */
export type Strict<T, R> = T extends Null<unknown> ? Null<R> : R

declare const column: unique symbol

/** Belongs to a column `T`. Only for the compiler. */
export interface Of<out T> {
  readonly [column]?: T
}

/** A JavaScript value that may stand where an expression of `T` may. */
export type LiteralOf<T> = 0 extends 1 & T
  ? Untyped
  : Base<T> extends TypeTag<string, unknown, infer L>
    ? L
    : never

/** How values are given in rows; the row type follows. */
export interface RowOptions {
  /** Rows carry int64 as `bigint` (default) or as `number`; one beyond 2^53 is INVALID then. */
  readonly int64?: 'bigint' | 'number'
  /** Rows carry decimals as exact strings (default) or as `number`, where no digit is lost. */
  readonly decimal?: 'string' | 'number'
  /** Rows carry dates and timestamps as `Date` (default) or as ISO 8601 text. */
  readonly temporal?: 'date' | 'iso'
}

type PlainJs<T, O> = T extends Int64
  ? O extends { int64: 'number' }
    ? number
    : bigint
  : T extends Decimal
    ? O extends { decimal: 'number' }
      ? number
      : string
    : T extends DateType | Timestamp
      ? O extends { temporal: 'iso' }
        ? string
        : Date
      : T extends List<infer E>
        ? JsOf<Nullable<E>, O>[]
        : T extends Struct<infer M>
          ? { [K in keyof M]: JsOf<Nullable<M[K]>, O> }
          : T extends TypeTag<string, infer J, unknown>
            ? J
            : never

/** The JavaScript value of a column `T` in a row, under row options `O`. */
export type JsOf<T, O = unknown> = 0 extends 1 & T
  ? Untyped
  : T extends Null<infer U>
    ? PlainJs<U, O> | null
    : PlainJs<T, O>

/** A row of a frame of columns `S`, as `toArray` gives it under row options `O`. */
export type Row<S, O = unknown> = 0 extends 1 & S ? Untyped : { [K in keyof S]: JsOf<S[K], O> }

/** A value to insert into a column `T`, other than null. */
export type InputOf<T> = 0 extends 1 & T
  ? Untyped
  : Base<T> extends Json
    ? unknown
    : Base<T> extends List<infer E>
      ? readonly (InputOf<E> | null)[]
      : Base<T> extends Struct<infer M>
        ? { readonly [K in keyof M]?: InputOf<M[K]> | null }
        : Base<T> extends Time | Utf8 | Binary | Bool
          ? JsOf<Base<T>>
          : LiteralOf<T>

/** Names of the columns that take null. */
export type NullableNames<S> = {
  [K in keyof S]: S[K] extends Null<unknown> ? K : never
}[keyof S]

/** Names of the columns that a row is given values for. */
export type GivenNames<S> = {
  [K in keyof S]: S[K] extends Identity ? never : K
}[keyof S]

/** Names of the columns that a row has to be given values for, but for those with a default. */
export type RequiredNames<S> = Exclude<GivenNames<S>, NullableNames<S>>

/**
 * A row to insert into columns `S`: wider than what is read back. Nulls may be left out, and columns
 * `D`, which have a default.
 */
export type InputRow<S, D = never> = 0 extends 1 & S
  ? Readonly<Record<string, unknown>>
  : { readonly [K in Exclude<RequiredNames<S>, D>]: InputOf<S[K]> } & {
      readonly [K in NullableNames<S>]?: InputOf<S[K]> | null | undefined
    } & {
      readonly [K in Exclude<D & keyof S, NullableNames<S>>]?: InputOf<S[K]> | undefined
    }

/** Columns to insert: one list of values per name. Those of null or a default may be left out. */
export type InputColumns<S, D = never> = 0 extends 1 & S
  ? Readonly<Record<string, readonly unknown[] | undefined>>
  : { readonly [K in Exclude<RequiredNames<S>, D>]: readonly InputOf<S[K]>[] } & {
      readonly [K in NullableNames<S>]?: readonly (InputOf<S[K]> | null | undefined)[]
    } & {
      readonly [K in Exclude<D & keyof S, NullableNames<S>>]?: readonly (
        | InputOf<S[K]>
        | undefined
      )[]
    }
