import type { Accessor } from './accessor.ts'
import type { ActionOptions, OnceOptions } from './action-options.ts'
import type { Key } from './data-frame.ts'
import type { Expr } from './expr.ts'
import type {
  Base,
  Bool,
  DateType,
  Decimal,
  Float,
  GivenNames,
  Integer,
  LiteralOf,
  Maybe,
  Null,
  NullableNames,
  Numeric,
  RequiredNames,
  Timestamp,
  Untyped,
} from './type-tag.ts'

/** What a change to a table's rows did. */
export interface ChangeResult {
  /** The version of the table that holds it; the one before when nothing was changed. */
  readonly version: number
  readonly rowsInserted: number
  readonly rowsUpdated: number
  readonly rowsDeleted: number
  /** Partitions that have other rows or values now, those that are gone included. */
  readonly partitionsRewritten: number
  /** Bytes of the column files that were written. */
  readonly bytes: number
}

export interface ChangeOptions extends ActionOptions, OnceOptions {}

/** Columns whose values become those of a column `T`: numbers are rounded to its scale. */
type Assignable<T> = T extends Float
  ? Numeric
  : T extends Decimal
    ? Integer | Decimal
    : T extends Integer
      ? Integer
      : T extends Timestamp
        ? Timestamp | DateType
        : T

/** What a column `T` may be set to: a constant or an expression. */
export type Assigned<T> = 0 extends 1 & T
  ? Untyped
  :
      | LiteralOf<T>
      | Expr<Assignable<Base<T>>>
      | (T extends Null<unknown> ? null | Expr<Null<Assignable<Base<T>>>> : never)

/** New values by column: constants, expressions, or functions of the rows `A`. */
export type SetOf<S, A extends readonly unknown[]> = 0 extends 1 & S
  ? Readonly<Record<string, unknown>>
  : { readonly [K in GivenNames<S>]?: Assigned<S[K]> | ((...rows: A) => Assigned<S[K]>) }

/** Values of a new row by column. Columns that take null, and `D`, which have a default, may be left out. */
export type ValuesOf<S, A extends readonly unknown[], D = never> = 0 extends 1 & S
  ? Readonly<Record<string, unknown>>
  : {
      readonly [K in Exclude<RequiredNames<S>, D>]:
        | Assigned<S[K]>
        | ((...rows: A) => Assigned<S[K]>)
    } & {
      readonly [K in NullableNames<S> | (D & keyof S)]?:
        | Assigned<S[K]>
        | ((...rows: A) => Assigned<S[K]>)
    }

type Condition<A extends readonly unknown[]> = (...rows: A) => Expr<Maybe<Bool>>

/** Which rows of columns `S` are set to what. */
export interface UpdateChange<S> {
  /** All expressions see the row as it was. */
  readonly set: SetOf<S, [row: Accessor<S>]>
  /** The rows; null counts as false. All rows when not given. */
  readonly where?: Condition<[row: Accessor<S>]>
}

/** What becomes of a row that exists: new values, or none any more. */
export type RowClause<S, A extends readonly unknown[], All = never> =
  | { readonly when?: Condition<A>; readonly set: SetOf<S, A> | All; readonly delete?: never }
  | { readonly when?: Condition<A>; readonly delete: true; readonly set?: never }

/** A row to be added for a source row of columns `R`. */
export interface InsertClause<S, R, D = never> {
  readonly when?: Condition<[source: Accessor<R>]>
  /** `all`: every column of the source, by name. */
  readonly insert: ValuesOf<S, [source: Accessor<R>], D> | 'all'
}

type OneOrMore<T> = T | readonly T[]

/**
 * How rows of a source of columns `R` are brought into columns `S`. Of several clauses the first
 * whose `when` is true counts; without `when` it always does.
 */
export interface MergeChange<S, R, D = never> {
  /** A name that both have, several of them, or pairs `[target, source]`. Null equals nothing. */
  readonly on:
    | (Key<S> & Key<R>)
    | readonly (Key<S> & Key<R>)[]
    | readonly (readonly [Key<S>, Key<R>])[]
  /** For rows with a source row. `set: 'all'` sets every column of the source, by name. */
  readonly whenMatched?: OneOrMore<RowClause<S, [target: Accessor<S>, source: Accessor<R>], 'all'>>
  /** For source rows without a row. */
  readonly whenNotMatched?: OneOrMore<InsertClause<S, R, D>>
  /** For rows without a source row. */
  readonly whenNotMatchedBySource?: OneOrMore<RowClause<S, [target: Accessor<S>]>>
}

/** How `table.write` puts rows into the table. */
export interface TableWriteOptions<S> extends ChangeOptions {
  /**
   * `append` (default) adds them, `overwrite` puts them in the place of all rows, or of those that
   * `replaceWhere` is true for, `errorIfExists` is INVALID when the table has rows.
   */
  readonly mode?: 'append' | 'overwrite' | 'errorIfExists'
  /** For `overwrite`: the rows that go. Every new row has to be one of them too. */
  readonly replaceWhere?: Condition<[row: Accessor<S>]>
}
