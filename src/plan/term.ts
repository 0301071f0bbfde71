import type { DataType } from '../arrow/data-type.ts'
import type { AggregateOptions, Frame, UserFunction } from './expr.ts'

/**
 * An expression as the user wrote it: names not looked up, literals not typed. Frozen plain data.
 * `resolveTerm` makes an `Expr` of it over a schema.
 */
export type Term =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: unknown; readonly type: DataType | null }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Term[] }
  | { readonly kind: 'user'; readonly of: UserFunction; readonly args: readonly Term[] }
  | {
      readonly kind: 'cast'
      readonly input: Term
      readonly type: DataType
      readonly orNull: boolean
    }
  | {
      readonly kind: 'case'
      readonly branches: readonly { readonly when: Term; readonly then: Term }[]
      readonly otherwise: Term | null
    }
  | { readonly kind: 'in'; readonly input: Term; readonly values: readonly Term[] }
  | {
      readonly kind: 'aggregate'
      readonly name: string
      readonly input: Term | null
      /** Its other inputs, where it has more than one. */
      readonly more?: readonly Term[]
      readonly options?: AggregateOptions
    }
  | WindowTerm

/** A function of the rows around a row. */
export interface WindowTerm {
  readonly kind: 'window'
  /** A window function or an aggregate. */
  readonly name: string
  readonly inputs: readonly Term[]
  readonly options?: AggregateOptions
  /** Rows to look back or ahead, which value, or how many parts; 0 where there is no such thing. */
  readonly count: number
  readonly ignoreNulls: boolean
  /** Null as long as nobody has said over which rows. */
  readonly over: WindowOver | null
}

export interface WindowOver {
  readonly partitionBy: readonly Term[]
  readonly orderBy: readonly SortTerm[]
  /** Null for the usual one: up to the row and its equals when ordered, else all rows. */
  readonly frame: Frame | null
}

/** A sort key whose names are not looked up yet. */
export interface SortTerm {
  readonly term: Term
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
}
